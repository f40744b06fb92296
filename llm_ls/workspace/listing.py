"""Which files there are in a workspace folder, without what git or `.llmignore` has ignored.

Paths are resolved; names are relative to `top`, the workspace folder, with `/` between.
"""

import asyncio
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from llm_ls import errors
from llm_ls.workspace import git, repositories
from llm_ls.workspace.ignore_files import GIT, OURS, IgnoreFiles

MOST_FILES = 200_000
"""Of a folder that git does not know."""


async def files(top: Path, below: str) -> list[tuple[str, bool]]:
    """What but folders is in the folder `below`, if `.gitignore` does not ignore it; and whether it is a plain file."""
    repository = await asyncio.to_thread(repositories.enclosing, top / below)
    if repository is None or (repository != top and top.is_relative_to(repository) and await _lies_ignored(top)):
        return await asyncio.to_thread(_walk, top, below)
    try:
        listed = await git.files(repository, top / below)
    except errors.InvalidRequest:
        return await asyncio.to_thread(_walk, top, below)
    start = f"{below}/" if below else ""
    found, inner = await asyncio.to_thread(_sort, top, [start + name for name in listed])
    for repository_within in inner:
        found += await files(top, repository_within)
    return found


async def ignored(top: Path, name: str) -> str:
    """The name of what ignores `name`; empty if nothing does."""
    if await asyncio.to_thread(lambda: bool(list(left_out(top, (name,))))):
        return OURS
    return GIT if await _ignored_by_git(top, top / name) else ""


def left_out(top: Path, names: Iterable[str]) -> Iterator[str]:
    """Those that an `.llmignore` names, also one above in the repository."""
    rules_from = repositories.enclosing(top) or top
    rules = IgnoreFiles(rules_from, OURS)
    start = "" if rules_from == top else top.relative_to(rules_from).as_posix() + "/"
    return (name for name in names if rules.ignore(start + name))


async def _ignored_by_git(top: Path, path: Path) -> bool:
    """Whether the innermost repository that `path` is in ignores it, or one around ignores that one whole."""
    while path != top:
        repository = await asyncio.to_thread(repositories.enclosing, path.parent)
        around = repository is not None and repository != top and top.is_relative_to(repository)
        try:
            if repository is None or (around and await _lies_ignored(top)):
                break
            if await git.ignored(repository, path):
                return True
        except errors.InvalidRequest:
            break
        if not repository.is_relative_to(top) or repository == top:
            return False
        path = repository
    name = path.relative_to(top).as_posix()
    return path != top and await asyncio.to_thread(IgnoreFiles(top, GIT).ignore, name)


async def _lies_ignored(top: Path) -> bool:
    """Whether a person has opened a folder that the repository around it ignores, as one below a home's dotfiles."""
    repository = await asyncio.to_thread(repositories.enclosing, top)
    try:
        return repository is not None and repository != top and await git.ignored(repository, top)
    except errors.InvalidRequest:
        return True


def _sort(top: Path, names: Iterable[str]) -> tuple[list[tuple[str, bool]], list[str]]:
    """What is there of `names`: as `files`, and the folders that are repositories of their own."""
    found: list[tuple[str, bool]] = []
    repositories_within: list[str] = []
    for name in names:
        path = f"{top}/{name}".rstrip("/")
        try:
            kind = os.lstat(path).st_mode
        except OSError:  # deleted, and git still tracks it
            continue
        if not stat.S_ISDIR(kind):
            found.append((name, stat.S_ISREG(kind)))
        elif os.path.lexists(f"{path}/.git"):
            repositories_within.append(name.rstrip("/"))
    return found, repositories_within


def _walk(top: Path, below: str) -> list[tuple[str, bool]]:
    """As git would list it, by the `.gitignore` files alone.

    Raises:
        InvalidRequest: There is no end to it, as of a home folder.
    """
    rules = IgnoreFiles(top, GIT)
    found: list[tuple[str, bool]] = []
    waiting = [below]
    while waiting:
        folder = waiting.pop()
        start = f"{folder}/" if folder else ""
        try:
            with os.scandir(top / folder) as entries:
                for entry in entries:
                    name = start + entry.name
                    is_folder = entry.is_dir(follow_symlinks=False)
                    if entry.name == ".git" or rules.ignore(name, is_folder=is_folder):
                        continue
                    if is_folder:
                        waiting.append(name)
                    else:
                        found.append((name, entry.is_file(follow_symlinks=False)))
        except OSError:  # may not be listed, or has gone
            continue
        if len(found) > MOST_FILES:
            message = f"there are more than {MOST_FILES:,} files in {below or top.name}"
            raise errors.InvalidRequest(message, hint="name a folder in it, or leave folders out with a `.gitignore`")
    return found
