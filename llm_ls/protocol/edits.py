"""`workspace/applyEdit`: one edit, one undo, minimal hunks, tied to a document version.

`applied: true` proves nothing (Neovim 0.12.4 says so when it drops a stale edit, and when the user says no), so an edit
counts only when the document's next change has come.
"""

from collections.abc import Sequence

from lsprotocol import types

from llm_ls.documents import Document, Replacement
from llm_ls.protocol import convert
from llm_ls.protocol.jsonrpc import member
from llm_ls.protocol.language_server import LlmLanguageServer, Unanswered

APPLY_TIMEOUT_S = 5.0
CHANGE_TIMEOUT_S = 2.0
ANNOTATION = "llm-ls"


async def apply(
    ls: LlmLanguageServer, document: Document, changes: Sequence[Replacement], label: str, *, confirm: bool
) -> bool:
    """Have the client make `changes` in `document`; whether it did, and the text changed.

    Args:
        label: What the client shows beside undo, or asks about.
        confirm: Let the client ask the user first, which may take as long as the user takes.
    """
    edit = workspace_edit(ls, document, changes, annotation=label if confirm else None)
    params = types.ApplyWorkspaceEditParams(edit, label)
    try:
        answer = await ls.ask(types.WORKSPACE_APPLY_EDIT, params, None if confirm else APPLY_TIMEOUT_S)
    except Unanswered:
        return False
    said_applied = member(answer, "applied") is True
    return said_applied and await ls.documents.wait_for_change(document.uri, document.version, CHANGE_TIMEOUT_S)


def workspace_edit(
    ls: LlmLanguageServer, document: Document, changes: Sequence[Replacement], annotation: str | None = None
) -> types.WorkspaceEdit:
    """The edit that makes `changes` in `document`.

    Args:
        annotation: Asks the client to let the user confirm, under this label.
    """
    edits = convert.text_edits(document, changes, ls.client.position_encoding)
    if not ls.client.document_changes:
        return types.WorkspaceEdit(changes={document.uri: edits})
    versioned = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
    if annotation is None:
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(versioned, edits)])
    annotated = [types.AnnotatedTextEdit(ANNOTATION, edit.range, edit.new_text) for edit in edits]
    return types.WorkspaceEdit(
        document_changes=[types.TextDocumentEdit(versioned, annotated)],
        change_annotations={ANNOTATION: types.ChangeAnnotation(annotation, needs_confirmation=True)},
    )
