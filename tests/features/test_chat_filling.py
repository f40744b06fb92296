"""A model that can only be talked with fills gaps."""

import asyncio
import contextlib

import pytest

from llm_ls import errors
from llm_ls.features.chat_filling import ChatFilling
from llm_ls.messages import (
    MessageEnd,
    MessageStart,
    Notice,
    StreamEvent,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ThinkingEnd,
    Usage,
    UsageReport,
)
from llm_ls.models import InfillRequest
from tests.rigs.models import Scripted

GAP = InfillRequest("def add(a, b):\n    return ", "\n", max_tokens=20)


async def filled(model: Scripted, request: InfillRequest = GAP) -> list[StreamEvent]:
    async with contextlib.aclosing(ChatFilling(model).stream(request)) as events:
        return [event async for event in events]


async def test_hands_on_the_text_and_what_it_took() -> None:
    usage = UsageReport(Usage(9, 4))
    model = Scripted("acme/m", "<fi", "ll>a", " + b", usage, MessageEnd("stop_sequence", "stop"))

    assert ChatFilling(model).name == "acme/m"
    assert await filled(model) == [
        MessageStart("m"),
        TextDelta("a"),
        TextDelta(" + b"),
        usage,
        MessageEnd("stop_sequence", "stop"),
    ]


async def test_drops_what_the_model_thinks_and_what_it_does_not_take() -> None:
    waiting = Notice("waiting", "waiting for the rate limit")
    model = Scripted(
        "acme/m",
        Notice("dropped_parameter", "m does not take temperature"),
        waiting,
        ThinkingDelta("hm"),
        ThinkingEnd(Thinking("hm", "acme")),
        "a + b",
    )

    assert await filled(model) == [MessageStart("m"), waiting, TextDelta("a + b"), MessageEnd("end_turn")]


async def test_hangs_up_when_the_text_is_complete() -> None:
    never = asyncio.Event()
    model = Scripted("acme/m", "<fill>a + b</fill>", never)

    async with asyncio.timeout(5):
        events = await filled(model)

    assert events == [MessageStart("m"), TextDelta("a + b"), MessageEnd("stop_sequence")]
    assert model.open_streams == 0


async def test_hangs_up_on_a_model_that_goes_on_and_on() -> None:
    never = asyncio.Event()
    model = Scripted("acme/m", *["<fill>", *["word "] * 30], never)

    async with asyncio.timeout(5):
        events = await filled(model)

    assert events[-1] == MessageEnd("max_tokens")
    assert 100 <= sum(len(event.text) for event in events if isinstance(event, TextDelta)) <= 110
    assert model.open_streams == 0


async def test_leaving_early_leaves_the_model() -> None:
    model = Scripted("acme/m", "a", " + b", asyncio.Event())

    async with contextlib.aclosing(ChatFilling(model).stream(GAP)) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                assert model.open_streams == 1
                break

    assert model.open_streams == 0


async def test_a_failure_is_the_models() -> None:
    with pytest.raises(errors.RateLimited, match="slow down"):
        await filled(Scripted("acme/m", errors.RateLimited("slow down")))


async def test_asks_for_little_thought_and_few_words() -> None:
    model = Scripted("acme/m", "a")
    await filled(model, InfillRequest("a", "b", max_tokens=20, stop=("\n",), temperature=0.8))
    await filled(model)
    (first, second) = model.requests

    assert (first.reasoning, first.temperature, first.stop) == ("off", 0.8, ("</fill>",))
    assert second.temperature == 0.1
    assert (first.messages[0].role, first.messages[-1].role) == ("user", "user")
