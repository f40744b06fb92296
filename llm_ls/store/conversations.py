"""Conversations as they are kept: trees of turns, of which the path to the newest is shown and sent.

Nothing is overwritten: what is asked or answered in another's place stands beside it.
"""

import os
import time
from collections.abc import Callable, Sequence

import attrs

from llm_ls import errors
from llm_ls.messages import Attachment, Message, Text, Usage
from llm_ls.store import kept_parts, turns, usage_columns
from llm_ls.store.connection import Connection, transaction
from llm_ls.store.database import Database
from llm_ls.store.drafts import Draft, Drafts
from llm_ls.store.turns import Conversation, Summary, TurnRole

MAX_TITLE = 200


class Conversations:
    """Those in `database`.

    Every method raises `errors.StorageFailed` if the file cannot be used, and `errors.NotFound` where there is no
    such conversation or turn.

    Args:
        clock: Unix seconds.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = lambda: round(clock(), 6)  # as exact as a time in JSON, from which it comes back
        self._drafts = Drafts(database, self._clock)

    async def begin(self, workspace: str, title: str) -> str:
        """Begin one; its id. The title is brought into the form of `titled`, and may be empty."""
        row = (_new_id(), titled(title) or "New conversation", workspace, self._clock())
        await self._database.run(lambda connection: _insert_conversation(connection, *row))
        return row[0]

    async def list(
        self, workspaces: Sequence[str] | None, query: str = "", limit: int = 50, before: float | None = None
    ) -> tuple[Summary, ...]:
        """The newest first.

        Args:
            workspaces: Only of these; `None` is all.
            query: Only those that have each of its words in their title, a question or an answer.
            before: Only those older than that (unix seconds of `updated_at`).
        """
        return await self._database.run(
            lambda connection: turns.summaries(connection, workspaces, query.split(), limit, before)
        )

    async def summary(self, id: str) -> Summary:
        """One without its turns."""
        return await self._database.run(lambda connection: turns.summary(connection, id))

    async def get(self, id: str, upto: str | None = None, *, onwards: bool = False, sent: bool = False) -> Conversation:
        """One with its turns, up to the newest or to the turn `upto`.

        Args:
            onwards: On to the newest after that.
            sent: Only what a model is sent, which begins with the latest summary.
        """
        return await self._database.run(lambda connection: turns.read(connection, id, upto, onwards=onwards, sent=sent))

    async def ask(self, id: str, parent: str, message: Message, attachments: tuple[Attachment, ...] = ()) -> str:
        """Add a question after the turn `parent` (empty: at the beginning); the new turn's id."""
        turn = _NewTurn(id, parent, "user", self._clock())

        def add(connection: Connection) -> str:
            with transaction(connection):
                number = turn.insert(connection)
                kept_parts.insert_attachments(connection, number, attachments)
                kept_parts.insert(connection, number, (message,))
            return turn.id

        return await self._database.run(add)

    async def begin_answer(self, id: str, parent: str, model: str) -> Draft:
        """Add an answer after the turn `parent`, which is to be written."""
        turn = _NewTurn(id, parent, "assistant", self._clock(), model, whole=False)

        def add(connection: Connection) -> None:
            with transaction(connection):
                turn.insert(connection)

        await self._database.run(add)
        return Draft(self._drafts, turn.id)

    async def go_on(self, id: str, turn: str) -> Draft:
        """Write on at an answer that waited for the results of tools."""

        def reopen(connection: Connection) -> None:
            with transaction(connection):
                turns.depth_of(connection, id, turn)
                connection.execute("UPDATE turns SET whole = 0, stop_reason = NULL WHERE id = ?", (turn,))
                connection.execute("UPDATE conversations SET head = ? WHERE id = ?", (turn, id))

        await self._database.run(reopen)
        return Draft(self._drafts, turn)

    async def summarise(self, id: str, parent: str, text: str, model: str, usage: Usage) -> str:
        """Add what stands, for a model, for all turns up to `parent`; the new turn's id."""
        turn = _NewTurn(id, parent, "summary", self._clock(), model)

        def add(connection: Connection) -> str:
            with transaction(connection):
                number = turn.insert(connection)
                kept_parts.insert(connection, number, (Message("user", (Text(text),)),))
                values = (*usage_columns.of(usage), number)
                connection.execute(_SET_USAGE, values)
            return turn.id

        return await self._database.run(add)

    async def fork(self, id: str, turn: str | None = None, title: str | None = None) -> str:
        """Copy the path up to and with `turn` (`None`: all of it) to a new conversation; its id.

        Args:
            title: Of the copy; `None` is that of the original, with a mark.
        """
        new_id, now = _new_id(), self._clock()

        def copy(connection: Connection) -> str:
            with transaction(connection):
                original, path = turns.summary(connection, id), turns.path(connection, id, turn)
                kept = titled(title or "") or f"{original.title[: MAX_TITLE - len(_FORKED)]}{_FORKED}"
                _insert_conversation(connection, new_id, kept, original.workspace, now)
                parent = ""
                for number in path:
                    parent = _copy_turn(connection, number, new_id, parent)
                values = (parent, original.model, new_id)
                connection.execute("UPDATE conversations SET head = ?, model = ? WHERE id = ?", values)
            return new_id

        return await self._database.run(copy)

    async def rename(self, id: str, title: str) -> None:
        """Give it another title.

        Raises:
            errors.InvalidRequest: The title is empty.
        """
        kept = titled(title)
        if not kept:
            raise errors.InvalidRequest("a conversation cannot be without a title", hint="give it a title")
        await self._change("UPDATE conversations SET title = ? WHERE id = ?", (kept, id))

    async def clear(self, id: str) -> None:
        """Delete its turns; it keeps its id and title."""

        def empty(connection: Connection) -> None:
            with transaction(connection):
                turns.summary(connection, id)
                connection.execute("DELETE FROM turns WHERE conversation = ?", (id,))
                values = (self._clock(), id)
                connection.execute(
                    "UPDATE conversations SET head = '', model = '', updated_at = ? WHERE id = ?", values
                )

        await self._database.run(empty)

    async def delete(self, id: str) -> None:
        """Delete it and all that is in it."""
        await self._change("DELETE FROM conversations WHERE id = ?", (id,))

    async def _change(self, sql: str, values: tuple[str, ...]) -> None:
        def change(connection: Connection) -> None:
            with transaction(connection):
                turns.summary(connection, values[-1])
                connection.execute(sql, values)

        await self._database.run(change)


def titled(text: str) -> str:
    """`text` as a title: one line of at most `MAX_TITLE` characters."""
    line = kept_parts.sound(" ".join(text.split()))
    return line if len(line) <= MAX_TITLE else f"{line[: MAX_TITLE - 1]}…"


_FORKED = " (fork)"


def _new_id() -> str:
    return os.urandom(6).hex()


@attrs.frozen
class _NewTurn:
    """A turn that is added after `parent`, and becomes the newest."""

    conversation: str
    parent: str
    role: TurnRole
    at: float
    model: str = ""
    whole: bool = True
    id: str = attrs.field(factory=_new_id)

    def insert(self, connection: Connection) -> int:
        """Its number."""
        turns.summary(connection, self.conversation)
        depth = turns.depth_of(connection, self.conversation, self.parent) + 1 if self.parent else 1
        row = (self.id, self.conversation, self.parent, depth, self.role, self.at, self.model, int(self.whole))
        number = connection.execute(_INSERT_TURN, row).lastrowid
        assert number is not None
        connection.execute(_MOVE_HEAD, (self.id, self.at, self.conversation))
        if self.role == "assistant":
            connection.execute(_SET_MODEL, (self.model, self.conversation))
        return number


def _insert_conversation(connection: Connection, id: str, title: str, workspace: str, now: float) -> None:
    connection.execute(
        "INSERT INTO conversations (id, title, workspace, created_at, updated_at) VALUES (?, ?, ?, ?, ?)",
        (id, title, workspace, now, now),
    )


def _copy_turn(connection: Connection, number: int, conversation: str, parent: str) -> str:
    """A copy of the turn `number` in another conversation; its id."""
    id = _new_id()
    copy = connection.execute(_COPY_TURN, (id, conversation, parent, number)).lastrowid
    connection.execute(_COPY_PARTS, (copy, number))
    return id


_INSERT_TURN = """
    INSERT INTO turns (id, conversation, parent, depth, role, at, model, whole) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_MOVE_HEAD = "UPDATE conversations SET head = ?, updated_at = ? WHERE id = ?"
_SET_MODEL = "UPDATE conversations SET model = ? WHERE id = ?"
_SET_USAGE = """
    UPDATE turns
    SET input_tokens = ?, output_tokens = ?, cache_read_tokens = ?, cache_write_tokens = ?, reasoning_tokens = ?,
        cost_usd = ?
    WHERE number = ?
"""
_COPY_TURN = """
    INSERT INTO turns (
        id, conversation, parent, depth, role, at, model, stop_reason, whole,
        input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_usd
    )
    SELECT
        ?, ?, ?, depth, role, at, model, stop_reason, whole,
        input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_usd
    FROM turns
    WHERE number = ?
"""
_COPY_PARTS = """
    INSERT INTO parts (turn, message, role, kind, data, text)
    SELECT ?, message, role, kind, data, text FROM parts WHERE turn = ? ORDER BY number
"""
