"""Suggestions for a place in a document, however a client asks for them: in LSP's words or in another server's."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from typing import Any

import attrs
from lsprotocol import types

from llm_ls import errors
from llm_ls.documents import Document, Position, Span
from llm_ls.features import gaps, inline_completion
from llm_ls.features.answered_gaps import Answer
from llm_ls.features.suggestions import Suggestion
from llm_ls.prompts import infill
from llm_ls.protocol import chat_documents, convert, dialogs, ext, neighbouring, status, workspace_files
from llm_ls.protocol.errors import Superseded
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.wire import from_json, to_json
from llm_ls.workspace import exclusion

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


Made = tuple[Document, tuple[Suggestion, ...]]


@attrs.frozen(eq=False)
class Pending:
    """Suggestions that are asked for once this is awaited; it need not be."""

    ask: Callable[[], Coroutine[Any, Any, Made]]

    def __await__(self) -> Generator[Any, Any, Made]:
        return self.ask().__await__()


def suggestions(ls: LlmLanguageServer, asked: Asked) -> Pending:
    """The suggestions, and the document that their spans count in; it is empty if it is not open.

    The document is taken at once, not when it is awaited: a handler calls this before it waits for anything, since
    the position is one in the text that the client had when it sent the request.

    What the user has not asked for fails quietly: there is no suggestion, and the user is told why once.

    Raises:
        Superseded: There is a newer request for that document, or it has changed meanwhile.
        errors.LlmLsError: The user has asked, and nobody could answer.
    """
    ls.documents.touch(asked.uri)
    return Pending(partial(_suggestions, ls, _document(ls, asked.uri), asked))


def kept(ls: LlmLanguageServer, asked: Asked) -> tuple[Document, tuple[Suggestion, ...]] | None:
    """What can be suggested without asking a model; `None`: one must be asked."""
    ls.documents.touch(asked.uri)
    document = _document(ls, asked.uri)
    if not _wanted(ls, document):
        return document, ()
    place = _place(ls, document, asked)
    answer = ls.session.answered.along(place.document, place.position, several=asked.invoked)
    return None if answer is None else (document, _offered(ls, place, answer))


def to_item(ls: LlmLanguageServer, document: Document, suggestion: Suggestion) -> dict[str, Any]:
    """LSP's `InlineCompletionItem`: plain text, always with a range (Neovim 0.12 breaks without)."""
    return {
        "insertText": suggestion.text,
        "range": to_json_range(ls, document, suggestion.span),
        "command": {"title": "Accept", "command": ACCEPT, "arguments": [suggestion.id]},
    }


def suggestion_id(argument: Any) -> str:
    """The suggestion that a command is about.

    Raises:
        Malformed: It names none.
    """
    return from_json(argument, ext.SuggestionArguments, "arguments[0]").id


def to_json_range(ls: LlmLanguageServer, document: Document, span: Span) -> dict[str, Any]:
    """`span` as the client counts."""
    return to_json(convert.to_lsp_range(document, span, ls.client.position_encoding))


@attrs.frozen
class _Place:
    """Where a suggestion is wanted.

    Attributes:
        document: As it would be with the item that is selected in the client's menu.
        position: After that item.
        selected: The item: what it replaces, and its text; `None` if there is none.
    """

    document: Document
    position: Position
    selected: tuple[Span, str] | None = None


def _document(ls: LlmLanguageServer, uri: str) -> Document:
    try:
        return ls.document(uri)
    except errors.NotFound:
        return Document(uri, "", None, ("",))


def _wanted(ls: LlmLanguageServer, document: Document) -> bool:
    settings = ls.session.settings
    inline = settings.inline_completion
    if not inline.enabled or document.language_id in inline.disabled_languages:
        return False
    if document.version is None and not any(document.lines):
        return False
    if chat_documents.is_completed(document):  # a question is the user's own, and each pause would cost
        return False
    return not exclusion.excluded(workspace_files.name_of(ls, document.uri), settings.context.exclude)


def _place(ls: LlmLanguageServer, document: Document, asked: Asked) -> _Place:
    encoding = ls.client.position_encoding
    position = convert.from_lsp_position(document, asked.position, encoding)
    if asked.selected is not None:
        where, text = asked.selected
        span = convert.from_lsp_range(document, where, encoding)
        if span.start.line == span.end.line == position.line and "\n" not in text:
            selected = Span(span.start, max(span.end, position)), text
            return _Place(*inline_completion.with_selected(document, *selected), selected)
    return _Place(document, position)


def _offered(ls: LlmLanguageServer, place: _Place, answer: Answer) -> tuple[Suggestion, ...]:
    """The suggestions of an answer, for the text without the menu's item."""
    made = inline_completion.fitting(answer)
    for one in made:
        ls.session.suggestions.offered(one.id, one.model, len(one.text))
    if place.selected is None:
        return made
    span, text = place.selected
    return tuple(
        attrs.evolve(one, span=inline_completion.widened(one.span, span), text=text + one.text) for one in made
    )


async def _suggestions(
    ls: LlmLanguageServer, document: Document, asked: Asked
) -> tuple[Document, tuple[Suggestion, ...]]:
    session = ls.session
    with ls.newest.only(asked.uri) as turn:
        await session.ready()
        if not _wanted(ls, document):
            return document, ()
        place = _place(ls, document, asked)
        if not asked.invoked:
            session.pace.typed(time.monotonic())
        try:
            answer = await _answer(ls, place, asked)
        except asyncio.CancelledError:
            if not turn.superseded:
                _left(ls, place, asked)
            raise
        except errors.LlmLsError as error:
            _failed(ls, error, asked)
            return document, ()
        return document, _offered(ls, place, answer) if answer else ()


def _failed(ls: LlmLanguageServer, error: errors.LlmLsError, asked: Asked) -> None:
    """Never a message for each key: what nobody has asked for is told once, and then shown as the status."""
    ls.session.failed(error)
    status.tell(ls)
    is_news = ls.session.pace.failed(error, time.monotonic())
    if asked.invoked:
        raise error
    # Who has not set up anything yet is not met by it on the first key where the status is in sight.
    is_in_sight = ls.client.status and not ls.client.waits_for_enter and isinstance(error, errors.MissingCredentials)
    if is_news and not is_in_sight:
        dialogs.say_in_passing(ls, "No suggestions", error)


async def _answer(ls: LlmLanguageServer, place: _Place, asked: Asked) -> Answer | None:
    """What a model has said, is saying, or will say; `None` if it is not asked."""
    session = ls.session
    question = session.underway.agreeing(place.document, place.position)
    answer = session.answered.along(place.document, place.position, several=asked.invoked)
    if answer is None and asked.invoked:
        session.underway.drop(place.document.uri)
        return await _ask(ls, place, asked)
    if answer is None and question is not None:
        await question.settled(place.document, place.position)
        answer = session.answered.along(place.document, place.position)
    return answer or await _ask_at_rest(ls, place, asked)


async def _ask_at_rest(ls: LlmLanguageServer, place: _Place, asked: Asked) -> Answer | None:
    """What a model says, once the typing rests. It goes on saying it where a newer request agrees with it."""
    session = ls.session
    if gaps.at(place.document, place.position).inside_word or session.pace.rests(time.monotonic()):
        return None
    ls.warm("inlineCompletion")
    await asyncio.sleep(session.pace.wait_s(session.settings.inline_completion.debounce_ms / 1000))
    if _document(ls, asked.uri).version != place.document.version:
        raise Superseded

    async def ask(hear: Callable[[str], object]) -> errors.LlmLsError | None:
        try:
            await _ask(ls, place, asked, hear)
        except errors.LlmLsError as error:
            return error
        return None

    question = session.underway.begin(place.document, place.position, ask, ls.spawn)
    await question.settled(place.document, place.position)
    return session.answered.along(place.document, place.position)


async def _ask(
    ls: LlmLanguageServer, place: _Place, asked: Asked, hear: Callable[[str], object] = lambda _: None
) -> Answer | None:
    """What a model says; `None` if it must not be asked."""
    session, gap = ls.session, gaps.at(place.document, place.position)
    inline = session.settings.inline_completion
    if asked.uri not in await workspace_files.not_excluded(ls, (asked.uri,)):  # a link to what is
        return None
    model = await session.infill_model_for()
    known = session.registry.known(model.name)
    request = infill.infill(
        place.document,
        place.position,
        workspace_files.name_of(ls, asked.uri),
        await neighbouring.nearest(ls, place.document, place.position),
        context_tokens=_context_tokens(known.context_window if known else None),
        max_tokens=inline.max_tokens,
        stop=("\n",) if gap.inside_line else (),
    )
    texts = await inline_completion.texts(model, request, gap, several=asked.invoked, hear=hear)
    session.succeeded(model.name.partition("/")[0])
    session.pace.succeeded()
    numbered = tuple((session.new_id("suggestion"), text) for text in texts)
    answer = Answer(place.document, place.position, numbered, model.name, asked.invoked)
    session.answered.keep(answer)
    return answer


def _left(ls: LlmLanguageServer, place: _Place, asked: Asked) -> None:
    """The client has cancelled its request: to send a newer one, if the text has changed."""
    if _document(ls, asked.uri).version == place.document.version:
        ls.session.underway.drop(place.document.uri)
    else:
        ls.session.underway.left(place.document.uri)


def _context_tokens(window: int | None) -> int:
    """A part of what the model can read, and not more than helps."""
    return infill.CONTEXT_TOKENS if window is None else min(infill.CONTEXT_TOKENS, window // 2)
