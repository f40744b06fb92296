"""Reads a file of a folder so that no link can lead out of it, and nothing blocks."""

import os
import stat
from pathlib import Path
from typing import Self

from llm_ls import errors

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = getattr(os, "O_DIRECTORY", 0)
_BY_FOLDER = os.open in os.supports_dir_fd
"""Not on Windows, where making a link takes rights of its own."""


class Reader:
    """Reads one file after another, at less cost where they are in the same folder."""

    def __init__(self) -> None:
        self._folder = ""
        self._opened = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def read(self, top: str, path: str, max_bytes: int) -> bytes:
        """The first `max_bytes` of `path`, which is resolved and in `top`.

        Every name below `top` is opened in the folder before it and may be no link, so that none that somebody puts
        in its place after it was resolved counts.

        Raises:
            OSError: It cannot be read, is a link or in one, or is no regular file.
        """
        folder, _, name = path.rpartition(os.sep)
        if not _BY_FOLDER:
            return _content(os.open(path, _FLAGS), max_bytes)
        if folder != self._folder or self._opened < 0:
            self._close()
            self._opened = _open_folder(top, folder)
            self._folder = folder
        return _content(os.open(name, _FLAGS, dir_fd=self._opened), max_bytes)

    def _close(self) -> None:
        if self._opened >= 0:
            os.close(self._opened)
            self._opened = -1


def _open_folder(top: str, folder: str) -> int:
    opened = os.open(top, os.O_RDONLY | _FOLDER)
    for name in Path(folder).relative_to(top).parts:
        try:
            inner = os.open(name, _FLAGS | _FOLDER, dir_fd=opened)
        finally:
            os.close(opened)
        opened = inner
    return opened


def _content(file: int, max_bytes: int) -> bytes:
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError("not a regular file")
        pieces: list[bytes] = []
        while max_bytes > 0 and (piece := os.read(file, max_bytes)):
            pieces.append(piece)
            max_bytes -= len(piece)
        return b"".join(pieces)
    finally:
        os.close(file)


def read_text(top: Path, path: Path, name: str, max_bytes: int) -> str:
    """The text of `path`, which is resolved and in `top`, and called `name`.

    Raises:
        NotFound: It cannot be read.
        InvalidRequest: It is larger than `max_bytes`, or no text.
    """
    try:
        with Reader() as reader:
            content = reader.read(str(top), str(path), max_bytes + 1)
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
