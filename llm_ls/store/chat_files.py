"""The files of chat documents in the user's state folder: found by the conversation that they say they are of."""

import contextlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from llm_ls import errors, folders

FOLDER = "chats"
SUFFIX = ".md"
_HEAD_BYTES = 65_536


def newest(conversation: str) -> Path | None:
    """The one of the conversation that was written last.

    Raises:
        errors.StorageFailed: The user has no home.
    """
    return max(_of(conversation), key=_changed_at, default=None)


def delete(conversation: str, unsaved: Iterable[Path] = ()) -> None:
    """Delete all of the conversation.

    Args:
        unsaved: Those that belong to it by what an editor has not saved yet.

    Raises:
        errors.StorageFailed: There is one that cannot be deleted.
    """
    begun = (path for path in unsaved if _is_ours(path) and not _conversation_in(path))
    for path in (*_of(conversation), *begun):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            what = f"{path}: {error.strerror or error}"
            raise errors.StorageFailed(what, hint="delete it by yourself, then the conversation") from error


def _of(conversation: str) -> Iterator[Path]:
    for path in folders.state_folder(FOLDER).glob(f"*/*{SUFFIX}"):
        if _is_ours(path) and _conversation_in(path) == conversation:
            yield path


def _is_ours(path: Path) -> bool:
    """Whether it is a file in a folder in ours: no link, and nothing behind one."""
    inside = path.parent.parent == folders.state_folder(FOLDER)
    return inside and path.is_file() and not path.is_symlink() and not path.parent.is_symlink()


def _conversation_in(path: Path) -> str:
    """What its front matter says; empty if it says nothing."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        first, *lines = file.read(_HEAD_BYTES).decode(errors="replace").removeprefix("\ufeff").splitlines() or ("",)
        for line in lines if first.rstrip() == "---" else ():
            if line.rstrip() in ("---", "..."):
                break
            if found := re.fullmatch(r"conversation[ \t]*:[ \t]*[\"']?(.*?)[\"']?[ \t]*", line):
                return found[1]
    return ""


def _changed_at(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return 0.0
