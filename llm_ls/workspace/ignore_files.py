"""What the `.gitignore` or `.llmignore` files of a folder and of those in it say of a path, without git."""

import os
import stat
from pathlib import Path

from llm_ls.workspace import exclusion

GIT = ".gitignore"
OURS = ".llmignore"
_MOST_BYTES = 1 << 20


class IgnoreFiles:
    """Those called `name`, in `top` and below; each is read once."""

    def __init__(self, top: Path, name: str) -> None:
        self._top = str(top)
        self._name = name
        self._globs: dict[str, tuple[tuple[int, tuple[str, ...]], ...]] = {}

    def ignore(self, path: str, *, is_folder: bool = False) -> bool:
        """Whether `path`, relative to the top, is ignored, or a folder that it is in."""
        said = False
        for start, globs in self._above(path.rpartition("/")[0]):
            verdict = exclusion.verdict(path[start:] + "/" * is_folder, globs)
            said = said if verdict is None else verdict
        return said

    def _above(self, folder: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """From the top down: where the names that the globs are for begin, and the globs."""
        if (known := self._globs.get(folder)) is None:
            known = self._above(folder.rpartition("/")[0]) if folder else ()
            if globs := _read(f"{self._top}/{folder}/{self._name}"):
                known = (*known, (len(folder) + 1 if folder else 0, globs))
            self._globs[folder] = known
        return known


def _read(file: str) -> tuple[str, ...]:
    """The globs in `file`; none if it is not there, or is no regular file."""
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as opened:
            regular = stat.S_ISREG(os.fstat(opened.fileno()).st_mode)
            text = opened.read(_MOST_BYTES).decode(errors="replace") if regular else ""
    except OSError:
        return ()
    return tuple(glob for line in text.split("\n") if (glob := line.strip()) and not glob.startswith("#"))
