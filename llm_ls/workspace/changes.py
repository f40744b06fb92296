"""What has changed in the workspace since it was staged or committed, and when it was, as far as it may be shown."""

import asyncio
from pathlib import Path

import attrs

from llm_ls import errors
from llm_ls.workspace import git, names, repositories
from llm_ls.workspace.workspace import Workspace


@attrs.frozen
class Changes:
    """What a diff says.

    Attributes:
        text: As git prints it; paths are those of the repository.
        omitted: The files that have changed and may not be shown, or are too large.
        untracked: The files that git neither tracks nor ignores, of which no diff speaks.
    """

    text: str
    omitted: tuple[str, ...]
    untracked: tuple[str, ...]


async def changes(workspace: Workspace, *, staged: bool = False, name: str | None = None) -> Changes:
    """What is staged, or what is not, in the repositories of the workspace, or of one file or folder.

    Raises:
        InvalidRequest: There is no repository, git cannot say, or what is called `name` may not be read.
    """
    texts: list[str] = []
    omitted: list[str] = []
    untracked: list[str] = []
    for top, below in await _asked(workspace, name):
        for one in await git.diff(top, below, staged=staged, max_bytes=workspace.max_file_bytes):
            paths = [top / name for name in one.names]
            if not one.text or await asyncio.to_thread(workspace.kept_away, paths):
                omitted.append(workspace.name_of(paths[-1]))
            else:
                texts.append(one.text if one.text.endswith("\n") else f"{one.text}\n")
        if not staged:
            there = [top / name for name in await git.untracked(top, below) if not name.endswith("/")]
            away = await asyncio.to_thread(workspace.kept_away, there)
            untracked += [workspace.name_of(path) for path in there if path not in away]
    return Changes("".join(texts), tuple(omitted), tuple(untracked))


async def commits(workspace: Workspace, limit: int, name: str | None = None) -> tuple[git.Commit, ...]:
    """The latest commits of the workspace's repositories, or those that changed one file or folder.

    Raises:
        InvalidRequest: There is no repository, git cannot say, or what is called `name` may not be read.
    """
    found = [one for top, below in await _asked(workspace, name) for one in await git.log(top, below, limit)]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:limit])


async def _asked(workspace: Workspace, name: str | None) -> list[tuple[Path, Path]]:
    """The top of each repository that is asked about, and what in it."""
    places = await workspace.tops() if name is None else [await workspace.place(name)]
    found = [(top, place) for place in places if (top := await asyncio.to_thread(repositories.enclosing, place))]
    if not found:
        where = "here" if name is None else f"around {names.shown(name)}"
        raise errors.InvalidRequest(f"there is no git repository {where}", hint="open a folder of one")
    return found
