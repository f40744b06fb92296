"""`propose_edit`: what a model would change in several files at once, for the user to review. Nothing is written."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Literal

import attrs

from llm_ls import errors
from llm_ls.models import ToolDefinition
from llm_ls.presentable import presentable
from llm_ls.tools import quoted_text
from llm_ls.tools.file_changes import FileChange
from llm_ls.tools.tool import Input, Tool
from llm_ls.wire import Malformed, from_json
from llm_ls.workspace.workspace import Workspace

NAME = "propose_edit"
MOST_FILES = 50
_LONGEST_TITLE = 60

Propose = Callable[[str, tuple[FileChange, ...]], Awaitable[str]]
"""Has the user review changes, one a file, under a title; what is to become of which file, in a few words."""

_DESCRIPTION = """\
Propose changes of files of the project, all at once: edit, create, rename and delete text files. The user reviews \
them and applies or discards them; until then nothing is changed, so a later call must be based on the files as they \
are, not on an earlier proposal. Put all that belongs together into one call. In an edit, `oldText` must be copied \
from the file as it is, and occur in it exactly once: take in enough of the lines around it. Several edits of one file \
are made one after the other."""

_EDIT = {
    "type": "object",
    "properties": {
        "oldText": {"type": "string", "description": "Text that occurs exactly once in the file."},
        "newText": {"type": "string", "description": "What takes its place."},
    },
    "required": ["oldText", "newText"],
}
_CHANGE = {
    "type": "object",
    "properties": {
        "action": {"type": "string", "enum": ["edit", "create", "rename", "delete"]},
        "path": {"type": "string", "description": "Path of the file in the project."},
        "edits": {"type": "array", "items": _EDIT, "description": "For `edit`."},
        "text": {"type": "string", "description": "For `create`: all that is in the new file."},
        "newPath": {"type": "string", "description": "For `rename`."},
    },
    "required": ["action", "path"],
}
_SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "description": "What the changes do, in a few words."},
        "changes": {"type": "array", "items": _CHANGE},
    },
    "required": ["title", "changes"],
}


@attrs.frozen(eq=False, repr=False)
class _Edit:
    old_text: str
    new_text: str


@attrs.frozen(eq=False, repr=False)
class _Change:
    action: Literal["edit", "create", "rename", "delete"]
    path: str
    edits: tuple[_Edit, ...] = ()
    text: str = ""
    new_path: str = ""


@attrs.frozen(eq=False, repr=False)
class _Input:
    title: str
    changes: tuple[_Change, ...]


def propose_edit(workspace: Workspace, propose: Propose) -> Tool:
    """The tool, for the files of `workspace`."""

    async def run(given: Input) -> str:
        asked = from_json(dict(given), _Input, NAME)
        changes = await _gathered(workspace, asked.changes)
        title = presentable(asked.title)[:_LONGEST_TITLE] or "Edit"
        return f"Proposed: {await propose(title, changes)}. It waits for the user's review; nothing is changed yet."

    return Tool(ToolDefinition(NAME, _DESCRIPTION, _SCHEMA), "propose", _title, run, lambda _: NAME)


def _title(given: Input) -> str:
    try:
        paths = dict.fromkeys(change.path for change in from_json(dict(given), _Input, NAME).changes)
    except Malformed:
        return "Propose an edit"
    return f"Propose an edit of {', '.join(paths)}"


async def _gathered(workspace: Workspace, asked: Sequence[_Change]) -> tuple[FileChange, ...]:
    """One change a file.

    Raises:
        errors.NotFound: A file is not there.
        errors.InvalidRequest: A change cannot be made, or changes nothing.
    """
    made: list[FileChange] = []
    for change in asked:
        path = await workspace.place(change.path)
        known = next((one for one in made if path in (one.path, one.new_path)), None)
        match change.action:
            case "edit":
                changed = await _edited(workspace, change, known)
            case "rename":
                changed = await _renamed(workspace, change, known, made)
            case "create":
                _refuse_second(change, known)
                changed = await _created(workspace, change, path)
            case "delete":
                _refuse_second(change, known)
                path = await _file(workspace, change.path)
                changed = FileChange("delete", workspace.name_of(path), path, await _read(workspace, change.path))
        made = [*(one for one in made if one is not known), changed]
    for one in made:
        if one.kind == "edit" and one.before == one.after:
            raise errors.InvalidRequest(f"the edit of {one.name} changes nothing", hint="leave it out")
    if not 0 < len(made) <= MOST_FILES:
        raise errors.InvalidRequest(f"{len(made)} files are to be changed", hint=f"change 1 to {MOST_FILES} at once")
    return tuple(made)


def _refuse_second(change: _Change, known: FileChange | None) -> None:
    if known is not None:
        message = f"{change.path} is to be changed in another way too"
        raise errors.InvalidRequest(message, hint="put all changes of a file into one")


async def _edited(workspace: Workspace, change: _Change, known: FileChange | None) -> FileChange:
    if known is not None and known.kind == "delete":
        _refuse_second(change, known)
    if known is None:
        path = await workspace.path(change.path)
        before = await _read(workspace, change.path)
        known = FileChange("edit", workspace.name_of(path), path, before, before)
    elif known.kind == "rename" and not known.before:
        before = await _read(workspace, known.name)
        known = attrs.evolve(known, before=before, after=before)
    after = known.after
    for edit in change.edits:
        after = quoted_text.replaced(known.name, after, edit.old_text, edit.new_text)
    _refuse_too_large(workspace, known.name, after)
    return attrs.evolve(known, after=after)


async def _renamed(
    workspace: Workspace, change: _Change, known: FileChange | None, made: Sequence[FileChange]
) -> FileChange:
    if known is not None and known.kind != "edit":
        _refuse_second(change, known)
    path = await _file(workspace, change.path)
    new_path = await _free(workspace, change.new_path)
    if any(new_path in (one.path, one.new_path) for one in made):
        raise errors.InvalidRequest(f"{change.new_path} is to be changed too", hint="choose another name")
    known = known or FileChange("edit", workspace.name_of(path), path)
    return attrs.evolve(known, kind="rename", new_name=workspace.name_of(new_path), new_path=new_path)


async def _created(workspace: Workspace, change: _Change, path: Path) -> FileChange:
    await _free(workspace, change.path)
    name = workspace.name_of(path)
    _refuse_too_large(workspace, name, change.text)
    return FileChange("create", name, path, after=change.text)


async def _read(workspace: Workspace, name: str) -> str:
    """The text of the file of that name as an editor has it, which keeps the byte order mark for itself."""
    return (await workspace.read(name)).removeprefix("\ufeff")


async def _file(workspace: Workspace, name: str) -> Path:
    """The file of that name.

    Raises:
        errors.NotFound: There is none.
        errors.InvalidRequest: It is a folder, or may not be read.
    """
    path = await workspace.path(name)
    if not await asyncio.to_thread(path.is_file):
        raise errors.InvalidRequest(f"{name} is no file", hint="name files one by one")
    return path


async def _free(workspace: Workspace, name: str) -> Path:
    """Where a new file of that name would be.

    Raises:
        errors.InvalidRequest: There is something already, or nothing may be there.
    """
    path = await workspace.place(name)
    if workspace.open_text(path) is not None or await asyncio.to_thread(os.path.lexists, path):
        raise errors.InvalidRequest(f"{name} exists already", hint="edit it, or choose another name")
    if await asyncio.to_thread(lambda: any(above.is_file() for above in path.parents)):
        raise errors.InvalidRequest(f"{name} would lie in a file", hint="choose another name")
    return path


def _refuse_too_large(workspace: Workspace, name: str, text: str) -> None:
    if "\0" in text:
        raise errors.InvalidRequest(f"{name} would be no text", hint="propose text only")
    if len(text.encode(errors="surrogatepass")) > workspace.max_file_bytes:
        message = f"{name} would be larger than {workspace.max_file_bytes} bytes"
        raise errors.InvalidRequest(message, hint="propose smaller files")
