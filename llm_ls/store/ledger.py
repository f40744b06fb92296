"""The ledger: a row for every request to a vendor, kept for good.

A row takes 135 bytes, its place in the index included: a thousand requests a day are 50 MB a year.
"""

import time
from collections.abc import Callable
from pathlib import Path

import attrs

from llm_ls import messages
from llm_ls.store import usage_columns, usage_table
from llm_ls.store.connection import Connection
from llm_ls.store.database import Database
from llm_ls.store.suggestion_counts import SuggestionLedger
from llm_ls.store.usage_table import UsageBy, UsageTable


@attrs.frozen
class Entry:
    """One request to one vendor.

    Attributes:
        model: `provider/model`.
        purpose: What asked, such as `chat`.
        conversation: Its id; empty if there is none.
    """

    model: str
    purpose: str
    conversation: str = ""


@attrs.frozen
class Outcome:
    """How a request ended.

    Attributes:
        kind: `ok`, `cancelled`, or the kind of an error.
        usage: What it took; `cost_usd` is `None` where the price is not known.
        estimated: Whether the tokens are our estimate, since the vendor did not say.
        first_event_s: From asking to the first event; `None` if none came.
    """

    kind: str
    usage: messages.Usage = messages.Usage()
    estimated: bool = False
    first_event_s: float | None = None


class Ledger:
    """Opens its file on first use; all llm-ls processes of the user write to it at once.

    Every method raises `errors.StorageFailed` if the file cannot be used; the caller decides what that is worth.

    Args:
        path: The file; `None` is the user's.
        clock: Unix seconds.

    Attributes:
        database: The same file, for what else is kept there.
        suggestions: What became of those made while the user typed.
    """

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self.database = Database(path)
        self.suggestions = SuggestionLedger(self.database, clock)
        self._clock = clock

    async def begin(self, entry: Entry) -> int:
        """Note that a request is sent; the id to end it with.

        The row is on disk when this returns. It is taken back if the caller is cancelled, who then sends nothing.
        """
        row = (self._clock(), entry.model, entry.purpose, entry.conversation)
        return await self.database.run(lambda connection: _insert(connection, row), undo=_delete)

    async def end(self, id: int, outcome: Outcome) -> None:
        """Note how a request ended; done even if the caller is cancelled."""
        row = (
            outcome.kind,
            self._clock(),
            outcome.first_event_s,
            *usage_columns.of(outcome.usage),
            int(outcome.estimated),
            id,
        )
        await self.database.run(lambda connection: connection.execute(_END, row))

    async def spent_usd(self, since: float) -> float:
        """What the requests from `since` (unix seconds) on have cost, as far as prices are known."""
        return await self.database.run(
            lambda connection: connection.execute(
                "SELECT TOTAL(cost_usd) FROM requests WHERE at >= ?", (since,)
            ).fetchone()[0]
        )

    async def totals(self, since: float | None, by: UsageBy | None) -> UsageTable:
        """What the requests from `since` (unix seconds; `None` is the beginning) on came to."""
        return await self.database.run(lambda connection: usage_table.read(connection, since, by))

    async def aclose(self) -> None:
        """Write what waits to be written, for a moment at most; the ledger takes nothing after."""
        await self.database.aclose()


_END = """
    UPDATE requests
    SET outcome = ?, seconds = MAX(0, ? - at), first_event_s = ?,
        input_tokens = ?, output_tokens = ?, cache_read_tokens = ?, cache_write_tokens = ?, reasoning_tokens = ?,
        cost_usd = ?, estimated = ?
    WHERE id = ?
"""


def _insert(connection: Connection, row: tuple[float, str, str, str]) -> int:
    done = connection.execute("INSERT INTO requests (at, model, purpose, conversation) VALUES (?, ?, ?, ?)", row)
    assert done.lastrowid is not None
    return done.lastrowid


def _delete(connection: Connection, id: int) -> None:
    connection.execute("DELETE FROM requests WHERE id = ?", (id,))
