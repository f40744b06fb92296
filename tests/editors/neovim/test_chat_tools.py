"""A chat with tools in Neovim on real inference: the model reads two files with leave, and proposes an edit of both."""

from pathlib import Path

from tests.rigs.calling_model import call, calling_model
from tests.rigs.nvim_screen import neovim

QUESTION = "Why does the sum differ?"
ANSWERS = {
    "waits for the user's review": "Both files are mended.",
    "import add": call(
        "propose_edit",
        title="Add up",
        changes=[
            {"action": "edit", "path": "sum.py", "edits": [{"oldText": "a - b", "newText": "a + b"}]},
            {"action": "edit", "path": "use.py", "edits": [{"oldText": "add(2)", "newText": "add(2, 3)"}]},
        ],
    ),
    "return a - b": call("read_file", path="use.py"),
    QUESTION: call("read_file", path="sum.py"),
}
FILES = {"sum.py": "def add(a, b):\n    return a - b\n", "use.py": "from sum import add\n\nadd(2)\n"}


async def test_a_model_reads_two_files_and_proposes_an_edit_of_both_which_is_made_and_undone(tmp_path: Path) -> None:
    with calling_model(tmp_path, ANSWERS) as model:
        async with neovim(tmp_path, model, files=FILES, lines=50, columns=110) as screen:
            screen.command(f"Llm chat {QUESTION}")
            await screen.shows("The model asks to: Read sum.py", "╭ llm-ls ─")
            screen.keys("1")
            await screen.shows("The model asks to: Read use.py", "╭ llm-ls ─")
            screen.keys("1")
            answered = await screen.shows("Both files are mended.", "<CR> sends", "accept all 2 files")
            screen.command("wincmd p")
            screen.keys("\\A")
            await screen.shows("Applied: 2 files")
            screen.command("wall")
            await screen.shows("written")
            made = {name: (screen.project / name).read_text() for name in FILES}
            screen.command("bufdo undo")
            screen.command("wall")
            await screen.until(
                lambda _: {name: (screen.project / name).read_text() for name in FILES} == FILES, "it is undone"
            )
            screen.command("qa!")
            await screen.ended()

    assert made == {"sum.py": FILES["sum.py"].replace("-", "+"), "use.py": FILES["use.py"].replace("(2)", "(2, 3)")}
    assert [line for line in answered.splitlines() if "▸" in line] == [
        "▸ read_file sum.py · 3 lines",
        "▸ read_file use.py · 4 lines",
        "▸ propose_edit Add up · 1 line",
    ]
