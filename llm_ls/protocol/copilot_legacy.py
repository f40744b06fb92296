"""Copilot's older dialect: what copilot.lua, copilot.vim and LSP-copilot ask, and suggestions as they show them.

No page describes it; the shapes are those that copilot.lua 760912b5 and LSP-copilot 985a153 (2026-07) and copilot.vim
9484e35c (2024-03) send and read.
"""

from typing import Any

import attrs
from lsprotocol import types

from llm_ls.documents import Document, Position, Span, content_length
from llm_ls.features.suggestions import Suggestion
from llm_ls.models import ModelInfo
from llm_ls.protocol import completing, convert, insertions
from llm_ls.protocol.completing import Asked, Pending
from llm_ls.protocol.ext import TextDocument, Token
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.wire import to_json

GET_COMPLETIONS = "getCompletions"
GET_COMPLETIONS_CYCLING = "getCompletionsCycling"
NOTIFY_SHOWN = "notifyShown"
NOTIFY_ACCEPTED = "notifyAccepted"
NOTIFY_REJECTED = "notifyRejected"
GET_PANEL_COMPLETIONS = "getPanelCompletions"
PANEL_SOLUTION = "PanelSolution"
PANEL_SOLUTIONS_DONE = "PanelSolutionsDone"
COPILOT_PANEL_COMPLETION = "textDocument/copilotPanelCompletion"
MODELS = "copilot/models"

OK = "OK"
"""The answer to a request that only tells us something."""


@attrs.frozen(eq=False, repr=False)
class Doc:
    """A document and a place in it; `source` is its text, which not all clients send."""

    uri: str
    position: types.Position
    version: int | None = None
    source: str | None = None
    language_id: str = ""


@attrs.frozen(eq=False, repr=False)
class CompletionsParams:
    doc: Doc


@attrs.frozen(eq=False, repr=False)
class PanelParams:
    doc: Doc
    panel_id: str


@attrs.frozen(eq=False, repr=False)
class PanelCompletionParams:
    text_document: TextDocument
    position: types.Position
    partial_result_token: Token | None = None
    work_done_token: Token | None = None


@attrs.frozen(eq=False, repr=False)
class ShownParams:
    uuid: str


@attrs.frozen(eq=False, repr=False)
class AcceptedParams:
    """`accepted_length` counts UTF-16 code units; without it all was accepted."""

    uuid: str
    accepted_length: int | None = None


@attrs.frozen(eq=False, repr=False)
class RejectedParams:
    uuids: tuple[str, ...]


@attrs.frozen(eq=False, repr=False)
class ModelsParams:
    pass


PARAMS: dict[str, type] = {
    GET_COMPLETIONS: CompletionsParams,
    GET_COMPLETIONS_CYCLING: CompletionsParams,
    NOTIFY_SHOWN: ShownParams,
    NOTIFY_ACCEPTED: AcceptedParams,
    NOTIFY_REJECTED: RejectedParams,
    GET_PANEL_COMPLETIONS: PanelParams,
    COPILOT_PANEL_COMPLETION: PanelCompletionParams,
    MODELS: ModelsParams,
}


def suggestions(ls: LlmLanguageServer, doc: Doc, *, invoked: bool) -> Pending:
    """As `completing.suggestions`, also of a text that is not open and comes with the request.

    Raises:
        Superseded: As that does.
        errors.LlmLsError: As that does.
    """
    if doc.source is not None:
        ls.documents.put_unopened(doc.uri, doc.language_id, doc.source)
    return completing.suggestions(ls, Asked(doc.uri, doc.position, invoked))


def completion(ls: LlmLanguageServer, document: Document, suggestion: Suggestion, doc: Doc) -> dict[str, Any]:
    """An item of `completions`: the whole line as it comes to be, since these clients count within it.

    LSP-copilot puts `text` in place of the line, and copilot.lua takes a word from the cursor's column of `text`.
    """
    span, line = suggestion.span, document.lines[suggestion.span.start.line]
    length = content_length(line)
    whole = Span(Position(span.start.line, 0), Position(span.start.line, length))
    text = line[: span.start.column] + insertions.unix(suggestion.text) + line[span.end.column : length]
    cursor = convert.from_lsp_position(document, doc.position, ls.client.position_encoding)
    made = {
        "uuid": suggestion.id,
        "text": text,
        "displayText": text[cursor.column :],
        "range": completing.to_json_range(ls, document, whole),
        "position": to_json(doc.position),
    }
    return made if doc.version is None else {**made, "docVersion": doc.version}


def solution(
    ls: LlmLanguageServer, document: Document, suggestion: Suggestion, params: PanelParams
) -> dict[str, Any] | None:
    """The params of `PanelSolution`; `None` if it cannot be put as text to insert at the cursor.

    copilot.vim repeats what stands behind the start of `range`, and LSP-copilot inserts at the end of the line: so
    both it and `completionText` are at the cursor.
    """
    cursor = suggestion.span.start
    text = insertions.inserted(document, suggestion)
    if not text.strip():  # copilot.lua fails on one without a line
        return None
    return {
        "panelId": params.panel_id,
        "solutionId": suggestion.id,
        "completionText": text,
        "displayText": document.lines[cursor.line][: cursor.column] + text,
        "range": completing.to_json_range(ls, document, Span(cursor, cursor)),
        "score": 0,
        "docVersion": params.doc.version or 0,
    }


def model(info: ModelInfo, used: str | None) -> dict[str, Any]:
    """An item of the answer to `copilot/models`."""
    return {
        "id": info.id,
        "modelName": info.name,
        "modelFamily": info.id,
        "scopes": ["completion"],
        "default": info.id == used,
        "preview": False,
    }
