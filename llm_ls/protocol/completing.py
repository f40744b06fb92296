"""Suggestions for a place in a document, however a client asks for them: in LSP's words or in another server's."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import attrs
from lsprotocol import types

from llm_ls import errors
from llm_ls.documents import Document, Position, Span
from llm_ls.features import gaps, inline_completion
from llm_ls.features.answered_gaps import Answer
from llm_ls.features.suggestions import Suggestion
from llm_ls.prompts import context, infill
from llm_ls.protocol import convert, dialogs, status, workspace_files
from llm_ls.protocol.errors import Superseded
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.wire import to_json

ACCEPT = "llm-ls.acceptCompletion"


@attrs.frozen
class Asked:
    """What a client asks for.

    Attributes:
        invoked: Whether the user has asked for it, and for several; else they have only typed.
        selected: The item that is selected in the client's menu: what it replaces, and its text.
    """

    uri: str
    position: types.Position
    invoked: bool = False
    selected: tuple[types.Range, str] | None = None


Pending = Coroutine[Any, Any, tuple[Document, tuple[Suggestion, ...]]]


def suggestions(ls: LlmLanguageServer, asked: Asked) -> Pending:
    """The suggestions, and the document that their spans count in; it is empty if it is not open.

    The document is taken at once, before the coroutine runs: a handler calls this before it waits for anything, since
    the position is one in the text that the client had when it sent the request.

    What the user has not asked for fails quietly: there is no suggestion, and the user is told why once.

    Raises:
        Superseded: There is a newer request for that document, or it has changed meanwhile.
        errors.LlmLsError: The user has asked, and nobody could answer.
    """
    try:
        document = ls.document(asked.uri)
    except errors.NotFound:
        document = Document(asked.uri, "", None, ("",))
    ls.documents.touch(asked.uri)
    return _answered(ls, document, asked)


def to_item(ls: LlmLanguageServer, document: Document, suggestion: Suggestion) -> dict[str, Any]:
    """LSP's `InlineCompletionItem`: plain text, always with a range (Neovim 0.12 breaks without)."""
    return {
        "insertText": suggestion.text,
        "range": to_json_range(ls, document, suggestion.span),
        "command": {"title": "Accept", "command": ACCEPT, "arguments": [suggestion.id]},
    }


def to_json_range(ls: LlmLanguageServer, document: Document, span: Span) -> dict[str, Any]:
    """`span` as the client counts."""
    return to_json(convert.to_lsp_range(document, span, ls.client.position_encoding))


async def _answered(ls: LlmLanguageServer, document: Document, asked: Asked) -> tuple[Document, tuple[Suggestion, ...]]:
    if document.version is None or not _wanted(ls, document):
        return document, ()
    with ls.newest.only(asked.uri):
        try:
            return document, await _suggestions(ls, document, asked)
        except errors.LlmLsError as error:
            ls.session.failed(error)
            status.tell(ls)
            is_news = ls.session.pace.failed(error, time.monotonic())
            if asked.invoked:
                raise
            if is_news:
                dialogs.say_error(ls, error)
            return document, ()


def _wanted(ls: LlmLanguageServer, document: Document) -> bool:
    settings = ls.session.settings
    inline = settings.inline_completion
    excluded = context.excluded(workspace_files.name_of(ls, document.uri), settings.context.exclude)
    return inline.enabled and document.language_id not in inline.disabled_languages and not excluded


async def _suggestions(ls: LlmLanguageServer, document: Document, asked: Asked) -> tuple[Suggestion, ...]:
    session, encoding = ls.session, ls.client.position_encoding
    position = convert.from_lsp_position(document, asked.position, encoding)
    seen, place, menu = document, position, None
    if asked.selected is not None:
        where, text = asked.selected
        span = convert.from_lsp_range(document, where, encoding)
        if span.start.line == span.end.line and "\n" not in text:
            menu = Span(span.start, max(span.end, position) if position.line == span.end.line else span.end), text
            seen, place = inline_completion.with_selected(document, *menu)
    if not asked.invoked:
        session.pace.typed(time.monotonic())
    answer = session.answered.along(seen, place, several=asked.invoked)
    if answer is None:
        answer = await _ask(ls, document.version, seen, place, asked)
    if answer is None:
        return ()
    made = inline_completion.fitting(answer)
    for one in made:
        session.suggestions.offered(one.id, one.model, len(one.text))
    return made if menu is None else tuple(_after_selected(one, *menu) for one in made)


def _after_selected(one: Suggestion, span: Span, text: str) -> Suggestion:
    """A suggestion for the text with the menu's item, as one for the text without it."""
    replaced = one.span.end.column - one.span.start.column
    end = Position(span.end.line, span.end.column + replaced)
    return attrs.evolve(one, span=Span(span.start, end), text=text + one.text)


async def _ask(
    ls: LlmLanguageServer, version: int | None, document: Document, position: Position, asked: Asked
) -> Answer | None:
    """What a model says, once the typing rests; `None` if it is not asked."""
    session, gap = ls.session, gaps.at(document, position)
    if not asked.invoked:
        if gap.inside_word or session.pace.rests(time.monotonic()):
            return None
        await asyncio.sleep(session.pace.wait_s(session.settings.inline_completion.debounce_ms / 1000))
        if not _is_current(ls, asked.uri, version):
            raise Superseded
    await workspace_files.refuse_excluded(ls, asked.uri)
    model = await session.infill_model_for()
    known = session.registry.known(model.name)
    request = infill.infill(
        document,
        position,
        workspace_files.name_of(ls, document.uri),
        context_tokens=_context_tokens(known.context_window if known else None),
        max_tokens=session.settings.inline_completion.max_tokens,
        stop=("\n",) if gap.inside_line else (),
    )
    texts = await inline_completion.texts(model, request, gap, several=asked.invoked)
    session.succeeded(model.name.partition("/")[0])
    session.pace.succeeded()
    numbered = tuple((session.new_id("suggestion"), text) for text in texts)
    answer = Answer(document, position, numbered, model.name, asked.invoked)
    session.answered.keep(answer)
    return answer


def _is_current(ls: LlmLanguageServer, uri: str, version: int | None) -> bool:
    try:
        return ls.document(uri).version == version
    except errors.NotFound:  # closed meanwhile
        return False


def _context_tokens(window: int | None) -> int:
    """A part of what the model can read, and not more than helps."""
    return infill.CONTEXT_TOKENS if window is None else min(infill.CONTEXT_TOKENS, window // 2)
