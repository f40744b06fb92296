"""A chat in Neovim as it comes, with what `llm-ls config neovim` prints and no plugin, from the real llama.cpp.

Neovim starts another server for a file outside of the project: the document tells it where that is.
"""

from pathlib import Path

from llm_ls.cli import editor_config
from tests.rigs.nvim_screen import Screen, neovim
from tests.rigs.openai import environment, whole
from tests.rigs.prepared_model import prepared_model
from tests.rigs.terminal import ENTER, ESC
from tests.rigs.vendor import LoopbackVendor

ANSWER = "It subtracts.\n\n```python\ndef add(a, b):\n    return a + b\n```\n\nThat adds.\n"
COMPLETE = "\x18\x0f"
"""`<C-x><C-o>`, which asks the servers."""


async def chosen(screen: Screen, title: str) -> None:
    """Take the code action whose title begins so."""
    shown = await screen.asked("gra", title)
    (number,) = [line.partition(":")[0] for line in shown.splitlines() if title in line]
    screen.keys(number, ENTER)
    await screen.hides("Type number and <Enter>")


async def begun(screen: Screen) -> None:
    """Begin a chat about the whole file, and wait until a server knows its document."""
    screen.wait_for_server()
    screen.keys("ggVG")
    await chosen(screen, "AI: Chat about this")
    await screen.asked(ESC, "@sum.py:1-2")  # 0.12.4 draws what a server has it show with the next key
    screen.wait_for_server()


def kept(folder: Path) -> Path:
    """The document that there is."""
    (path,) = (folder / "state" / "llm-ls" / "chats" / "project").iterdir()
    return path


async def test_a_question_about_a_selection_is_answered_in_the_file(tmp_path: Path) -> None:
    nowhere, plain = tmp_path / "no-plugin", editor_config.neovim(None)
    with prepared_model(tmp_path, {"": ANSWER}) as given:
        async with neovim(tmp_path, given, plugin=nowhere, startup=plain, lines=40) as screen:
            await begun(screen)
            screen.keys("iWhat is wrong in @su")
            await screen.shows("in @su")
            await screen.asked(COMPLETE, "in @sum.py")
            screen.keys("?", ESC)
            await chosen(screen, "AI: Send to tiny")
            await screen.shows("It subtracts.", "That adds.", "> — tiny · ")
            screen.command("silent write | echo 'written' 'now'")
            await screen.shows("written now")
            document = kept(tmp_path).read_text(encoding="utf-8")
            screen.keys("u")
            await screen.hides("That adds.")

    assert "require" not in plain
    assert f"\n## You\n\nWhat is wrong in @sum.py?\n\n@sum.py:1-2\n\n## Assistant\n\n{ANSWER}\n> — tiny · " in document


async def test_its_own_server_knows_the_project(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*whole("It subtracts."))
    nowhere, plain = tmp_path / "no-plugin", editor_config.neovim(None)
    async with neovim(tmp_path, environment(vendor), plugin=nowhere, startup=plain, lines=40) as screen:
        await begun(screen)
        screen.keys("iWhat is wrong?", ESC)
        await chosen(screen, "AI: Send to gpt-test")
        await screen.shows("It subtracts.", "> — gpt-test")

    question = vendor.requests[-1].json["messages"][-1]["content"]
    assert "def add(a, b):\n    return a - b\n" in question
    assert question.endswith("What is wrong?\n\n@sum.py:1-2")
