"""Every request lands in the ledger, and no answer waits for that or fails by it."""

import asyncio
import contextlib
from pathlib import Path

import httpx2
import pytest

from llm_ls import errors, messages
from llm_ls.messages import StreamEvent, TextDelta, ThinkingDelta, ToolUseDelta, ToolUseStart, Usage, UsageReport
from llm_ls.models import InfillRequest, Model, ModelRequest
from llm_ls.routing.aside import Aside
from llm_ls.routing.metering import Metering
from llm_ls.store.ledger import Entry, Ledger
from tests.providers.asked import openai
from tests.rigs.models import Scripted
from tests.rigs.openai import whole, words
from tests.rigs.vendor import PAUSE, LoopbackVendor
from tests.routing.rig import HELLO, InTurn, answer, failure, rows, text

USAGE = Usage(input_tokens=1_000, output_tokens=10, cache_read_tokens=600)
LONG = ModelRequest((messages.user("x" * 4_000),))


def priced(usage: Usage) -> float:
    return (usage.input_tokens + 2 * usage.output_tokens) / 1_000


def metered(model: Model, ledger: Ledger, aside: Aside) -> Metering[ModelRequest]:
    return Metering(model, ledger, Entry(model.name, "chat", "conversation-1"), aside, priced)


def reports(events: list[StreamEvent]) -> list[Usage]:
    return [event.usage for event in events if isinstance(event, UsageReport)]


async def test_an_answer_is_an_entry(ledger: Ledger, aside: Aside) -> None:
    await answer(metered(Scripted("acme/m", "ok", UsageReport(USAGE)), ledger, aside))
    await aside.settled()

    assert await rows(ledger, "model", "purpose", "conversation", "outcome", "estimated") == [
        ("acme/m", "chat", "conversation-1", "ok", 0)
    ]
    assert await rows(ledger, "input_tokens", "output_tokens", "cache_read_tokens", "cost_usd") == [
        (1_000, 10, 600, 1.02)
    ]


async def test_the_answer_says_what_it_cost(ledger: Ledger, aside: Aside) -> None:
    events = await answer(metered(Scripted("acme/m", "ok", UsageReport(USAGE)), ledger, aside))

    assert [usage.cost_usd for usage in reports(events)] == [1.02]


async def test_what_the_vendor_says_it_cost_counts(ledger: Ledger, aside: Aside) -> None:
    theirs = Usage(input_tokens=1_000, output_tokens=10, cost_usd=0.5)
    events = await answer(metered(Scripted("acme/m", "ok", UsageReport(theirs)), ledger, aside))
    await aside.settled()

    assert reports(events) == [theirs]
    assert await rows(ledger, "cost_usd") == [(0.5,)]


async def test_the_price_is_not_looked_up_before_the_first_word(ledger: Ledger, aside: Aside) -> None:
    early, late = UsageReport(Usage(input_tokens=1_000)), UsageReport(USAGE)
    looked_up: list[Usage] = []
    model = Scripted("acme/m", early, "ok", late)
    async with contextlib.aclosing(
        Metering(model, ledger, Entry("acme/m", "chat"), aside, looked_up.append).stream(HELLO)
    ) as events:
        before = [await anext(events) for _ in range(3)]
        in_time = list(looked_up)

    assert before[1] == early
    assert in_time == []


async def test_each_attempt_is_an_entry_with_the_kind_of_its_failure(ledger: Ledger, aside: Aside) -> None:
    model = metered(InTurn("acme/m", errors.Overloaded("busy"), "ok"), ledger, aside)
    await failure(model)
    await answer(model)
    await aside.settled()

    assert await rows(ledger, "outcome", "output_tokens > 0") == [("overloaded", 0), ("ok", 1)]


async def test_a_refusal_took_nothing(
    vendor: LoopbackVendor, http: httpx2.AsyncClient, ledger: Ledger, aside: Aside
) -> None:
    vendor.refuses(401, {"error": {"message": "no such key"}})
    await failure(metered(openai(vendor.url, http), ledger, aside), LONG)
    await aside.settled()

    assert await rows(ledger, "outcome", "input_tokens", "output_tokens", "estimated", "first_event_s") == [
        ("authentication", 0, 0, 0, None)
    ]


async def test_what_is_cancelled_is_an_entry_with_what_it_must_have_taken(
    vendor: LoopbackVendor, http: httpx2.AsyncClient, ledger: Ledger, aside: Aside
) -> None:
    vendor.says(*words("one", "two", "three"), PAUSE)
    third = asyncio.Event()

    async def ask() -> None:
        async for event in metered(openai(vendor.url, http), ledger, aside).stream(LONG):
            if event == TextDelta("three"):
                third.set()

    task = asyncio.create_task(ask())
    async with asyncio.timeout(10):
        await third.wait()
        task.cancel()
        await asyncio.wait([task])
    await vendor.client_closed()
    await aside.settled()

    assert await rows(ledger, "outcome", "output_tokens", "estimated") == [("cancelled", 3, 1)]
    ((read, cost_usd),) = await rows(ledger, "input_tokens", "cost_usd")
    assert 990 <= read <= 1_010
    assert cost_usd == pytest.approx((read + 6) / 1_000)


async def test_who_leaves_early_has_heard_enough(ledger: Ledger, aside: Aside) -> None:
    model = Scripted("acme/m", UsageReport(Usage(input_tokens=77, output_tokens=1)), "one", "two", "three")
    async with contextlib.aclosing(metered(model, ledger, aside).stream(LONG)) as events:
        for _ in range(4):
            await anext(events)
    await aside.settled()

    assert model.open_streams == 0
    assert await rows(ledger, "outcome", "input_tokens", "output_tokens", "estimated") == [("ok", 77, 2, 1)]


async def test_an_answer_that_the_vendor_did_not_count_is_estimated(ledger: Ledger, aside: Aside) -> None:
    tool = (ToolUseStart("t", "f"), ToolUseDelta("t", "x" * 40))
    await answer(metered(Scripted("acme/m", ThinkingDelta("y" * 40), *tool, "z" * 20), ledger, aside), LONG)
    await aside.settled()

    assert await rows(ledger, "outcome", "output_tokens", "estimated") == [("ok", 25, 1)]


async def test_the_first_word_is_timed(ledger: Ledger, aside: Aside) -> None:
    now = iter((10.0, 10.25, 11.0))
    model = Scripted("acme/m", "a", "b")
    await answer(Metering(model, ledger, Entry("acme/m", "chat"), aside, priced, clock=lambda: next(now)))
    await aside.settled()

    assert await rows(ledger, "first_event_s") == [(0.25,)]


async def test_the_log_has_a_line_a_request_without_a_word_of_it(
    ledger: Ledger, aside: Aside, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    now = iter((10.0, 10.25, 12.5))
    model = Scripted("acme/m", "secret", UsageReport(USAGE))
    await answer(Metering(model, ledger, Entry("acme/m", "chat"), aside, priced, clock=lambda: next(now)))
    await aside.settled()

    assert [record.getMessage() for record in caplog.records] == ["chat, acme/m: ok, 2.5 s, 1000 + 10 tokens"]


async def test_filling_in_the_middle_is_an_entry_too(ledger: Ledger, aside: Aside) -> None:
    class Fills:
        name = "acme/m"

        def stream(self, request: InfillRequest, /):  # noqa: ANN202
            return Scripted("acme/m", "ok").stream(HELLO)

    model: Metering[InfillRequest] = Metering(Fills(), ledger, Entry("acme/m", "inlineCompletion"), aside, priced)
    async with contextlib.aclosing(model.stream(InfillRequest("x" * 200, "y" * 200))) as events:
        async for _ in events:
            pass
    await aside.settled()

    assert await rows(ledger, "purpose", "input_tokens", "outcome") == [("inlineCompletion", 100, "ok")]


async def test_no_answer_waits_for_the_ledger(tmp_path: Path, aside: Aside) -> None:
    never: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    class Stuck(Ledger):
        async def begin(self, entry: Entry) -> int:
            return await never

    events = await answer(metered(Scripted("acme/m", "ok"), Stuck(tmp_path / "stuck"), aside))
    never.cancel()

    assert text(events) == "ok"


async def test_no_answer_fails_by_the_ledger_and_the_log_says_so_once(
    tmp_path: Path, aside: Aside, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    broken = Ledger(tmp_path / "file" / "in-no-folder.sqlite3")
    for _ in range(3):
        assert text(await answer(metered(Scripted("acme/m", "ok"), broken, aside))) == "ok"
        await aside.settled()
    await broken.aclose()

    (record,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert (record.levelname, "hello" in record.getMessage()) == ("WARNING", False)
    assert "in-no-folder.sqlite3" in record.getMessage()


async def test_what_a_vendor_streams_is_handed_on_as_it_is(
    vendor: LoopbackVendor, http: httpx2.AsyncClient, ledger: Ledger, aside: Aside
) -> None:
    model = openai(vendor.url, http)
    for _ in range(2):
        vendor.says(*whole("It ", "is ", "so."))
    plain = await answer(model)
    routed = await answer(Metering(model, ledger, Entry("acme/m", "chat"), aside, lambda _: None))

    assert routed == plain
