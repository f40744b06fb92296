"""GitHub Copilot's messages for the next edit, which our own clients speak too: `textDocument/copilotInlineEdit`.

Shapes of @github/copilot-language-server 1.539 (2026-11).
"""

from typing import Any

import attrs
from lsprotocol import types

from llm_ls.features.next_edits import NextEdit
from llm_ls.protocol import convert, ext
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.wire import to_json

INLINE_EDIT = "textDocument/copilotInlineEdit"
DID_SHOW_INLINE_EDIT = "textDocument/didShowInlineEdit"
NOTIFY_REJECTED = "notifyNextEditRejected"

ACCEPT = "llm-ls.acceptNextEdit"
DID_ACCEPT = "github.copilot.didAcceptNextEditSuggestionItem"
DID_REJECT = "github.copilot.didRejectNextEditSuggestionItem"
DID_IGNORE = "github.copilot.didIgnoreNextEditSuggestionItem"


@attrs.frozen(eq=False, repr=False)
class VersionedDocument:
    """`version` is required there; who leaves it out means the document as it is."""

    uri: str
    version: int | None = None


@attrs.frozen(eq=False, repr=False)
class InlineEditParams:
    text_document: VersionedDocument
    position: types.Position
    diagnostics: tuple[ext.ContextDiagnostic, ...] | None = None


@attrs.frozen(eq=False, repr=False)
class RejectedParams:
    uuid: str
    reason: str | None = None


PARAMS: dict[str, type] = {INLINE_EDIT: InlineEditParams, NOTIFY_REJECTED: RejectedParams}


def inline_edit(ls: LlmLanguageServer, edit: NextEdit) -> dict[str, Any]:
    """One of `edits` in the answer: it counts for the version that it names."""
    document, replacement = edit.document, edit.replacement
    return {
        "text": replacement.text,
        "textDocument": {"uri": document.uri, "version": document.version},
        "range": to_json(convert.to_lsp_range(document, replacement.span, ls.client.position_encoding)),
        "command": {"title": "Accept", "command": ACCEPT, "arguments": [edit.id]},
    }
