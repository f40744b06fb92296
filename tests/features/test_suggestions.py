"""What becomes of suggestions is counted once each, whatever the editor says in whatever order."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from llm_ls.features.suggestions import Suggestions
from llm_ls.store.ledger import Ledger
from llm_ls.store.suggestion_counts import SuggestionCounts


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncGenerator[Ledger]:
    made = Ledger(tmp_path / "a.sqlite3")
    yield made
    await made.aclose()


async def counted(ledger: Ledger, *steps: str) -> SuggestionCounts:
    suggestions = Suggestions(ledger.suggestions)
    suggestions.offered("s", "acme/m", 10)
    for step in steps:
        name, _, characters = step.partition(" ")
        getattr(suggestions, name)("s", *([int(characters)] if characters else []))
    await suggestions.settled()
    return (await ledger.totals(None, None)).suggestions


@pytest.mark.parametrize(
    ("steps", "counts"),
    [
        pytest.param((), SuggestionCounts(1, 0, 0, 0, 0, 0), id="offered"),
        pytest.param(("shown", "shown"), SuggestionCounts(1, 1, 0, 0, 0, 0), id="shown"),
        pytest.param(("shown", "accepted", "rejected"), SuggestionCounts(1, 1, 1, 0, 0, 10), id="accepted"),
        pytest.param(("accepted_part 3", "accepted_part 7"), SuggestionCounts(1, 0, 0, 1, 0, 7), id="word by word"),
        pytest.param(("accepted_part 99",), SuggestionCounts(1, 0, 1, 0, 0, 10), id="more than there is"),
        pytest.param(("accepted_part 3", "accepted"), SuggestionCounts(1, 0, 1, 0, 0, 10), id="then the rest"),
        pytest.param(("rejected", "rejected"), SuggestionCounts(1, 1, 0, 0, 1, 0), id="rejected"),
    ],
)
async def test_counts(ledger: Ledger, steps: tuple[str, ...], counts: SuggestionCounts) -> None:
    assert await counted(ledger, *steps) == counts


async def test_parts_of_what_is_left_add_up(ledger: Ledger) -> None:
    suggestions = Suggestions(ledger.suggestions)
    suggestions.offered("s", "acme/m", 10)
    suggestions.accepted_part("s", 3)
    suggestions.offered("s", "acme/m", 7)
    suggestions.accepted_part("s", 2)
    suggestions.accepted_part("s", 4)
    await suggestions.settled()

    assert (await ledger.totals(None, None)).suggestions == SuggestionCounts(1, 0, 0, 1, 0, 7)


async def test_the_last_part_after_typing_is_the_whole(ledger: Ledger) -> None:
    suggestions = Suggestions(ledger.suggestions)
    suggestions.offered("s", "acme/m", 10)
    suggestions.offered("s", "acme/m", 4)
    suggestions.accepted_part("s", 4)
    await suggestions.settled()

    assert (await ledger.totals(None, None)).suggestions == SuggestionCounts(1, 0, 1, 0, 0, 10)


async def test_an_unknown_id_counts_nothing(ledger: Ledger) -> None:
    suggestions = Suggestions(ledger.suggestions)
    suggestions.accepted("nobody's")
    suggestions.shown("nobody's")
    await suggestions.settled()

    assert (await ledger.totals(None, None)).suggestions == SuggestionCounts(0, 0, 0, 0, 0, 0)
