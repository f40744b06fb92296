"""One SQLite file, used by all llm-ls processes of the user at once; every statement runs on a thread of its own.

What was asked for is done even if who asked is cancelled. A file that was taken away is made anew.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from llm_ls import errors, folders
from llm_ls.store.connection import Connection
from llm_ls.store.schema import STEPS, Step

T = TypeVar("T")

CLOSE_S = 0.2


class Database:
    """Opens nothing and starts no thread before the first `run`.

    Args:
        path: The file; `None` is `llm-ls.sqlite3` in the user's data folder.
        steps: What the file should have taken.
    """

    def __init__(self, path: Path | None = None, steps: Sequence[Step] = STEPS) -> None:
        self._path = path
        self._steps = steps
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._connection: Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._closing = False
        self._closed = _started_future()
        self._finishing: list[Callable[[], object]] = []

    async def run(self, work: Callable[[Connection], T], undo: Callable[[Connection, T], object] | None = None) -> T:
        """What `work` returns, once it has been done on the thread.

        Args:
            undo: Done after `work`, with its result, if the caller is cancelled meanwhile.

        Raises:
            errors.StorageFailed: The file cannot be opened, read or written, or this is closed.
        """
        done = self.submit(work)
        try:
            return await asyncio.wrap_future(done)
        except asyncio.CancelledError:
            if undo is not None and not self._closing:
                self.submit(lambda connection: undo(connection, done.result()))
            raise

    def finish_with(self, submit_the_rest: Callable[[], object]) -> None:
        """Have that called before the file is closed, to submit what is still to be written."""
        self._finishing.append(submit_the_rest)

    async def aclose(self) -> None:
        """Do what waits to be done, and close the file; gives up waiting for that after `CLOSE_S`."""
        if not self._closing:
            for submit_the_rest in self._finishing:
                submit_the_rest()
            self._closing = True
            self._jobs.put(None)
        if self._thread is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_S):
                    await asyncio.wrap_future(self._closed)

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Have `work` done on the thread, after what was submitted before it.

        Raises:
            errors.StorageFailed: This is closed.
        """
        if self._closing:
            raise errors.StorageFailed("the database has been closed")
        done: Future[T] = _started_future()

        def job() -> None:
            try:
                done.set_result(self._carry_out(work))
            except BaseException as error:  # it is the caller's
                done.set_exception(error)

        self._jobs.put(job)
        if self._thread is None:
            # Not an executor's: those are waited for when the process ends.
            self._thread = threading.Thread(target=self._work, name="llm-ls store", daemon=True)
            self._thread.start()
        return done

    def _work(self) -> None:
        for job in iter(self._jobs.get, None):
            job()
        self._disconnect()
        self._closed.set_result(None)

    def _carry_out(self, work: Callable[[Connection], T]) -> T:
        from llm_ls.store import opening  # with sqlite3, which takes 2 MiB

        path = self._path or default_path()
        with opening.failures_named(path):
            try:
                if self._connection is not None and _identity(path) != self._identity:
                    self._disconnect()
                if self._connection is None:
                    self._connection = opening.connect(path, self._steps)
                    self._identity = _identity(path)
                return work(self._connection)
            except BaseException:
                self._disconnect()  # the next one gets a fresh one, and no transaction is left open
                raise

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def default_path() -> Path:
    """Where the file is.

    Raises:
        errors.StorageFailed: The user has no home.
    """
    return folders.data_file("llm-ls.sqlite3")


def _identity(path: Path) -> tuple[int, int] | None:
    """Tells the file at `path` from another that is there later; `None` if there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _started_future() -> Future[Any]:
    """One that cannot be cancelled any more."""
    future: Future[Any] = Future()
    future.set_running_or_notify_cancel()
    return future
