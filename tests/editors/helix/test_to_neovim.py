"""A conversation that a person has in Helix without a plugin, and finds again in Neovim."""

import asyncio
from pathlib import Path

from tests.rigs.calling_model import call, calling_model
from tests.rigs.helix import Helix, helix
from tests.rigs.nvim_screen import neovim
from tests.rigs.terminal import ENTER, ESC, PATIENCE_S

MARKDOWN = '\n[[language]]\nname = "markdown"\nlanguage-servers = ["llm-ls"]\n'
QUESTION = "Why is the sum wrong?"
DONE = "Both files say it right now."
BEFORE = {"sum.py": "def add(a, b):\n    return a - b\n", "use.py": "print(add(1, 2))  # minus\n"}
AFTER = {"sum.py": "def add(a, b):\n    return a + b\n", "use.py": "print(add(1, 2))  # plus\n"}
EDIT = call(
    "propose_edit",
    title="Add",
    changes=[
        {"action": "edit", "path": "sum.py", "edits": [{"oldText": "a - b", "newText": "a + b"}]},
        {"action": "edit", "path": "use.py", "edits": [{"oldText": "minus", "newText": "plus"}]},
    ],
)
ANSWERS = {
    "Proposed:": DONE,
    "# minus": EDIT,
    "return a - b": call("read_file", path="use.py"),
    QUESTION: call("read_file", path="sum.py"),
}


async def saved(one: Helix, expected: dict[str, str]) -> None:
    """Save all, and wait until the files hold that."""
    one.runs(":write-all")
    async with asyncio.timeout(PATIENCE_S):
        while {name: (one.file.parent / name).read_text() for name in BEFORE} != expected:  # noqa: ASYNC110  no event tells it
            await asyncio.sleep(0.02)


async def undone(one: Helix, name: str, after: str, before: str) -> None:
    one.runs(f":open {name}")
    await one.terminal.shows(after)
    one.terminal.keys("u")
    await one.terminal.shows(before)


async def test_asked_allowed_applied_taken_backand_found_again(tmp_path: Path) -> None:
    with calling_model(tmp_path, ANSWERS) as environment:
        async with helix(tmp_path, BEFORE["sum.py"], environment, configured=MARKDOWN) as one:
            (one.file.parent / "use.py").write_text(BEFORE["use.py"])
            one.runs(":lsp-workspace-command llm-ls.chat")
            await one.terminal.shows("## You")
            one.terminal.keys("i", QUESTION)
            await one.terminal.shows(QUESTION)
            one.terminal.keys(ESC)
            await one.choose("AI: Send")
            for name in ("sum.py", "use.py"):
                await one.terminal.shows(f"Read {name}", "Once")
                one.terminal.keys(ENTER)
            await one.terminal.shows(DONE)
            await one.choose("✓ Apply AI edit to 2 files")
            await one.terminal.shows("Applied: 2 files.")
            await saved(one, AFTER)
            await undone(one, "sum.py", "return a + b", "return a - b")
            await undone(one, "use.py", "# plus", "# minus")
            await saved(one, BEFORE)
            one.runs(":quit-all!")
            await one.terminal.ended()
        async with neovim(tmp_path, environment, files=BEFORE) as screen:
            screen.wait_for_server()
            screen.command("Llm history")
            await screen.shows(QUESTION)
            screen.keys("1", ENTER)
            found = await screen.shows(DONE)

    assert "read_file" in found
