"""What the requests of a period came to, in total and by model, provider, day or conversation."""

from typing import Literal

import attrs

from llm_ls import messages
from llm_ls.store import suggestion_counts
from llm_ls.store.connection import Connection
from llm_ls.store.suggestion_counts import SuggestionCounts

UsageBy = Literal["model", "provider", "day", "conversation"]


@attrs.frozen
class UsageRow:
    """What some requests came to.

    Attributes:
        key: What they have in common, such as `provider/model` or `2026-11-01`; a conversation may be empty, which
            stands for requests outside of one; `None` in totals.
        requests: How many were sent, those repeated after a failure included.
        failed: How many the vendor did not answer whole.
        cancelled: How many were stopped.
        unfinished: How many are running, or were when their process died; what they came to is not known.
        estimated: For how many the tokens are our estimate, since the vendor did not say.
        unpriced: How many used tokens whose price is not known; they are not in `cost_usd`.
        cost_usd: `None` if no price is known.
        first_event_s: From asking to the first sign of an answer, on average.
    """

    key: str | None
    requests: int
    failed: int
    cancelled: int
    unfinished: int
    estimated: int
    unpriced: int
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    cost_usd: float | None
    first_event_s: float | None

    @property
    def money(self) -> str:
        """What they cost, as a person reads it.

        `~` if some of it is estimated, `+` if some of it has no known price, `?` if all of it has none, else empty.
        """
        if self.cost_usd is None:
            return "?" if self.unpriced else ""
        return f"{'~' if self.estimated else ''}{messages.money(self.cost_usd)}{'+' if self.unpriced else ''}"


@attrs.frozen
class UsageTable:
    """Usage as reports show it.

    Attributes:
        since: When the period starts, in local time (ISO 8601); `None` is the beginning.
        rows: The most expensive first; of days, the latest first.
        suggestions: How those made while the user typed were taken.
    """

    since: str | None
    totals: UsageRow
    rows: tuple[UsageRow, ...]
    suggestions: SuggestionCounts


def read(connection: Connection, since: float | None, by: UsageBy | None) -> UsageTable:
    """The table of all requests from `since` on; without `by` it has totals only."""
    from datetime import datetime  # not in the memory of a server that nothing was asked of

    start = 0.0 if since is None else since
    connection.execute("BEGIN")  # all statements see the same requests
    (totals,) = connection.execute(_SELECT.format(key="NULL"), (start,)).fetchall()
    rows = connection.execute(f"{_SELECT.format(key=_KEYS[by])} {_GROUPED}", (start,)).fetchall() if by else []
    suggestions = suggestion_counts.read(connection, start)
    connection.execute("COMMIT")
    if by == "day":
        rows.sort(key=lambda row: row[0], reverse=True)
    local = None if since is None else datetime.fromtimestamp(since).astimezone().isoformat(timespec="seconds")
    return UsageTable(local, UsageRow(*totals), tuple(UsageRow(*row) for row in rows), suggestions)


_KEYS: dict[UsageBy, str] = {
    "model": "model",
    "provider": "substr(model, 1, instr(model || '/', '/') - 1)",
    "day": "date(at, 'unixepoch', 'localtime')",
    "conversation": "conversation",
}

_SELECT = """
    SELECT
        {key},
        COUNT(*),
        COALESCE(SUM(outcome NOT IN ('ok', 'cancelled', 'running')), 0),
        COALESCE(SUM(outcome = 'cancelled'), 0),
        COALESCE(SUM(outcome = 'running'), 0),
        COALESCE(SUM(estimated), 0),
        COALESCE(SUM(cost_usd IS NULL AND input_tokens + output_tokens > 0), 0),
        COALESCE(SUM(input_tokens), 0) AS read,
        COALESCE(SUM(output_tokens), 0) AS written,
        COALESCE(SUM(cache_read_tokens), 0),
        COALESCE(SUM(cache_write_tokens), 0),
        COALESCE(SUM(reasoning_tokens), 0),
        ROUND(SUM(cost_usd), 9) AS cost,
        ROUND(AVG(first_event_s), 3)
    FROM requests
    WHERE at >= ?
"""
_GROUPED = "GROUP BY 1 ORDER BY cost DESC NULLS LAST, read + written DESC, COUNT(*) DESC, 1"
