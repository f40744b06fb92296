"""The tasks of one connection: each is owned here from its birth to its end."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
logger = logging.getLogger(__name__)


class Tasks:
    """What runs; nothing outlives `cancel`, unless it will not end."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, coroutine: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Run `coroutine`; the caller looks at how it ends."""
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def spawn(self, coroutine: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Run `coroutine`, whose failure nobody else will hear of."""
        task = self.start(coroutine, name)
        task.add_done_callback(_log_failure)
        return task

    def cancel(self) -> None:
        """Ask everything that runs to end."""
        for task in tuple(self._running):
            task.cancel()

    async def ended(self, timeout_s: float) -> None:
        """Wait until nothing runs, or the time is up."""
        others = self._running - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=timeout_s)


def _log_failure(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (failure := task.exception()) is not None:
        logger.error("%s failed", task.get_name(), exc_info=failure)
