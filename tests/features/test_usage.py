"""What the user's requests have cost lately, and what came of suggestions, in a few sentences."""

import time
from pathlib import Path

import attrs

from llm_ls.features import usage
from llm_ls.messages import Usage
from llm_ls.store.ledger import Entry, Ledger, Outcome
from llm_ls.store.suggestion_counts import Fate

DAY = 86_400.0


@attrs.define
class Clock:
    """A clock that is set by hand."""

    now: float = time.time()

    def __call__(self) -> float:
        return self.now


async def said(tmp_path: Path, *requests: tuple[float, str, float | None]) -> str:
    """The summary after requests, each given as (days ago, model, cost)."""
    clock = Clock()
    now, ledger = clock.now, Ledger(tmp_path / "a.sqlite3", clock)
    for days, model, cost in requests:
        clock.now = now - days * DAY
        await ledger.end(await ledger.begin(Entry(model, "chat")), Outcome("ok", Usage(10, 1, cost_usd=cost)))
    summary = await usage.summary(ledger, now)
    await ledger.aclose()
    return summary


async def test_says_todays_and_the_weeks_money_and_what_was_asked_most(tmp_path: Path) -> None:
    summary = await said(
        tmp_path,
        *[(3.0, "openai/often", 0.125)] * 4,
        *[(0.0, "anthropic/dear", 2.0)] * 2,
        *[(2.0, "ollama/free", None)] * 3,
        (1.5, "openai/seldom", 0.5),
        *[(30.0, "openai/once", 100.0)] * 9,
    )

    assert summary == (
        "Today: $4.00, 2 requests. Last 7 days: $5.00+, 10 requests. Asked most: "
        "openai/often ($0.50, 4 requests), ollama/free (?, 3 requests), anthropic/dear ($4.00, 2 requests)."
    )


async def test_a_day_without_requests_is_said_so(tmp_path: Path) -> None:
    summary = await said(tmp_path, (3.0, "openai/a", 0.5))

    assert summary == "Today: 0 requests. Last 7 days: $0.50, 1 request. Asked most: openai/a ($0.50, 1 request)."


async def test_nothing_lately_is_a_sentence(tmp_path: Path) -> None:
    assert await said(tmp_path, (30.0, "openai/a", 1.0)) == "No model has been asked in the last 7 days."


async def test_says_how_many_of_the_weeks_suggestions_were_taken(tmp_path: Path) -> None:
    clock = Clock()
    now, ledger = clock.now, Ledger(tmp_path / "a.sqlite3", clock)
    await ledger.end(await ledger.begin(Entry("ollama/free", "inlineCompletion")), Outcome("ok", Usage(10, 1)))
    days_and_fates: list[tuple[float, Fate]] = [
        (30, "accepted"),
        (6, "accepted"),
        (0, "accepted_in_part"),
        (0, "rejected"),
        (0, "shown"),
    ]
    for days, fate in days_and_fates:
        clock.now = now - days * DAY
        await ledger.suggestions.end(await ledger.suggestions.begin("ollama/free"), fate, True, 1)
    summary = await usage.summary(ledger, now)
    await ledger.aclose()

    assert summary.endswith("Asked most: ollama/free (?, 1 request). Suggestions and next edits accepted: 2 of 4.")
