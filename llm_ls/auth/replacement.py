"""The next content of a file, for its owner alone: room for it is made first, then it is there whole or not at all."""

import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Self


class Replacement:
    """Use as a context manager around what makes the content: keeping that must not fail for want of room.

    Raises:
        OSError: There is no room, or the folder cannot be written to.
    """

    def __init__(self, file: Path, room: int) -> None:
        self._file = file
        self._descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".tmp", dir=file.parent)
        self._made = Path(name)
        try:
            self._write(b" " * room)
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()
        with contextlib.suppress(OSError):
            self._made.unlink(missing_ok=True)

    def keep(self, content: bytes) -> None:
        """Let this be the file, also after a loss of power.

        Raises:
            OSError: It is not.
        """
        self._write(content)
        self._close()
        self._made.replace(self._file)
        if sys.platform != "win32":
            folder = os.open(self._file.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _write(self, content: bytes) -> None:
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        left = memoryview(content)
        while left:
            left = left[os.write(self._descriptor, left) :]
        os.ftruncate(self._descriptor, len(content))
        os.fsync(self._descriptor)

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1
