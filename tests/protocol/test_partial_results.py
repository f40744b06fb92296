"""Partial results: the first delta at once, later ones together, nothing after the answer."""

import asyncio
from typing import Any

import pytest

from llm_ls import errors, messages
from llm_ls.messages import TextDelta, ThinkingDelta
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.protocol.partial_results import MERGE_S, PartialResults
from tests.rigs.editor import editor


def interrupted(server: LlmLanguageServer, failure: BaseException) -> None:
    """An answer that fails while its second delta waits for a third."""
    with PartialResults(server, "p") as parts:
        parts.send(TextDelta("a"))
        parts.send(TextDelta("b"))
        raise failure


def deltas(events: list[dict[str, Any]]) -> list[str]:
    return [event["text"] for event in events if "text" in event]


async def test_first_delta_leaves_at_once_and_later_ones_together() -> None:
    async with editor() as one:
        with PartialResults(one.server, "p") as parts:
            for text in ("a", "b", "c"):
                parts.send(TextDelta(text))
            at_once = deltas(one.progress("p"))
            await one.until(lambda: len(one.progress("p")) == 2)

        assert at_once == ["a"]
        assert deltas(one.progress("p")) == ["a", "bc"]


async def test_other_events_keep_their_place() -> None:
    async with editor() as one:
        with PartialResults(one.server, "p") as parts:
            for event in (
                TextDelta("a"),
                TextDelta("b"),
                ThinkingDelta("t"),
                TextDelta("c"),
                messages.MessageEnd("end_turn"),
            ):
                parts.send(event)
        kinds = [(event["type"], event.get("text")) for event in one.progress("p")]

    assert kinds == [
        ("text_delta", "a"),
        ("text_delta", "b"),
        ("thinking_delta", "t"),
        ("text_delta", "c"),
        ("message_end", None),
    ]


async def test_nothing_comes_after_the_answer() -> None:
    async with editor() as one:
        with pytest.raises(asyncio.CancelledError):
            interrupted(one.server, asyncio.CancelledError())
        await asyncio.sleep(3 * MERGE_S)

        assert deltas(one.progress("p")) == ["a"]


async def test_a_failure_is_the_last_event_and_loses_no_text() -> None:
    async with editor() as one:
        with pytest.raises(errors.Overloaded):
            interrupted(one.server, errors.Overloaded("the vendor is busy", hint="try again"))

        assert one.progress("p")[1:] == [
            {"type": "text_delta", "text": "b"},
            {"type": "error", "kind": "overloaded", "message": "the vendor is busy", "hint": "try again"},
        ]
