"""Files that other tools write: read whole, with care, and again only when they have changed; never written here."""

import errno
import json
import os
import stat
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")

_MAX_BYTES = 1 << 20
_MAX_FILES = 32
_TICK_NS = 100_000_000
"""Within this a file can change again and look the same: clocks of file systems are coarse."""


class Unusable(Exception):
    """A file that cannot, or must not, be used.

    Attributes:
        hint: What to do about it; may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Watched(Generic[T]):
    """What `read` makes of a file, kept as long as the file stays as it is.

    Args:
        beside: Endings of the names of further files that belong to it.
    """

    def __init__(self, read: Callable[[Path], T], beside: tuple[str, ...] = ()) -> None:
        self._read = read
        self._beside = beside
        self._kept: dict[Path, tuple[object, T]] = {}

    def get(self, file: Path) -> T | None:
        """What is in the file; `None` if there is no such file.

        Raises:
            Unusable: As `read` does.
        """
        signature = _signature(file)
        if signature is None:
            self._kept.pop(file, None)
            return None
        whole = (signature, *(_signature(Path(f"{file}{ending}")) for ending in self._beside))
        kept = self._kept.get(file)
        if kept is not None and kept[0] == whole:
            return kept[1]
        found = self._read(file)
        if all(part is None or time.time_ns() - part[0] > _TICK_NS for part in whole):
            if len(self._kept) >= _MAX_FILES:
                self._kept.clear()
            self._kept[file] = (whole, found)
        else:
            self._kept.pop(file, None)
        return found


def read(file: Path, *, private: bool = False, others_write: bool = True) -> bytes:
    """The content of a file.

    Args:
        file: Where it is.
        private: Whether it has to be the file itself, and nobody else's to read.
        others_write: Whether it may be anybody else's to write.

    Raises:
        Unusable: It is not as it has to be, too large, or cannot be read.
    """
    # Opening something else than a file, such as a pipe, must not hang; none of the flags exists on Windows.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(file, flags | (getattr(os, "O_NOFOLLOW", 0) if private else 0)), "rb") as stream:  # noqa: PTH123 - a descriptor
            mode = os.fstat(stream.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise Unusable(f"{file} is no file")
            if sys.platform != "win32" and private and mode & 0o077:
                raise Unusable(f"{file} is not private: others may open it", f"run `chmod 600 {file}`")
            if sys.platform != "win32" and not others_write and mode & 0o022:
                raise Unusable(f"{file} can be changed by others", f"run `chmod go-w {file}`")
            content = stream.read(_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        number = error.errno if isinstance(error, OSError) else errno.EINVAL
        if private and number == errno.ELOOP:
            raise Unusable(f"{file} is a link", "put the file itself in its place") from None
        raise Unusable(f"{file} cannot be read: {os.strerror(number or errno.EIO)}") from None
    if len(content) > _MAX_BYTES:
        raise Unusable(f"{file} is too large")
    return content


def json_object(file: Path, content: bytes) -> dict[str, Any]:
    """The JSON object in the content of `file`.

    Raises:
        Unusable: There is none; what there is instead may be a secret and is not repeated.
    """
    try:
        found = cast(object, json.loads(content.decode("utf-8-sig")))
    except (ValueError, RecursionError):
        raise Unusable(f"{file} is no JSON") from None
    if not isinstance(found, dict):
        raise Unusable(f"{file} holds no JSON object")
    return cast(dict[str, Any], found)


def text(members: Mapping[str, Any], name: str) -> str:
    """The member as text without the spaces around it; empty where it is none."""
    value = members.get(name)
    return value.strip() if isinstance(value, str) else ""


def members(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The member as an object; empty where it is none."""
    value = of.get(name)
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def home(environment: Mapping[str, str]) -> Path:
    """The user's folder.

    Raises:
        RuntimeError: There is none.
    """
    named = environment.get("USERPROFILE" if sys.platform == "win32" else "HOME", "")
    return Path(named) if named else Path.home()


def folder(environment: Mapping[str, str], variable: str, *otherwise: str) -> Path:
    """The folder that the variable names, else this one in the user's."""
    named = environment.get(variable, "").strip()
    return Path(named) if named else home(environment).joinpath(*otherwise)


def _signature(file: Path) -> tuple[int, ...] | None:
    try:
        link, target = file.lstat(), file.stat()
    except (OSError, ValueError):
        return None
    return (target.st_mtime_ns, *(part for of in (link, target) for part in (of.st_ino, of.st_size, of.st_ctime_ns)))
