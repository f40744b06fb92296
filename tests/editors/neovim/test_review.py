"""The plugin's review in Neovim: hunks are walked, accepted and rejected, and nothing of it is left behind."""

from pathlib import Path
from typing import Any

from tests.rigs import nvim
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

HERE = Path(__file__).parent / "plugin"
BEFORE = "one = 1\nzero = 0\ntwo = 2\nnil = 0\nthree = 3\n"
FLOATS = "```python\none = 1.0\nzero = 0\ntwo = 2.0\nnil = 0\nthree = 3.0\n```"
ADDS = "def add(a, b):\n    return a + b\n"
SUBTRACTS = ADDS.replace("+", "-")


async def play(scenario: str, vendor: LoopbackVendor, answer: str = f"```python\n{ADDS}```") -> Any:
    vendor.says(*whole(answer))
    return await nvim.play(HERE / scenario, environment=environment(vendor), plugin=True)


async def test_hunks_are_accepted_and_rejected_one_by_one_and_undone_at_once(vendor: LoopbackVendor) -> None:
    seen = await play("review.lua", vendor, FLOATS)

    assert seen["title"] == "Edit: make them floats"
    assert seen["rows"] == [0, 2, 4]
    assert seen["one"] == BEFORE.replace("1", "1.0")
    assert seen["rejected"] == seen["one"]
    assert seen["after"] == BEFORE.replace("1", "1.0").replace("3", "3.0")
    assert seen["undone"] == BEFORE
    assert seen["marks"] == 0
    assert [name for name in seen["events"] if name != "LlmLsStatus"] == [
        "LlmLsStart",
        "LlmLsModel",
        "LlmLsDone",
        "LlmLsProposal new",
        "LlmLsProposal changed",
        "LlmLsProposal changed",
        "LlmLsProposal gone",
    ]
    assert seen["said"] == []


async def test_keys_exist_while_there_is_something_to_review_and_are_then_what_they_were(
    vendor: LoopbackVendor,
) -> None:
    seen = await play("review.lua", vendor, FLOATS)

    assert seen["keys_before"] == "llm-ls: go to the next hunk"
    assert seen["keys_after"] == "the one before"
    assert seen["accept_after"] == ""


async def test_hunks_stay_with_their_text_whatever_changes_it(vendor: LoopbackVendor) -> None:
    seen = await play("changed.lua", vendor, FLOATS)

    assert seen["failed"] == 1
    assert seen["reloaded"] == f"# from elsewhere\n{BEFORE}"
    assert seen["after"] == "# from elsewhere\none = 1.0\nzero = 0\ntwo = 2.0\nnil = 0\nthree = 3.0\n"
    assert seen["undone"] == seen["reloaded"]
    assert seen["said"] == []


async def test_a_bang_makes_an_edit_without_review(vendor: LoopbackVendor) -> None:
    seen = await play("unseen.lua", vendor)

    assert seen["fixed"] == ADDS
    assert seen["fixing"] == [["LlmLsStart", "AI: Fix"], ["LlmLsDone", "AI: Fix"]]
    assert seen["undone"] == SUBTRACTS
    assert seen["undone_again"] == SUBTRACTS
    assert seen["shown"] == 0


async def test_what_others_say_of_the_code_is_passed_on(vendor: LoopbackVendor) -> None:
    seen = await play("unseen.lua", vendor)

    assert seen["offered"]
    assert "subtracts instead" in vendor.requests[0].body.decode()
    assert seen["said"][-1] == "llm-ls: no diagnostic is here; :Llm edit edits by an instruction"


async def test_edits_of_several_files_are_in_the_quickfix_list(vendor: LoopbackVendor) -> None:
    seen = await play("files.lua", vendor)

    assert seen["list"] == [
        ["one.py", 2, "Edit: add, hunk 1/1: return a + b"],
        ["two.py", 4, "Edit: add, hunk 1/1: return a + b"],
    ]
    assert seen["next"]
    assert seen["prev"]
    assert seen["retried"] == 1
    assert seen["left"] == 1


async def test_the_server_asks_for_an_instruction_and_its_edit_can_be_had_as_a_diff(vendor: LoopbackVendor) -> None:
    seen = await play("asks.lua", vendor)

    assert seen["prompts"] == ["What should be changed? "]
    assert seen["diff"] == {"tabs": 2, "windows": 2, "diff": True, "marks": 0, "text": ADDS, "after": False}
