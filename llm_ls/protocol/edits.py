"""`workspace/applyEdit`: one edit, one undo, minimal hunks, tied to a document version.

`applied: true` proves nothing (Neovim 0.12.4 says so when it drops a stale edit, and when the user says no), so an edit
counts only when the document has come to hold it.
"""

import asyncio
from collections.abc import Sequence
from typing import Literal

import attrs
from lsprotocol import types

from llm_ls.documents import Document, Replacement, split_lines
from llm_ls.features import hunks
from llm_ls.features.hunks import Hunk
from llm_ls.features.proposals import FileOperation, summary
from llm_ls.protocol import convert, dialogs
from llm_ls.protocol.jsonrpc import member
from llm_ls.protocol.language_server import LlmLanguageServer, Unanswered

APPLY_TIMEOUT_S = 5.0
CHANGE_TIMEOUT_S = 2.0
ANNOTATION = "llm-ls"

Outcome = Literal["made", "dropped", "untold"]
"""Of an edit; `untold` is one that the client says it made, without saying yet what the document has become."""


async def apply(
    ls: LlmLanguageServer, document: Document, changes: tuple[Hunk, ...], label: str, *, confirm: bool
) -> bool:
    """Have the client make `changes` in `document`; whether the text has come to hold them.

    Args:
        label: What the client shows beside undo, or asks about.
        confirm: Let the client ask the user first, which may take as long as the user takes.
    """
    return await outcome(ls, document, changes, label, confirm=confirm) == "made"


async def outcome(
    ls: LlmLanguageServer,
    document: Document,
    changes: tuple[Hunk, ...],
    label: str,
    *,
    confirm: bool = False,
    change_timeout_s: float = CHANGE_TIMEOUT_S,
) -> Outcome:
    """What has become of `changes`.

    Args:
        label, confirm: As of `apply`.
        change_timeout_s: How long the client may take to say what the document has become.
    """
    replacements = tuple(map(hunks.replacement, changes))
    edit = workspace_edit(ls, document, replacements, Annotation(label, summary(changes)) if confirm else None)
    params = types.ApplyWorkspaceEditParams(edit, label)
    try:
        answer = await ls.ask(
            types.WORKSPACE_APPLY_EDIT, params, dialogs.PERSON_TIMEOUT_S if confirm else APPLY_TIMEOUT_S
        )
    except Unanswered:
        return "dropped"
    return await _landed(ls, document, changes, change_timeout_s) if member(answer, "applied") is True else "dropped"


async def _landed(
    ls: LlmLanguageServer, before: Document, changes: tuple[Hunk, ...], change_timeout_s: float
) -> Outcome:
    """Whether a change arrives, the user's typing aside, that brings what was asked for.

    One that comes without it ends the patience: the client has dropped the edit, or its next change is on its way.
    """
    version = before.version
    try:
        async with asyncio.timeout(change_timeout_s) as limit:
            while await ls.documents.wait_for_change(before.uri, version, change_timeout_s):
                now = ls.document(before.uri)
                if (made := made_in(now, before, changes)) is not None:
                    for hunk in made:
                        ls.documents.recent_edits.mark_ours(now.uri, hunk.start, hunk.end)
                    return "made"
                version = now.version
                soon = asyncio.get_running_loop().time() + CHANGE_TIMEOUT_S
                limit.reschedule(min(limit.when() or soon, soon))
    except TimeoutError:
        pass
    return "untold" if version == before.version else "dropped"


def made_in(now: Document, before: Document, changes: tuple[Hunk, ...]) -> tuple[Hunk, ...] | None:
    """What would take the changes back in `now`; `None` if it does not hold them all."""
    after = attrs.evolve(before, version=None, lines=tuple(split_lines(hunks.apply(before, changes))))
    fitting, stale = hunks.reanchor(hunks.inverse(changes), after, now)
    return None if stale else fitting


@attrs.frozen
class Annotation:
    """What the client shows when it asks the user about an edit."""

    label: str
    description: str


def workspace_edit(
    ls: LlmLanguageServer, document: Document, changes: Sequence[Replacement], annotation: Annotation | None = None
) -> types.WorkspaceEdit:
    """The edit that makes `changes` in `document`.

    Args:
        annotation: Asks the client to let the user confirm.
    """
    return workspace_edit_of_files(ls, (FileEdit(document, tuple(changes)),), annotation)


@attrs.frozen
class FileEdit:
    """What is to be done with one file.

    Attributes:
        document: As it is before; of a file to be created, an empty one.
        operation: Only where the client can.
    """

    document: Document
    changes: tuple[Replacement, ...]
    operation: FileOperation | None = None


_Change = types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile


def workspace_edit_of_files(
    ls: LlmLanguageServer, files: Sequence[FileEdit], annotation: Annotation | None = None
) -> types.WorkspaceEdit:
    """The edit that does it all: first what changes texts, then what renames, creates and deletes files.

    Args:
        annotation: Asks the client to let the user confirm.
    """
    if not ls.client.document_changes:
        encoding = ls.client.position_encoding
        changes = {one.document.uri: convert.text_edits(one.document, one.changes, encoding) for one in files}
        return types.WorkspaceEdit(changes=changes)
    order = ("", "rename", "create", "delete")
    ordered = sorted(files, key=lambda one: order.index(one.operation.kind if one.operation else ""))
    note = ANNOTATION if annotation else None
    document_changes: list[_Change] = [change for one in ordered for change in _changes(ls, one, note)]
    if annotation is None:
        return types.WorkspaceEdit(document_changes=document_changes)
    return types.WorkspaceEdit(
        document_changes=document_changes,
        change_annotations={ANNOTATION: types.ChangeAnnotation(annotation.label, True, annotation.description)},
    )


def _changes(ls: LlmLanguageServer, file: FileEdit, note: str | None) -> list[_Change]:
    """A text is changed under its old name, for which its version counts, and a file's before it is filled."""
    document, operation = file.document, file.operation
    if operation is not None and operation.kind == "delete":
        return [types.DeleteFile(uri=document.uri, annotation_id=note)]
    made: list[_Change] = []
    if operation is not None and operation.kind == "create":
        made.append(types.CreateFile(uri=document.uri, annotation_id=note))
    if file.changes:
        versioned = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
        changes = file.changes
        if made and ls.client.ends_last_line:
            changes = tuple(attrs.evolve(one, text=one.text.removesuffix("\n")) for one in changes)
        plain = convert.text_edits(document, changes, ls.client.position_encoding)
        made.append(types.TextDocumentEdit(versioned, [_annotated(edit, note) for edit in plain]))
    if operation is not None and operation.kind == "rename":
        made.append(types.RenameFile(old_uri=document.uri, new_uri=operation.new_uri, annotation_id=note))
    return made


def _annotated(edit: types.TextEdit, note: str | None) -> types.TextEdit | types.AnnotatedTextEdit:
    return types.AnnotatedTextEdit(note, edit.range, edit.new_text) if note else edit
