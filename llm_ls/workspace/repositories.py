"""Which git repository a folder is in. One whose parts lie elsewhere is none: somebody may want to show its history."""

import os
from pathlib import Path

_PARTS = ("HEAD", "config", "index", "info", "logs", "objects", "packed-refs", "refs")


def enclosing(place: Path) -> Path | None:
    """The top folder of the repository's files, at or above the resolved `place`; `None` if there is none."""
    for folder in (place, *place.parents):
        if os.path.lexists(folder / ".git"):
            return folder if _is_its_own(folder) else None
    return None


def _is_its_own(top: Path) -> bool:
    """Whether git's folder for the files in `top` is in it, or was made by git for a submodule or a linked work tree.

    Such as `gitdir: /home/somebody/private/.git` would make the history of another project that of this one.
    """
    git = top / ".git"
    if git.is_symlink():
        return False
    if git.is_dir():
        return not os.path.lexists(git / "commondir") and _keeps_to_itself(git)
    try:
        named = git.read_text(encoding="utf-8") if git.is_file() and git.stat().st_size < 8192 else ""
    except (OSError, UnicodeDecodeError):
        return False
    if not named.startswith("gitdir: "):
        return False
    folder = Path(os.path.realpath(top / named.removeprefix("gitdir: ").strip()))
    if any(folder.is_relative_to(above / ".git" / "modules") for above in (top, *top.parents)):
        return not os.path.lexists(folder / "commondir") and _keeps_to_itself(folder)
    return _is_linked_work_tree(top, folder)


def _is_linked_work_tree(top: Path, folder: Path) -> bool:
    """Whether the repository that `folder` is in knows of the files in `top`, as `git worktree add` leaves it."""
    try:
        back = (folder / "gitdir").read_text(encoding="utf-8").strip()
        common = Path(os.path.realpath(folder / (folder / "commondir").read_text(encoding="utf-8").strip()))
    except (OSError, UnicodeDecodeError):
        return False
    knows = os.path.realpath(folder / back) == str(top / ".git")
    return knows and folder.parent == common / "worktrees" and _keeps_to_itself(common) and _keeps_to_itself(folder)


def _keeps_to_itself(git: Path) -> bool:
    return not any((git / part).is_symlink() for part in _PARTS)
