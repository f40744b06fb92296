"""What the user's requests have cost lately, and what came of suggestions, in a few sentences."""

from llm_ls.store import periods
from llm_ls.store.ledger import Ledger
from llm_ls.store.suggestion_counts import SuggestionCounts
from llm_ls.store.usage_table import UsageRow

MODELS = 3


async def summary(ledger: Ledger, now: float) -> str:
    """Today's and the week's money, the models that were asked most, and how many suggestions were taken.

    Args:
        now: Unix seconds.

    Raises:
        errors.StorageFailed: The ledger cannot be read.
    """
    today = await ledger.totals(periods.start_of_day(now), None)
    week = await ledger.totals(periods.start_of_day(now, 6), "model")
    if not week.totals.requests:
        return "No model has been asked in the last 7 days."
    most = sorted(week.rows, key=lambda row: row.requests, reverse=True)[:MODELS]
    models = ", ".join(f"{row.key} ({_said(row)})" for row in most)
    money = f"Today: {_said(today.totals)}. Last 7 days: {_said(week.totals)}. Asked most: {models}."
    return money + _taken(week.suggestions)


def _said(row: UsageRow) -> str:
    requests = f"{row.requests} request{'' if row.requests == 1 else 's'}"
    return f"{row.money}, {requests}" if row.money else requests


def _taken(counts: SuggestionCounts) -> str:
    if not counts.offered:
        return ""
    accepted = counts.accepted + counts.accepted_in_part
    return f" Suggestions and next edits accepted: {accepted} of {counts.offered}."
