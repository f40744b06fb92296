"""One request in flight a document: a newer one ends the older."""

import asyncio
import contextlib
from collections.abc import Generator

from llm_ls.protocol.errors import Superseded


class Turn:
    """A block that runs in `task`; `superseded` once a newer one has ended it."""

    def __init__(self, task: "asyncio.Task[object]") -> None:
        self.task = task
        self.superseded = False


class Newest:
    """Of the requests of one kind."""

    def __init__(self) -> None:
        self._running: dict[str, Turn] = {}

    @contextlib.contextmanager
    def only(self, key: str) -> Generator[Turn]:
        """The block runs in a task that a newer block with that key cancels.

        Raises:
            Superseded: It did.
        """
        task = asyncio.current_task()
        assert task is not None
        self.end(key)
        turn = self._running[key] = Turn(task)
        try:
            yield turn
        except asyncio.CancelledError:
            if turn.superseded and not task.uncancel():
                raise Superseded from None
            raise
        finally:
            if self._running.get(key) is turn:
                del self._running[key]

    def end(self, key: str) -> None:
        """End the one that runs with that key, if one does."""
        if (turn := self._running.pop(key, None)) is not None:
            turn.superseded = True
            turn.task.cancel()
