"""An edit is reviewed hunk by hunk in VS Code, whatever happens to the text meanwhile."""

from pathlib import Path
from typing import Any

from tests.rigs.code_server import VSCode
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

HERE = Path(__file__).parent
TOTAL = ("sum(values) + 1", "sum(values)")
MEAN = ("total(values) * len(values)", "total(values) / len(values)")
SPREAD = ("max(values) + min(values)", "max(values) - min(values)")
BEFORE = (HERE / "files.mjs").read_text(encoding="utf-8").partition("`")[2].partition("`")[0]


def mended(text: str, *changes: tuple[str, str]) -> str:
    """`text` with these changes made."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


async def play(vscode: VSCode, scenario: str, vendor: LoopbackVendor) -> Any:
    vendor.says(*whole(f"```python\n{mended(BEFORE, TOTAL, MEAN, SPREAD)}```\n"))
    return await vscode.play(HERE / scenario, environment=environment(vendor))


async def test_one_hunk_is_rejected_the_others_accepted_and_one_undo_takes_them_back(
    vscode: VSCode, vendor: LoopbackVendor
) -> None:
    seen = await play(vscode, "review.mjs", vendor)

    assert seen["afterReject"] == BEFORE
    assert seen["accepted"] == mended(BEFORE, TOTAL, SPREAD)
    assert seen["messages"] == []


async def test_nothing_of_an_accepted_edit_stays_though_the_focus_leaves(
    vscode: VSCode, vendor: LoopbackVendor
) -> None:
    """VS Code 1.139 does not draw the words above the code anew just then."""
    seen = await play(vscode, "focus_leaves.mjs", vendor)

    assert seen["after"] == mended(BEFORE, TOTAL, MEAN, SPREAD)


async def test_keys_accept_and_reject_while_a_change_is_shown_and_never_else(
    vscode: VSCode, vendor: LoopbackVendor
) -> None:
    seen = await play(vscode, "review_by_keys.mjs", vendor)

    assert seen["first"] == mended(BEFORE, TOTAL)
    assert seen["second"] == seen["first"]
    assert seen["all"] == "# checked\n" + mended(BEFORE, TOTAL, SPREAD)
    assert seen["after"].rstrip() == seen["all"].rstrip()
    assert seen["messages"] == []


async def test_the_words_above_a_change_fit_into_a_narrow_window(vscode: VSCode, vendor: LoopbackVendor) -> None:
    vendor.says(*whole(f"```python\n{mended(BEFORE, TOTAL, MEAN, SPREAD)}```\n"))
    seen = await vscode.play(HERE / "narrow.mjs", environment=environment(vendor), size=(700, 760))

    assert seen["reach"] <= seen["end"]


async def test_retry_asks_again_in_its_place(vscode: VSCode, vendor: LoopbackVendor) -> None:
    vendor.says(*whole(f"```python\n{mended(BEFORE, TOTAL, MEAN, SPREAD)}```\n"))
    vendor.says(*whole(f"```python\n{mended(BEFORE, MEAN)}```\n"))
    seen = await vscode.play(HERE / "retry.mjs", environment=environment(vendor))

    assert seen["after"] == mended(BEFORE, MEAN)
    assert seen["messages"] == []


async def test_a_file_that_changes_on_the_disk_keeps_their_change_and_takes_what_still_fits(
    vscode: VSCode, vendor: LoopbackVendor
) -> None:
    seen = await play(vscode, "changed_on_disk.mjs", vendor)

    assert seen["after"] == mended(seen["theirs"], MEAN, SPREAD)


async def test_a_read_only_file_costs_no_request_and_is_told(vscode: VSCode, vendor: LoopbackVendor) -> None:
    seen = await play(vscode, "read_only.mjs", vendor)

    assert seen["said"].startswith("llm-ls: calc.py is read-only, so nothing was changed.")
    assert seen["after"] == BEFORE
    assert not [request for request in vendor.requests if request.path.endswith("/chat/completions")]
