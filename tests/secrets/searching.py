"""Looks for secrets in whatever a program left: as they are, a piece of them, escaped, or encoded."""

import base64
import re
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

_PIECE = 12
_STEP = 4


def planted(name: str, form: str = "{name}/+={core}\"&'\\") -> str:
    """A secret that no vendor's looks like and that every escaping changes, about a core that none does."""
    return form.format(name=name.replace(" ", "-"), core=secrets.token_hex(12))


def leaks(sought: Mapping[str, str], places: Mapping[str, bytes]) -> list[str]:
    """Which of the secrets `sought` is in which of the places; one of 16 characters in a row is enough."""
    return [
        f"{name} in {place}: {_around(data, form)}"
        for name, secret in sought.items()
        for place, data in places.items()
        if (form := next((form for form in _forms(secret) if form in data), None)) is not None
    ]


def files(folder: Path, *without: Path) -> dict[str, bytes]:
    """Everything below a folder by its path, with the rows of databases; `without` are files or folders."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(path == one or one in path.parents for one in without):
            found[str(path.relative_to(folder))] = path.read_bytes() + b"\n" + _rows(path)
    return found


def _forms(secret: str) -> Iterator[bytes]:
    for piece in _pieces(secret):
        plain = piece.encode()
        yield plain
        yield plain.hex().encode()
        yield piece.encode("utf-16-le")
        yield from _base64(plain)


def _pieces(secret: str) -> Iterable[str]:
    """Parts of which every longer part of the secret holds one: of its random core where that is known."""
    core = max(re.findall(r"[0-9a-f]{20,}", secret) or re.findall(r"[\w-]{16,}", secret) or [secret], key=len)
    return [core[start : start + _PIECE] for start in range(0, max(1, len(core) - _PIECE + 1), _STEP)]


def _base64(plain: bytes) -> Iterator[bytes]:
    """What is certain of it, wherever it begins in the text that is encoded."""
    for ahead in range(3):
        encoded = base64.b64encode(b"\0" * ahead + plain)
        sure = encoded[(0, 2, 3)[ahead] : (ahead + len(plain)) * 8 // 6]
        yield sure
        yield sure.replace(b"+", b"-").replace(b"/", b"_")


def _rows(path: Path) -> bytes:
    """The rows of a database, of which a page may end within a value."""
    if path.suffix not in (".sqlite", ".sqlite3", ".db"):
        return b""
    with closing(sqlite3.connect(path)) as connection:
        return "\n".join(connection.iterdump()).encode()


def _around(data: bytes, form: bytes) -> str:
    at = data.find(form)
    return repr(data[max(0, at - 80) : at + len(form) + 20])
