"""What became of suggestions made while the user typed: a row each, beside the requests that they came from."""

import time
from collections.abc import Callable
from typing import Literal

import attrs

from llm_ls.store.connection import Connection
from llm_ls.store.database import Database

Fate = Literal["offered", "shown", "rejected", "accepted_in_part", "accepted"]
"""Later ones outdo earlier ones. Not every editor tells that it has shown or rejected one."""


@attrs.frozen
class SuggestionCounts:
    """How the user took the suggestions of a period.

    Attributes:
        offered: All that an editor was given.
        accepted_characters: Of those accepted, in part or whole.
    """

    offered: int
    shown: int
    accepted: int
    accepted_in_part: int
    rejected: int
    accepted_characters: int


class SuggestionLedger:
    """Every method raises `errors.StorageFailed` if the file cannot be used.

    Args:
        clock: Unix seconds.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, model: str) -> int:
        """Note that one was offered; the id for what becomes of it."""
        row = (self._clock(), model)
        return await self._database.run(lambda connection: _insert(connection, row))

    async def end(self, id: int, fate: Fate, shown: bool, accepted_characters: int) -> None:
        """Note what became of it, until something else does."""
        row = (fate, int(shown), accepted_characters, id)
        await self._database.run(lambda connection: connection.execute(_END, row))


def read(connection: Connection, since: float) -> SuggestionCounts:
    """Those offered from `since` (unix seconds) on."""
    (row,) = connection.execute(_SELECT, (since,)).fetchall()
    return SuggestionCounts(*row)


_END = "UPDATE suggestions SET fate = ?, shown = ?, accepted_characters = ? WHERE id = ?"
_SELECT = """
    SELECT
        COUNT(*),
        COALESCE(SUM(shown), 0),
        COALESCE(SUM(fate = 'accepted'), 0),
        COALESCE(SUM(fate = 'accepted_in_part'), 0),
        COALESCE(SUM(fate = 'rejected'), 0),
        COALESCE(SUM(accepted_characters), 0)
    FROM suggestions
    WHERE at >= ?
"""


def _insert(connection: Connection, row: tuple[float, str]) -> int:
    done = connection.execute("INSERT INTO suggestions (at, model) VALUES (?, ?)", row)
    assert done.lastrowid is not None
    return done.lastrowid
