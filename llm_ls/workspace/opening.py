"""Reads a file of a folder so that no link can lead out of it, and nothing blocks."""

import os
import stat
from pathlib import Path

from llm_ls import errors

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def read(top: Path, path: Path, max_bytes: int) -> bytes:
    """The first `max_bytes` of `path`, which is resolved and in `top`.

    Every name below `top` is opened in the folder before it and may be no link, so that none that somebody puts in
    its place after it was resolved counts.

    Raises:
        OSError: It cannot be read, is a link or in one, or is no regular file.
    """
    file = _open(top, path.relative_to(top).parts)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError("not a regular file")
        with os.fdopen(file, "rb", closefd=False) as opened:
            return opened.read(max_bytes)
    finally:
        os.close(file)


def _open(top: Path, names: tuple[str, ...]) -> int:
    if os.open not in os.supports_dir_fd:  # Windows, where making a link takes rights of its own
        return os.open(top.joinpath(*names), _FLAGS)
    opened = os.open(top, os.O_RDONLY | os.O_DIRECTORY)
    for number, name in enumerate(names, 1):
        try:
            inner = os.open(name, _FLAGS | (os.O_DIRECTORY if number < len(names) else 0), dir_fd=opened)
        finally:
            os.close(opened)
        opened = inner
    return opened


def read_text(top: Path, path: Path, name: str, max_bytes: int) -> str:
    """The text of `path`, which is resolved and in `top`, and called `name`.

    Raises:
        NotFound: It cannot be read.
        InvalidRequest: It is larger than `max_bytes`, or no text.
    """
    try:
        content = read(top, path, max_bytes + 1)
    except OSError as error:
        raise errors.NotFound(f"{name} cannot be read", hint="name a file that is there") from error
    if len(content) > max_bytes:
        raise too_large(name, max_bytes)
    return decoded(content, name)


def decoded(content: bytes, name: str) -> str:
    """The text that `content` of the file called `name` is.

    Raises:
        InvalidRequest: It is none.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise errors.InvalidRequest(f"{name} is not text", hint="name a text file")
    return text


def too_large(name: str, max_bytes: int) -> errors.InvalidRequest:
    """That `name` is too large."""
    hint = "name a smaller file, or raise `context.maxFileBytes`"
    return errors.InvalidRequest(f"{name} is larger than {max_bytes} bytes", hint=hint)
