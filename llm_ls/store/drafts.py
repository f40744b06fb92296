"""Answers that are being written: what comes is on disk within milliseconds, all drafts of the process together.

Fragments are rows that are only ever added to; whole messages replace them.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future

import attrs

from llm_ls import errors
from llm_ls.messages import Message, StopReason, Usage
from llm_ls.store import kept_parts, usage_columns
from llm_ls.store.connection import Connection, transaction
from llm_ls.store.database import Database
from llm_ls.store.kept_parts import Fragment

EVERY_S = 0.02
"""From one transaction to the next, at least: 200 answers at once then cost 50 transactions a second."""

AGAIN_S = 1.0
"""After a failure; what waits is not much, and `step` does not depend on it."""

log = logging.getLogger(__name__)


class Drafts:
    """Writes what waits of all drafts of the process, as long as something does.

    It does not wait for the event loop to come round, which takes long where many answers arrive at once.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self.database = database
        self.clock = clock
        self._waiting: set[Draft] = set()
        self._writing: list[_Written] = []
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._closed = self._failed = False
        database.finish_with(self._finish)

    def wait(self, draft: "Draft") -> None:
        """Something of `draft` is to be written with what comes next."""
        self._waiting.add(draft)

    def wake(self, draft: "Draft") -> None:
        """Something of `draft` is to be written."""
        self._waiting.add(draft)
        self._settle()
        if not self._writing and time.monotonic() >= self._due:
            self._write()
        if self._timer is None and not self._closed:
            self._timer = asyncio.get_running_loop().call_later(EVERY_S, self._look_again)

    def hurry(self, draft: "Draft") -> None:
        """What is there of `draft` is to be written before anything else that is asked of the database."""
        self.wake(draft)
        if draft in self._waiting:
            self._write()

    def _look_again(self) -> None:
        """As long as something waits or is being written."""
        self._timer = None
        self._settle()
        if self._waiting or self._writing:
            if not self._writing and time.monotonic() >= self._due:
                self._write()
            self._timer = asyncio.get_running_loop().call_later(EVERY_S, self._look_again)

    def _write(self) -> None:
        """Have all that waits written, unless the database is closed."""
        drafts, self._waiting = self._waiting, set[Draft]()
        taken = [(draft, *draft.take()) for draft in drafts]
        self._due = time.monotonic() + EVERY_S
        arrived = [(draft.id, fragments) for draft, fragments, _ in taken]
        with contextlib.suppress(errors.StorageFailed):
            done = self.database.submit(lambda connection: kept_parts.insert_fragments(connection, arrived))
            self._writing.append(_Written(done, taken))

    def _settle(self) -> None:
        """See what became of what was being written, if it is done; what failed waits again, and is tried later."""
        done = [written for written in self._writing if written.done.done()]
        self._writing = [written for written in self._writing if written not in done]
        for written in done:
            error = written.done.exception()
            if error is not None:
                for draft, fragments, step in written.taken:
                    draft.give_back(fragments, step)
                self._due = time.monotonic() + AGAIN_S
                if not self._failed:
                    log.warning("what arrives of answers is not kept for now: %s", error)
            self._failed = error is not None

    def _finish(self) -> None:
        """Have what waits written when the database is closed."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._settle()
        if self._waiting:
            self._write()


class Draft:
    """One answer. What could not be written stays here, and is written with what comes next.

    Attributes:
        id: Of its turn.
    """

    def __init__(self, drafts: Drafts, id: str) -> None:
        self.id = id
        self._drafts = drafts
        self._fragments: list[Fragment] = []
        self._steps = 0
        self._written: tuple[Message, ...] = ()

    def add(self, kind: kept_parts.FragmentKind, text: str) -> None:
        """Keep what has come; returns at once."""
        self._fragments.append((kind, text))
        self._drafts.wake(self)

    async def step(self, messages: tuple[Message, ...], model: str, usage: Usage) -> None:
        """Keep `messages` in place of what was added.

        Args:
            messages: All that the answer has come to, earlier steps included.
            usage: What it has taken so far, likewise.

        Raises:
            errors.StorageFailed: They are not on disk; what is new goes with the next step.
        """
        await self._replace(messages, model, usage, None)

    async def end(self, messages: tuple[Message, ...], model: str, usage: Usage, stop_reason: StopReason) -> None:
        """As `step`: the answer is whole.

        Raises:
            errors.StorageFailed: It is not on disk.
        """
        await self._replace(messages, model, usage, stop_reason)

    def leave(self) -> None:
        """The answer was cut off: what came is kept."""
        if self._fragments:
            self._drafts.hurry(self)

    def take(self) -> tuple[list[Fragment], int]:
        """What waits to be written, and of which step it is."""
        fragments, self._fragments = self._fragments, []
        return fragments, self._steps

    def give_back(self, fragments: list[Fragment], step: int) -> None:
        """These could not be written; if whole messages have replaced them meanwhile, they need not be."""
        if step == self._steps:
            self._fragments = fragments + self._fragments
            self._drafts.wait(self)

    async def _replace(
        self, messages: tuple[Message, ...], model: str, usage: Usage, stop_reason: StopReason | None
    ) -> None:
        self._steps += 1
        self._fragments = []
        same = 0  # nothing is written again with each step
        while same < min(len(messages), len(self._written)) and messages[same] == self._written[same]:
            same += 1
        end = _End(self.id, messages[same:], same, model, usage, stop_reason, self._drafts.clock())
        self._written = self._written[:same]
        await self._drafts.database.run(end.write)
        self._written = messages


@attrs.frozen(eq=False)
class _Written:
    """Fragments that the database's thread has been given, with their drafts and steps."""

    done: Future[None]
    taken: list[tuple[Draft, list[Fragment], int]]


@attrs.frozen
class _End:
    """The end of a step, or of the whole answer: `messages` are to follow the first `same` ones."""

    turn: str
    messages: tuple[Message, ...]
    same: int
    model: str
    usage: Usage
    stop_reason: StopReason | None
    at: float

    def write(self, connection: Connection) -> None:
        """In place of the fragments; nothing, if the turn has been deleted meanwhile."""
        with transaction(connection):
            found = connection.execute("SELECT number, conversation FROM turns WHERE id = ?", (self.turn,)).fetchone()
            if found is None:
                return
            number, conversation = found
            connection.execute(
                "DELETE FROM parts WHERE turn = ? AND (message IS NULL OR message >= ?)", (number, self.same)
            )
            kept_parts.insert(connection, number, self.messages, self.same)
            ended = (self.stop_reason, int(self.stop_reason is not None))
            connection.execute(_END, (self.model, *ended, *usage_columns.of(self.usage), number))
            connection.execute(_TOUCH, (self.model, self.at, conversation))


_END = """
    UPDATE turns
    SET model = ?, stop_reason = ?, whole = ?,
        input_tokens = ?, output_tokens = ?, cache_read_tokens = ?, cache_write_tokens = ?, reasoning_tokens = ?,
        cost_usd = ?
    WHERE number = ?
"""
_TOUCH = "UPDATE conversations SET model = ?, updated_at = ? WHERE id = ?"
