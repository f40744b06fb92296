"""Asks git about a repository. Nothing in the repository, its configuration included, can have a program run."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import attrs

from llm_ls import errors

TIMEOUT_S = 10.0
_SUBJECTS = 10

_WITHOUT_PROGRAMS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false")
_DIFF = ("diff", "--cached", "--find-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--submodule=short")
_ENVIRONMENT = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


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


async def _git(place: Path, *arguments: str) -> str:
    where = await asyncio.to_thread(_repository, place)
    try:
        process = await asyncio.create_subprocess_exec(
            *("git", "--no-pager", *_WITHOUT_PROGRAMS, *where, *arguments),
            env={**os.environ, **_ENVIRONMENT},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise errors.InvalidRequest("git is not there", hint="install git, and have it on the PATH") from error
    try:
        async with asyncio.timeout(TIMEOUT_S):
            out, err = await process.communicate()
    except TimeoutError as error:
        raise errors.InvalidRequest(f"git did not answer within {TIMEOUT_S:g} s") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        said = err.decode(errors="replace").strip().partition("\n")[0].removeprefix("fatal: ")
        raise errors.InvalidRequest(f"git says: {said}", hint="open a file or folder of a git repository")
    return out.decode(errors="replace")


def _repository(place: Path) -> tuple[str, ...]:
    """How git is told where the repository is; a commit message under edit lies in git's own folder."""
    folder = place if place.is_dir() else place.parent
    if (folder / "HEAD").is_file() and (folder / "index").is_file():
        return (f"--git-dir={folder}",)
    return ("-C", str(folder))
