"""Searches the files of a workspace, with ripgrep to find out quickly where to look, where that is installed.

What is found, and in which order, is the same without it: it only says which files are worth reading, and is given
them by name, so that nothing that is left out of the workspace is searched, and no configuration of it counts.
"""

import asyncio
import contextlib
import json
import os
import re
import shutil
import sys
import warnings
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from llm_ls import errors
from llm_ls.workspace.workspace import Workspace

TIMEOUT_S = 15.0
_ARGUMENT_BYTES = 100_000
_RIPGREP = (
    *("--no-config", "--no-follow", "--no-messages", "--no-ignore", "--hidden", "--crlf", "--encoding=none"),
    *("--files-with-matches", "--null"),
)
_MEANS_ANOTHER_THING = re.compile(r"\\[^dDwsSbntrfx.^$*+?()\[\]{}|/\\\-\"'#: =,@!%;]|&&|--|~~|\[\[|\(\?(?!:)")
"""In ripgrep's regular expressions than in Python's, or may."""

_PACKAGE = Path(__file__).resolve().parents[2]


@attrs.frozen
class Query:
    """What is searched for, in each line.

    Attributes:
        pattern: A text, or a regular expression as Python has them.
    """

    pattern: str
    is_regex: bool = False
    ignore_case: bool = False


@attrs.frozen
class Line:
    """A line in which it is; a long one is cut around it."""

    name: str
    number: int
    text: str


@attrs.frozen
class Found:
    """What was found.

    Attributes:
        lines: In the order of their files; the first of them, if there are many.
        count: How many lines there are; if they are very many, how many there are at least.
        files: How many files they are in.
        too_large: Files that were not searched.
        whole: Whether all files were searched; else `count` and `files` are of those that were.
    """

    lines: tuple[Line, ...]
    count: int
    files: int
    too_large: tuple[str, ...] = ()
    whole: bool = True


async def search(workspace: Workspace, query: Query, files: Sequence[tuple[str, str]], characters: int) -> Found:
    """The lines of `files` that fit.

    Args:
        workspace: Whose `paths` they are.
        files: Name and path, in order.
        characters: Of lines; when as many are found, the rest is only counted.

    Raises:
        InvalidRequest: The pattern is none.
    """
    if not query.pattern or "\n" in query.pattern:
        raise errors.InvalidRequest("a search is for something within one line", hint="search for part of a line")
    opened = {str(path): workspace.open_text(path) for path in workspace.open_paths()}
    tops = [str(top) for top in await workspace.tops()]
    lines: list[Line] = []
    try:
        async with asyncio.timeout(TIMEOUT_S):
            too_large = await asyncio.to_thread(_too_large, files, opened, workspace.max_file_bytes)
            searched = [one for one in files if one[0] not in too_large]
            wanted = await _worth_reading(query, searched, opened, tops)
            asked = {
                "pattern": query.pattern,
                "isRegex": query.is_regex,
                "ignoreCase": query.ignore_case,
                "tops": tops,
                "maxBytes": workspace.max_file_bytes,
                "characters": characters,
                "files": [(name, path, opened.get(path)) for name, path in wanted],
            }
            async with contextlib.aclosing(_said(asked)) as said:
                async for one in said:
                    if "wrong" in one:
                        message = f"the pattern is no regular expression: {one['wrong']}"
                        raise errors.InvalidRequest(message, hint="mend it, or search for a plain text")
                    if "text" not in one:
                        return Found(tuple(lines), one["lines"], one["files"], tuple(too_large))
                    lines.append(Line(one["name"], one["line"], one["text"]))
    except TimeoutError:
        pass
    return Found(tuple(lines), len(lines), len({line.name for line in lines}), whole=False)


def _too_large(files: Iterable[tuple[str, str]], opened: Mapping[str, str | None], max_bytes: int) -> dict[str, None]:
    """The names of those that are not read, in order."""
    too_large: dict[str, None] = {}
    for name, path in files:
        with contextlib.suppress(OSError):
            text = opened.get(path)
            if (os.lstat(path).st_size if text is None else len(text)) > max_bytes:
                too_large[name] = None
    return too_large


async def _said(asked: dict[str, Any]) -> AsyncGenerator[dict[str, Any]]:
    """What a process that searches says, up to its end; leaving early ends it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-S", "-m", "llm_ls.workspace.search_process"),
        env={"PYTHONPATH": str(_PACKAGE), "PYTHONUTF8": "1", **_system()},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=1 << 20,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(await asyncio.to_thread(lambda: json.dumps(asked).encode()))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            await process.stdin.drain()
        process.stdin.close()
        while line := await process.stdout.readline():
            yield json.loads(line)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.stdout.read()  # what is left in the pipe would keep it open
        await process.wait()


async def _worth_reading(
    query: Query, files: Sequence[tuple[str, str]], opened: Mapping[str, str | None], tops: Sequence[str]
) -> list[tuple[str, str]]:
    """Those of `files` that ripgrep finds the pattern in, and those that are open; all, if it cannot say."""
    program = await asyncio.to_thread(ripgrep, tops)
    if program is None or (query.is_regex and _may_mean_another_thing(query.pattern)):
        return list(files)
    options = (*_RIPGREP, *(() if query.is_regex else ("--fixed-strings",)), *(("-i",) if query.ignore_case else ()))
    found: set[bytes] = set()
    for batch in _batches([path for _, path in files if path not in opened]):
        said = await _run(program, *options, f"--regexp={query.pattern}", "--", *batch)
        if said is None:
            return list(files)
        found.update(said.split(b"\0"))
    return [(name, path) for name, path in files if path in opened or os.fsencode(path) in found]


def ripgrep(tops: Iterable[str]) -> str | None:
    """ripgrep, unless the project brings it along."""
    program = shutil.which("rg")
    own = program is None or any(Path(os.path.realpath(program)).is_relative_to(top) for top in tops)
    return None if own else program


def _may_mean_another_thing(pattern: str) -> bool:
    with warnings.catch_warnings(action="error"):
        try:
            re.compile(pattern)
        except (re.error, Warning, OverflowError, RecursionError):
            return True
    return _MEANS_ANOTHER_THING.search(pattern) is not None


def _batches(paths: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for path in paths:
        batch.append(path)
        size += len(os.fsencode(path)) + 9
        if size > _ARGUMENT_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


async def _run(program: str, *arguments: str) -> bytes | None:
    """What it says; `None` if it does not understand, or cannot be run."""
    try:
        process = await asyncio.create_subprocess_exec(
            *(program, *arguments),
            env=_system(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return None
    try:
        out, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return out if process.returncode in (0, 1) else None


def _system() -> dict[str, str]:
    """Of the environment what a program needs to start, and no settings for it."""
    needed = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TMPDIR", "TEMP")
    return {name: os.environ[name] for name in needed if name in os.environ}
