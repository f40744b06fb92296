"""A lock that one holder has at a time, among all tasks of all the user's processes; it ends with its process at last.

It is asked for again and again rather than waited for, so that no thread is stuck in it. Its file stays: without it two
could have the lock.
"""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncGenerator
from pathlib import Path

_FIRST_PAUSE_S = 0.002
_LONGEST_PAUSE_S = 0.05


class Busy(Exception):
    """Somebody else had it for the whole time."""


@contextlib.asynccontextmanager
async def held(path: Path, timeout_s: float) -> AsyncGenerator[None]:
    """Have the lock at `path`, whose folder is made if it is missing.

    Raises:
        Busy: It was not free within `timeout_s`.
        OSError: The file cannot be made, or its file system knows no locks.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    until = time.monotonic() + timeout_s
    pause_s = _FIRST_PAUSE_S
    while (opened := _try(path)) is None:
        if time.monotonic() >= until:
            raise Busy
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            _unlock(opened)
        os.close(opened)


def _try(path: Path) -> int | None:
    """The open file of the lock, now ours; `None` if it is somebody else's."""
    opened = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        if _lock(opened) and _is_still_at(opened, path):
            return opened
    except BaseException:
        os.close(opened)
        raise
    os.close(opened)
    return None


def _is_still_at(opened: int, path: Path) -> bool:
    """Whether others would find the file that is `opened`: somebody may have cleared the folder."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(opened), there)


if sys.platform == "win32":
    import msvcrt

    def _lock(opened: int) -> bool:
        try:
            msvcrt.locking(opened, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

    def _unlock(opened: int) -> None:
        os.lseek(opened, 0, os.SEEK_SET)
        msvcrt.locking(opened, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(opened: int) -> bool:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)  # of the open file, so that tasks exclude each other too
        except BlockingIOError:
            return False
        return True

    def _unlock(opened: int) -> None:
        fcntl.flock(opened, fcntl.LOCK_UN)
