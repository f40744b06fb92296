"""An edit of several files in Neovim, as a model in a chat proposes it: walked through, landed whole or not at all."""

from pathlib import Path
from typing import Any

import pytest

from tests.rigs.nvim_screen import Screen, neovim
from tests.rigs.openai import environment, tool_call, whole, words
from tests.rigs.terminal import ESC
from tests.rigs.vendor import LoopbackVendor

FILES = {
    "sum.py": "def add(a, b):\n    return a - b\n",
    "other.py": "one = 1\ntwo = 2\n",
    "old.py": "x = 1\n",
    "gone.py": "y = 1\n",
}
EDIT: dict[str, Any] = {
    "title": "Split it",
    "changes": [
        {"action": "edit", "path": "sum.py", "edits": [{"oldText": "a - b", "newText": "a + b"}]},
        {"action": "edit", "path": "other.py", "edits": [{"oldText": "two = 2", "newText": "two = 2.0"}]},
        {"action": "create", "path": "lib/new.py", "text": "def new():\n    return 1\n"},
        {"action": "rename", "path": "old.py", "newPath": "renamed.py"},
        {"action": "delete", "path": "gone.py"},
    ],
}


@pytest.fixture
def proposing(vendor: LoopbackVendor) -> None:
    vendor.says(*words("Let me see."), *tool_call("propose_edit", EDIT))
    vendor.says(*whole("It waits for you."))


async def proposed(screen: Screen) -> None:
    screen.command("Llm chat split it")
    await screen.shows("It waits for you.", "out tokens", "return a + b", "accept all 5 files")
    screen.command("wincmd p")


def files(screen: Screen) -> dict[str, str]:
    return {str(path.relative_to(screen.project)): path.read_text() for path in screen.project.rglob("*.py")}


@pytest.mark.usefixtures("proposing")
async def test_it_is_walked_through_and_made_at_once(tmp_path: Path, vendor: LoopbackVendor) -> None:
    async with neovim(tmp_path, environment(vendor), files=FILES, lines=40, columns=120) as screen:
        await proposed(screen)
        screen.command("Llm next")
        screen.command("Llm next")
        await screen.shows("two = 2.0", "other.py")
        screen.command("Llm next")
        await screen.shows(" create lib/new.py ", "def new():")
        screen.command("Llm next")
        await screen.shows(" rename old.py to renamed.py ", "x = 1")
        screen.command("Llm next")
        await screen.shows(" delete gone.py ", "y = 1")
        before = files(screen)
        screen.keys("\\A")
        await screen.shows("Applied: 5 files")
        screen.command("wall")
        await screen.shows("written")
        screen.command("Llm next")
        await screen.shows("no edit is under review")
        screen.command("qa!")
        await screen.ended()

    assert before == FILES
    assert files(screen) == {
        "sum.py": FILES["sum.py"].replace("-", "+"),
        "other.py": "one = 1\ntwo = 2.0\n",
        "lib/new.py": "def new():\n    return 1\n",
        "renamed.py": "x = 1\n",
    }


@pytest.mark.usefixtures("proposing")
async def test_a_new_file_can_be_had_alone_and_the_rest_rejected(tmp_path: Path, vendor: LoopbackVendor) -> None:
    async with neovim(tmp_path, environment(vendor), files=FILES, lines=40, columns=120) as screen:
        await proposed(screen)
        screen.command("copen")
        await screen.shows(
            "sum.py|2| Split it, hunk 1/1: return a + b",
            "Split it: create lib/new.py",
            "old.py|1| Split it: rename old.py to renamed.py",
            "gone.py|1| Split it: delete gone.py",
        )
        screen.keys("2j\r", "\x17j:close\r")
        await screen.shows("def new():", "create lib/new.py")
        screen.keys("\\a")
        await screen.hides("create lib/new.py")
        await screen.shows("def new():", "lib/new.py [+]")
        screen.command("Llm reject all")
        await screen.hides("return a + b")
        screen.command("wall")
        await screen.shows("written")
        screen.command("qa!")
        await screen.ended()

    assert files(screen) == {**FILES, "lib/new.py": "def new():\n    return 1\n"}


@pytest.mark.usefixtures("proposing")
async def test_nothing_is_made_where_a_file_has_changed_meanwhile(tmp_path: Path, vendor: LoopbackVendor) -> None:
    async with neovim(tmp_path, environment(vendor), files=FILES, lines=40, columns=120) as screen:
        await proposed(screen)
        (screen.project / "lib").mkdir()
        (screen.project / "lib" / "new.py").write_text("mine\n")
        screen.command("Llm accept all")
        await screen.shows("Nothing is applied: lib/new.py exists by now")
        screen.command("qa!")
        await screen.ended()

    assert files(screen) == {**FILES, "lib/new.py": "mine\n"}


async def test_a_hunk_whose_lines_changed_is_named_and_stays_until_it_is_rejected(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    vendor.says(*tool_call("propose_edit", {"title": "Two", "changes": EDIT["changes"][:2]}))
    vendor.says(*whole("It waits for you."))
    async with neovim(tmp_path, environment(vendor), files=FILES, lines=40, columns=120) as screen:
        screen.command("Llm chat two")
        await screen.shows("It waits for you.", "return a + b")
        screen.command("wincmd p")
        screen.keys("jcc    return a * b", ESC)
        await screen.shows("sum.py: a hunk no longer fits, since its lines changed; :Llm reject there drops it")
        screen.command("copen")
        await screen.shows("sum.py|2 warning| Two: no longer fits", "other.py|2| Two, hunk 1/1: two = 2.0")
        screen.command("cclose")
        screen.command("Llm accept all")
        await screen.shows("Nothing is applied: sum.py was changed meanwhile")
        screen.command("Llm reject")
        screen.command("Llm accept all")
        screen.command("buffer other.py")
        await screen.shows("two = 2.0", "other.py [+]")
        screen.command("qa!")
        await screen.ended()


async def test_an_edit_of_a_file_that_nobody_sees_is_told_and_shown_beside_the_chat(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    edit = {"title": "Doubles", "changes": EDIT["changes"][1:2]}
    vendor.says(*tool_call("propose_edit", edit))
    vendor.says(*whole("It waits for you."))
    async with neovim(tmp_path, environment(vendor), files=FILES, lines=40, columns=120) as screen:
        screen.command("Llm chat make it a double")
        await screen.shows("It waits for you.", "an edit is under review, :Llm next goes there: Doubles")
        screen.command("Llm next")
        both = await screen.shows("two = 2.0", "other.py", "It waits for you.")
        screen.keys("\\a")
        await screen.hides("hunk 1/1")
        screen.command("qa!")
        await screen.ended()

    assert "def add" not in both
