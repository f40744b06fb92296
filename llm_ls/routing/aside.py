"""What is written down beside the answers: no answer waits for it, and none fails by it."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from llm_ls import errors

T = TypeVar("T")
logger = logging.getLogger(__name__)

SETTLE_S = 2.0
CLOSE_S = 0.1


class Aside:
    """Short pieces of work on the store, owned here to their end; the first that fails is logged."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._complained = False

    def start(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T | None]":
        """Do `work`; its result, `None` if the store failed."""
        task = asyncio.get_running_loop().create_task(self._tolerant(work), name="store")
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def complain(self, error: errors.StorageFailed) -> None:
        """Log that something cannot be written down; once, since it will be so every time."""
        if not self._complained:
            self._complained = True
            logger.warning("requests are not being counted: %s", error.message)

    async def settled(self, timeout_s: float = SETTLE_S) -> None:
        """Wait until nothing runs, or the time is up."""
        if self._running:
            await asyncio.wait(self._running, timeout=timeout_s)

    async def aclose(self) -> None:
        """Let what runs end, for `CLOSE_S` at most."""
        await self.settled(CLOSE_S)
        for task in self._running:
            task.cancel()

    async def _tolerant(self, work: Coroutine[Any, Any, T]) -> T | None:
        try:
            return await work
        except errors.StorageFailed as error:
            self.complain(error)
            return None

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            logger.error("counting a request failed", exc_info=failure)
