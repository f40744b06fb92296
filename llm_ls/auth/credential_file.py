"""The file `credentials.json`: the user's own and nobody else's, replaced as a whole or not at all.

A file that is damaged, from a newer llm-ls, or open to others is neither used nor overwritten.
"""

import asyncio
import contextlib
import errno
import os
import shlex
import stat
import sys
import time
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

import attrs

from llm_ls import errors, folders
from llm_ls.auth import credential_index, file_lock
from llm_ls.auth.credential_index import Index
from llm_ls.auth.entries import CREDENTIALS, Saved

CHANGING_S = 20.0
"""How long to wait for other processes; a change takes some milliseconds, with a hanging keyring some seconds."""

Known = Mapping[tuple[str, str | None], Saved]
"""By provider and account; the active one also with `None`."""

_TICK_NS = 100_000_000
"""No clock of a file system is coarser: a file that is older than this when it is read shows every later change."""

_LONGEST = 8 * 2**20
_MORE = 2**14
"""The most that a refresh adds to the file."""


@attrs.frozen(eq=False)
class _Seen:
    """What was read, and what told the file from a later one."""

    identity: tuple[int, ...] | None
    settled: bool
    known: Known
    failure: errors.StorageFailed | None


class CredentialFile:
    """Makes nothing before the first `write`.

    Args:
        path: The file; `None` is the one in the user's data folder, which is made the user's own too.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._given = path
        self._found: Path | None = path
        self._seen = _Seen(None, settled=True, known={}, failure=None)

    @property
    def path(self) -> Path:
        """Where it is.

        Raises:
            StorageFailed: The user has no home.
        """
        if self._found is None:
            self._found = folders.data_file(CREDENTIALS)
        return self._found

    @property
    def state(self) -> object:
        """Another one after every change.

        Raises:
            StorageFailed: The user has no home.
        """
        return _identity(self.path)

    @property
    def known(self) -> Known:
        """What the file holds now; it is read only when it has changed.

        Raises:
            StorageFailed: It cannot be used.
        """
        identity = _identity(self.path)
        if identity != self._seen.identity or not self._seen.settled:
            self._seen = self._look(identity)
        if self._seen.failure is not None:
            raise self._seen.failure.with_traceback(None)
        return self._seen.known

    def read(self) -> Index:
        """What the file holds; an empty index if there is none.

        Raises:
            StorageFailed: It cannot be used.
        """
        path = self.path
        try:
            data = _contents(path)
        except FileNotFoundError:
            return Index()
        except OSError as error:
            raise unusable(path, error) from error
        try:
            return credential_index.parse(data)
        except credential_index.Newer as error:
            raise errors.StorageFailed(
                f"the file {str(path)!r} was made by a newer llm-ls (format {error.version}; "
                f"this one knows {credential_index.VERSION})",
                hint=f"update llm-ls, or {_moved_away(path)}",
            ) from None
        except credential_index.Damaged:
            raise errors.StorageFailed(
                f"the file {str(path)!r} is damaged, or not one of llm-ls",
                hint=f"{_moved_away(path)}, and llm-ls begins a new one",
            ) from None

    @contextlib.asynccontextmanager
    async def locked(self) -> AsyncGenerator[None]:
        """Keep other tasks and processes from changing it.

        Raises:
            StorageFailed: The lock is not to be had.
        """
        lock = self.path.with_suffix(".lock")
        async with contextlib.AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(file_lock.held(lock, CHANGING_S))
            except file_lock.Busy:
                raise errors.StorageFailed(
                    f"another process has been changing {str(self.path)!r} for {CHANGING_S:g} s", hint="try again"
                ) from None
            except OSError as error:
                raise unusable(self.path, error) from error
            yield

    async def write(self, index: Index) -> None:
        """Put `index` in the file's place; for who has it `locked`.

        Raises:
            StorageFailed: It cannot be written; it is as it was.
        """
        try:
            await asyncio.to_thread(_replace, self.path, index.dump(), ours=self._given is None)
        except OSError as error:
            raise unusable(self.path, error) from error

    async def make_room(self) -> None:
        """Make sure that a little more than the file holds can be written.

        Raises:
            StorageFailed: It cannot.
        """
        try:
            await asyncio.to_thread(_try_out, self.path)
        except OSError as error:
            raise unusable(self.path, error) from error

    def touch(self) -> None:
        """Let everybody see that what the keyring has for it is new; for who has it `locked`.

        Raises:
            StorageFailed: It is not ours to change.
        """
        now = time.time_ns()  # finer than the clock of a file system
        try:
            os.utime(self.path, ns=(now, now))
        except OSError as error:
            raise unusable(self.path, error) from error

    def _look(self, identity: tuple[int, ...] | None) -> _Seen:
        # By now it may be another file than that of `identity`, which then is noticed the next time.
        settled = identity is None or time.time_ns() - identity[-1] > _TICK_NS
        known: dict[tuple[str, str | None], Saved] = {}
        try:
            for saved in self.read().saved():
                known[saved.provider, saved.account] = saved
                if saved.active:
                    known[saved.provider, None] = saved
        except errors.StorageFailed as error:
            return _Seen(identity, settled, {}, error)
        return _Seen(identity, settled, known, None)


def unusable(path: Path, error: OSError) -> errors.StorageFailed:
    reason = error.strerror or type(error).__name__
    return errors.StorageFailed(
        f"the file {str(path)!r} cannot be used: {reason}",
        hint=f"see that {path} can be written, and that its disk has room",
    )


def _identity(path: Path) -> tuple[int, ...] | None:
    """Tells the file from another or a changed one; `None` if there is none. The time of its last change comes last."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        return (error.errno or 0,)
    return found.st_dev, found.st_ino, found.st_mode, found.st_uid, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _contents(path: Path) -> bytes:
    try:
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _refused(path, "is a link", f"rm {_quoted(path)}", "what it leads to stays") from None
        raise
    try:
        _check(path, os.fstat(opened))
        with os.fdopen(opened, "rb", closefd=False) as file:
            return file.read(_LONGEST)
    finally:
        os.close(opened)


def _check(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise _refused(path, "is no file", f"mv {_quoted(path)} {_quoted(path)}.old", "llm-ls begins a new one")
    if sys.platform == "win32":
        return
    if found.st_uid != os.geteuid():
        raise _refused(path, "belongs to another user", f"sudo chown {os.geteuid()} {_quoted(path)}", "try again")
    if found.st_mode & 0o077:
        raise _refused(path, "is open to other users", f"chmod 600 {_quoted(path)}", "try again")


def _refused(path: Path, why: str, command: str, then: str) -> errors.StorageFailed:
    return errors.StorageFailed(
        f"the file {str(path)!r} is not used for credentials: it {why}", hint=f"run `{command}`; {then}"
    )


def _moved_away(path: Path) -> str:
    return f"run `mv {_quoted(path)} {_quoted(path)}.old` to move it away"


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))


def _replace(path: Path, data: bytes, *, ours: bool) -> None:
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if ours and os.name == "posix" and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        folder.chmod(0o700)
    for left in folder.glob(f".{path.name}.*"):  # by a process that was killed; no other writes now
        left.unlink()
    new = folder / f".{path.name}.{os.urandom(4).hex()}"
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _rename(new, path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _try_out(path: Path) -> None:
    from llm_ls.auth.replacement import Replacement  # of use to those who refresh something

    with Replacement(path, path.stat().st_size + _MORE):
        pass


def _rename(new: Path, path: Path) -> None:
    """Windows refuses for as long as somebody reads the file, which takes no time."""
    for _ in range(50 if sys.platform == "win32" else 0):
        with contextlib.suppress(PermissionError):
            new.replace(path)
            return
        time.sleep(0.01)
    new.replace(path)
