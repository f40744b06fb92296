"""Copilot's panel: several suggestions as text to insert, and in any case a word that they are all."""

from typing import Any

import pytest

from tests.handlers.test_copilot_legacy import SETTINGS, show
from tests.rigs.editor import Editor, editor
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

PANEL = "copilot:///panel/1"


async def filled(one: Editor, marked: str) -> tuple[dict[str, int], list[dict[str, Any]], dict[str, Any]]:
    """The answer to `getPanelCompletions`, the solutions, and what is said once they are all."""
    answer = await one.request("getPanelCompletions", {**show(one, marked), "panelId": PANEL})
    await one.until(lambda: any(method == "PanelSolutionsDone" for method, _ in one.said))
    assert one.said[-1][0] == "PanelSolutionsDone"
    return answer, [params for method, params in one.said if method == "PanelSolution"], one.said[-1][1]


@pytest.mark.parametrize(
    ("marked", "said", "inserted"),
    [
        ("x = │\n", "1 + 2", "1 + 2"),
        ("add(│)\n", "a, b)", "a, b"),
        ("if (│)\n", "ready) {", "ready"),
        ("def f():\r\n    │\r\n", "a = 1\n    return a", "a = 1\n    return a"),
    ],
)
async def test_a_solution_is_text_to_insert_at_the_cursor(
    vendor: LoopbackVendor, marked: str, said: str, inserted: str
) -> None:
    for _ in range(3):
        vendor.says(*whole(said))
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        answer, (solution,), done = await filled(one, marked)
        position = show(one, marked)["position"]

    assert answer == {"solutionCountTarget": 3}
    assert solution["completionText"] == inserted
    assert solution["displayText"].endswith(inserted)
    assert solution["range"] == {"start": position, "end": position}
    assert (solution["panelId"], solution["docVersion"], solution["score"]) == (PANEL, 77, 0)
    assert ":" not in solution["solutionId"]  # copilot.lua reads it from between two
    assert done == {"panelId": PANEL, "status": "OK"}


async def test_several_are_several(vendor: LoopbackVendor) -> None:
    for text in ("1", "2", "3"):
        vendor.says(*whole(text))
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        _, solutions, _ = await filled(one, "x = │\n")

    assert sorted(solution["completionText"] for solution in solutions) == ["1", "2", "3"]
    assert len({solution["solutionId"] for solution in solutions}) == 3


async def test_a_failure_is_in_the_last_word(vendor: LoopbackVendor) -> None:
    for _ in range(3):
        vendor.refuses(401, {"error": {"message": "no such key"}})
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        _, solutions, done = await filled(one, "x = │\n")

    assert solutions == []
    assert (done["status"], "no such key" in done["message"]) == ("Error", True)


async def test_a_document_that_nobody_opened_has_none() -> None:
    async with editor(settings=SETTINGS) as one:
        place = {"uri": "file:///nowhere.py", "position": {"line": 0, "character": 0}}
        await one.request("getPanelCompletions", {"doc": place, "panelId": PANEL})
        await one.until(lambda: one.said[-1] == ("PanelSolutionsDone", {"panelId": PANEL, "status": "OK"}))


async def test_newer_words_stream_one_item_at_a_time_with_progress(vendor: LoopbackVendor) -> None:
    for text in ("1", "2", "3"):
        vendor.says(*whole(text))
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        place = {key: value for key, value in show(one, "x = │\n").items() if key in ("textDocument", "position")}
        tokens = {"partialResultToken": "parts", "workDoneToken": "work"}
        result = await one.request("textDocument/copilotPanelCompletion", {**place, **tokens})
        again = await one.request("textDocument/copilotPanelCompletion", place)
        accepted = again["items"][0]["command"]
        answer = await one.command(accepted["command"], accepted["arguments"][0])

    parts = one.progress("parts")
    assert result == {"items": []}
    assert sorted(item["insertText"] for part in parts for item in part["items"]) == ["1", "2", "3"]
    assert all(len(part["items"]) == 1 for part in parts)
    assert [value["kind"] for value in one.progress("work")] == ["begin", "end"]
    assert [item for part in parts for item in part["items"]] == again["items"]
    assert answer is True
