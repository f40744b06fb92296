"""Asks git about a repository. Nothing in the repository, its configuration included, can have a program run."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import attrs

from llm_ls import errors
from llm_ls.workspace import git_process

_SUBJECTS = 10
_OF_THE_USER = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH")
"""Of git's variables; the others are of one repository, which an editor that git has started is told."""

_DIFF = ("diff", "--cached", "--find-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--submodule=short")


@attrs.frozen
class FileDiff:
    """What is staged of one file.

    Attributes:
        names: Its path in the repository; of a renamed one, the old one first.
        text: Of the diff.
    """

    names: tuple[str, ...]
    text: str


async def staged(place: Path) -> tuple[FileDiff, ...]:
    """What is staged in the repository that holds `place`, a file or folder; nothing if nothing is.

    Raises:
        InvalidRequest: There is no repository, or git is not installed or does not answer.
    """
    await _git(place, "rev-parse", "--git-dir")  # outside of a repository `diff` compares files
    # Unmerged files have an entry in only one of the two lists.
    names = tuple(_names(await _git(place, *_DIFF, "--diff-filter=u", "--name-status", "-z")))
    diff = await _git(place, *_DIFF, "--diff-filter=u", "--patch")
    texts = [f"diff --git {text}" for text in f"\n{diff}".split("\ndiff --git ")[1:]]
    if len(texts) != len(names):
        raise errors.InvalidRequest("what is staged has just changed", hint="ask again")
    return tuple(map(FileDiff, names, texts))


def _names(listed: str) -> Iterator[tuple[str, ...]]:
    """The paths of each entry: a status, then one path, or two where the status is of a rename or a copy."""
    fields = iter(listed.split("\0"))
    for status in fields:
        if status:
            yield (next(fields), next(fields)) if status[0] in "RC" else (next(fields),)


async def recent_subjects(place: Path) -> tuple[str, ...]:
    """The subjects of the latest commits, the newest first; empty if there are none."""
    try:
        log = await _git(place, "log", f"--max-count={_SUBJECTS}", "--format=%s", "--no-show-signature", "--no-color")
    except errors.InvalidRequest:  # no commit yet
        return ()
    return tuple(log.splitlines())


async def ignored(top: Path, path: Path) -> bool:
    """Whether git ignores `path`, in the repository with its files in `top`; what it tracks it does not ignore.

    Raises:
        InvalidRequest: git cannot say, such as of what is in a submodule.
    """
    given = os.fsencode(path.relative_to(top)) + b"\0"
    return bool(await _in(top, "check-ignore", "--stdin", "-z", given=given, fine=(0, 1)))


async def files(top: Path, below: Path) -> tuple[str, ...]:
    """The names below `below`, in the repository with its files in `top`, of what git tracks or does not ignore.

    Names are relative to `below`. A repository within is one name, with a slash at its end if it is no submodule.

    Raises:
        InvalidRequest: git is not there or does not answer.
    """
    listed = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "--")
    inside = below.relative_to(top).as_posix()
    said = await _in(top, *listed, *((f":(top,literal){inside}",) if below != top else ()))
    start = f"{inside}/" if below != top else ""
    return tuple(os.fsdecode(name).removeprefix(start) for name in said.split(b"\0") if name)


async def _in(top: Path, *arguments: str, given: bytes = b"", fine: tuple[int, ...] = (0,)) -> bytes:
    """What git says of the repository with its files in `top`, whatever it is configured to take for them."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in _OF_THE_USER
    }
    environment["GIT_WORK_TREE"] = str(top)
    return await git_process.run("-C", str(top), *arguments, environment=environment, given=given, fine=fine)


async def _git(place: Path, *arguments: str) -> str:
    where = await asyncio.to_thread(_repository, place)
    return (await git_process.run(*where, *arguments)).decode(errors="replace")


def _repository(place: Path) -> tuple[str, ...]:
    """How git is told where the repository is; a commit message under edit lies in git's own folder."""
    folder = place if place.is_dir() else place.parent
    if (folder / "HEAD").is_file() and (folder / "index").is_file():
        return (f"--git-dir={folder}",)
    return ("-C", str(folder))
