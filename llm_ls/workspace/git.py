"""What git says of a repository: what is ignored, what has changed, and when."""

import asyncio
import contextlib
import functools
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path

import attrs

from llm_ls import errors
from llm_ls.workspace import git_process

_SUBJECTS = 10
_MOST_LARGER = 500
_OF_THE_USER = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH")
"""Of git's variables; the others are of one repository, which an editor that git has started is told."""

_DIFF = (
    *("diff", "--find-renames", "--no-ext-diff", "--no-textconv", "--no-color"),
    *("--submodule=short", "--ignore-submodules=dirty"),  # to look into a submodule another git is run
)


@attrs.frozen
class FileDiff:
    """What has changed of one file.

    Attributes:
        names: Its path in the repository; of a renamed one, the old one first.
        text: Of the diff.
    """

    names: tuple[str, ...]
    text: str


@attrs.frozen
class Commit:
    """A commit; `at` is its author's date, such as `2026-11-27`."""

    id: str
    at: str
    author: str
    subject: str


async def staged(place: Path) -> tuple[FileDiff, ...]:
    """What is staged in the repository that holds `place`, a file or folder; nothing if nothing is.

    Raises:
        InvalidRequest: There is no repository, or git is not installed or does not answer.
    """
    await _git(place, "rev-parse", "--git-dir")  # outside of a repository `diff` compares files
    return await _diff(functools.partial(_git, place), "--cached")


async def diff(top: Path, below: Path, *, staged: bool, max_bytes: int) -> tuple[FileDiff, ...]:
    """What has changed at or below `below`, in the repository with its files in `top`.

    Args:
        staged: What is staged, instead of what is not.
        max_bytes: A larger file has no text.

    Raises:
        InvalidRequest: git is not there or does not answer.
    """
    options = (*await _filters(top), "-c", f"core.bigFileThreshold={max_bytes}")
    without: list[str] = []

    async def ask(*arguments: str) -> str:
        only = (*_only(top, below), *(f":(top,exclude,literal){name}" for name in without))
        return os.fsdecode(await _in(top, *options, *arguments, *only))

    if staged:
        return await _diff(ask, "--cached")
    changed = tuple(_names(await ask(*_DIFF, "--name-status", "-z")))
    without += await asyncio.to_thread(_larger, top, changed, max_bytes)  # git would read them for their ids
    return (*await _diff(ask), *(FileDiff((name,), "") for name in without))


def _larger(top: Path, changed: Iterable[tuple[str, ...]], max_bytes: int) -> list[str]:
    larger: list[str] = []
    for names in changed:
        with contextlib.suppress(OSError):  # it has been deleted
            if os.lstat(top / names[-1]).st_size > max_bytes:
                larger.append(names[-1])
    return larger[:_MOST_LARGER]


async def untracked(top: Path, below: Path) -> tuple[str, ...]:
    """The files at or below `below`, in the repository with its files in `top`, that git does not track or ignore.

    Raises:
        InvalidRequest: git is not there or does not answer.
    """
    said = await _in(top, "ls-files", "-z", "--others", "--exclude-standard", *_only(top, below))
    return tuple(os.fsdecode(name) for name in said.split(b"\0") if name)


async def log(top: Path, below: Path, limit: int) -> tuple[Commit, ...]:
    """The latest commits that changed what is at or below `below`, the newest first; empty if there are none.

    Raises:
        InvalidRequest: git is not there or does not answer.
    """
    if not await _in(top, "rev-parse", "--verify", "--quiet", "HEAD", fine=(0, 1)):
        return ()
    form = ("--no-show-signature", "--no-color", "--date=short", "--format=%h%x00%ad%x00%an%x00%s")
    said = await _in(top, "log", f"--max-count={limit}", *form, *_only(top, below))
    rows = (line.split("\0") for line in said.decode(errors="replace").splitlines())
    return tuple(Commit(*row) for row in rows if len(row) == 4)


async def _diff(ask: Callable[..., Awaitable[str]], *which: str) -> tuple[FileDiff, ...]:
    # Unmerged files have an entry in only one of the two lists.
    names = tuple(_names(await ask(*_DIFF, *which, "--diff-filter=u", "--name-status", "-z")))
    patch = await ask(*_DIFF, *which, "--diff-filter=u", "--patch")
    texts = [f"diff --git {text}" for text in f"\n{patch}".split("\ndiff --git ")[1:]]
    if len(texts) != len(names):
        raise errors.InvalidRequest("what has changed has just changed again", hint="ask again")
    sendable = (text.encode(errors="surrogateescape").decode(errors="replace") for text in texts)
    return tuple(map(FileDiff, names, sendable))


def _only(top: Path, below: Path) -> tuple[str, ...]:
    return ("--", f":(top,literal){below.relative_to(top).as_posix()}") if below != top else ("--",)


async def _filters(top: Path) -> tuple[str, ...]:
    """What turns off the programs through which git would read the files of the repository."""
    said = os.fsdecode(await _in(top, "config", "--list", "--name-only", "-z"))
    keys = (key.partition(".")[2].rpartition(".")[0] for key in said.split("\0") if key.startswith("filter."))
    drivers = dict.fromkeys(keys)
    if any("=" in driver for driver in drivers):
        raise errors.InvalidRequest("the repository has a filter that cannot be turned off")
    off = ("clean=", "process=", "required=false")
    return tuple(word for driver in drivers for what in off for word in ("-c", f"filter.{driver}.{what}"))


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
    name = str(path.relative_to(top))
    if name.startswith(":") or any(char in name for char in "*?[\\"):
        raise errors.InvalidRequest("git takes that name for a pattern")
    given = os.fsencode(name) + b"\0"
    return bool(await _in(top, "check-ignore", "--stdin", "-z", given=given, fine=(0, 1)))


async def files(top: Path, below: Path) -> tuple[str, ...]:
    """The names below `below`, in the repository with its files in `top`, of what git tracks or does not ignore.

    Names are relative to `below`. A repository within is one name, with a slash at its end if it is no submodule.

    Raises:
        InvalidRequest: git is not there or does not answer.
    """
    listed = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
    said = await _in(top, *listed, *_only(top, below))
    start = f"{below.relative_to(top).as_posix()}/" if below != top else ""
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
