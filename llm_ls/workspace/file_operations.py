"""Creates, renames and deletes files on disk. Nothing is written over, no folder goes, and no link is followed out."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from llm_ls import errors

_BOM = b"\xef\xbb\xbf"


def create(path: Path, text: str, folders: Iterable[Path]) -> None:
    """Make a new file of `text`, and the folders that lead to it.

    Raises:
        InvalidRequest: There is one already, or its place is not in one of `folders`.
        OSError: It cannot be made.
    """
    _refuse_outside(path, folders)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise errors.InvalidRequest(f"{path.name} exists by now") from None


def rename(path: Path, new_path: Path, text: str | None, folders: Iterable[Path]) -> None:
    """Move a file to a name that is free, and put `text` in it unless that is `None`.

    Raises:
        InvalidRequest: There is something of that name, or one of the places is not in one of `folders`.
        OSError: It cannot be moved.
    """
    places = tuple(folders)
    _refuse_outside(path, places)
    _refuse_outside(new_path, places)
    new_path.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(new_path):
        raise errors.InvalidRequest(f"{new_path.name} exists by now")
    path.rename(new_path)
    if text is not None:
        mark = _BOM if new_path.read_bytes().startswith(_BOM) else b""
        new_path.write_bytes(mark + text.encode())


def delete(path: Path, folders: Iterable[Path]) -> None:
    """Delete a file.

    Raises:
        InvalidRequest: Its place is not in one of `folders`.
        OSError: It is no file, or cannot be deleted.
    """
    _refuse_outside(path, folders)
    path.unlink()


def make_way(path: Path, folders: Iterable[Path]) -> tuple[Path, ...]:
    """Make the folders that lead to `path`; those that were not there, the innermost first.

    Raises:
        InvalidRequest: Its place is not in one of `folders`.
        OSError: They cannot be made.
    """
    _refuse_outside(path, folders)
    missing = [folder for folder in path.parents if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    return tuple(missing)


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove those of `folders` that are empty, in this order."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


def _refuse_outside(path: Path, folders: Iterable[Path]) -> None:
    """The folders that lead there may have become links since it was proposed."""
    parent = path.parent.resolve()
    if not any(parent.is_relative_to(folder.resolve()) for folder in folders):
        raise errors.InvalidRequest(f"{path.name} does not lie in the workspace any more")
