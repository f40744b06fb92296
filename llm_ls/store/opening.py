"""Opens the SQLite file, brings it up to date, and names what can go wrong with it. Imported on first use only."""

import contextlib
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Generator, Sequence
from pathlib import Path

from llm_ls import errors
from llm_ls.store.connection import transaction
from llm_ls.store.schema import Step

_BUSY_S = 5.0
"""How long to wait for another process; a write of ours takes about a millisecond."""

_AGAIN_S = 0.01
_UNREADABLE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_creating = threading.Lock()


def connect(path: Path, steps: Sequence[Step]) -> sqlite3.Connection:
    """A connection to the file at `path`, which has taken all of `steps`; made if it is missing.

    Raises:
        StorageFailed: It was made by a newer llm-ls.
        OSError, sqlite3.Error: See `failures_named`.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _creating:  # closing a file takes from this process all locks on it, SQLite's too
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            path.chmod(0o600)
        taken = _steps_taken(connection, path, len(steps))
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # of what the user deletes, nothing stays in free pages
        if taken < len(steps):
            _migrate(connection, path, steps)
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def failures_named(path: Path) -> Generator[None]:
    """What goes wrong with the file in the block is a `StorageFailed` that names it."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _UNREADABLE:
            raise errors.StorageFailed(
                f"the database {str(path)!r} is damaged, or not one of llm-ls ({error})",
                hint=f"move {path} away, and llm-ls begins a new one",
            ) from error
        raise _unusable(path, str(error)) from error
    except OSError as error:
        raise _unusable(path, error.strerror or type(error).__name__) from error


def _unusable(path: Path, reason: str) -> errors.StorageFailed:
    return errors.StorageFailed(
        f"the database {str(path)!r} cannot be used: {reason}",
        hint=f"see that {path} can be written, that its disk has room, and that no other program holds it",
    )


def _steps_taken(connection: sqlite3.Connection, path: Path, known: int) -> int:
    """How many steps the file has taken, if it is not more than are known here."""
    taken: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if taken > known:
        raise errors.StorageFailed(
            f"the database {str(path)!r} was made by a newer llm-ls (format {taken}; this one knows {known})",
            hint=f"update llm-ls, or move {path} away",
        )
    return taken


def _use_wal(connection: sqlite3.Connection) -> None:
    """Readers and a writer at once. SQLite does not wait by itself where several processes switch a new file."""
    until = time.monotonic() + _BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_AGAIN_S)
        else:
            return


def _migrate(connection: sqlite3.Connection, path: Path, steps: Sequence[Step]) -> None:
    with transaction(connection):
        taken = _steps_taken(connection, path, len(steps))  # again: another process may have been quicker
        for statement in (statement for step in steps[taken:] for statement in step):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(steps)}")
