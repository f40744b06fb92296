"""The files of a change set: as the editor has them, else as they are on disk; and what we do to them by ourselves."""

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from lsprotocol import types

from llm_ls import errors
from llm_ls.documents import Document, split_lines
from llm_ls.features.change_sets import Found, Step
from llm_ls.features.proposals import Proposal
from llm_ls.protocol import dialogs, workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.workspace import file_operations

_BOM = "\ufeff"
"""Editors keep it for themselves: the first column of a document is after it."""


def opened(ls: LlmLanguageServer, uri: str) -> Document | None:
    """The document as the editor has it; `None` if it has not opened it."""
    try:
        return ls.document(uri)
    except errors.NotFound:
        return None


async def text(ls: LlmLanguageServer, uri: str) -> Document | None:
    """The text as the editor has it, else as it is on disk; `None` where there is none that can be read."""
    return opened(ls, uri) or await asyncio.to_thread(_on_disk, uri, ls.session.settings.context.max_file_bytes)


async def exists(uri: str) -> bool:
    """Whether there is anything of that name on disk."""
    path = workspace_files.path_of(uri)
    return path is not None and await asyncio.to_thread(os.path.lexists, path)


async def find(ls: LlmLanguageServer, part: Proposal) -> Found:
    """What there is of the file of `part` now."""
    now = await text(ls, part.uri)
    new_uri = part.operation.new_uri if part.operation else ""
    new_exists = bool(new_uri) and (opened(ls, new_uri) is not None or await exists(new_uri))
    return Found(now, now is not None or await exists(part.uri), new_exists)


async def is_unsaved(ls: LlmLanguageServer, uri: str) -> bool:
    """Whether the editor holds another text than the disk."""
    now = opened(ls, uri)
    on_disk = await asyncio.to_thread(_on_disk, uri, ls.session.settings.context.max_file_bytes)
    return now is not None and (on_disk is None or on_disk.lines != now.lines)


def _on_disk(uri: str, max_bytes: int) -> Document | None:
    path = workspace_files.path_of(uri)
    try:
        if path is None or not path.is_file() or path.stat().st_size > max_bytes:
            return None
        content = path.read_bytes().decode().removeprefix(_BOM)
    except (OSError, UnicodeDecodeError):
        return None
    return None if "\0" in content else Document(uri, "", None, tuple(split_lines(content)))


async def make(ls: LlmLanguageServer, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Create, rename and delete the files by ourselves, until one fails, which is said; those that are made."""
    folders = workspace_files.folders(ls)
    made: list[Step] = []
    for step in steps:
        try:
            await asyncio.to_thread(_make, step, folders)
        except (OSError, errors.InvalidRequest) as error:
            why = error.message if isinstance(error, errors.InvalidRequest) else error.strerror or "it failed"
            dialogs.say(ls, f"{step.part.name}: {why}.", types.MessageType.Error)
            break
        made.append(step)
    return tuple(made)


@contextlib.asynccontextmanager
async def way_made(ls: LlmLanguageServer, steps: Sequence[Step]) -> AsyncGenerator[None]:
    """There are the folders into which files are to be renamed: Helix 25.07 makes none. Those that stay empty go."""
    made: list[Path] = []
    for step in steps:
        path = workspace_files.path_of(step.uri)
        if step.part.renames and path is not None:
            with contextlib.suppress(OSError, errors.InvalidRequest):  # then the client will say that it cannot
                made += await asyncio.to_thread(file_operations.make_way, path, workspace_files.folders(ls))
    try:
        yield
    finally:
        file_operations.remove_empty(made)


def _make(step: Step, folders: Sequence[Path]) -> None:
    path, new_path = workspace_files.path_of(step.part.uri), workspace_files.path_of(step.uri)
    assert path is not None
    assert new_path is not None
    assert step.operation is not None
    match step.operation.kind:
        case "create":
            file_operations.create(path, step.after, folders)
        case "delete":
            file_operations.delete(path, folders)
        case "rename":
            file_operations.rename(path, new_path, step.after if step.acceptance.hunks else None, folders)
