"""`llm-ls.chat` and `llm-ls.chat.send`: chat in any editor, as a Markdown document. What it needs is imported then."""

from typing import Any

from lsprotocol import types

from llm_ls import errors
from llm_ls.documents import Document, Position, Span
from llm_ls.protocol import chat_documents, convert, dialogs, operations
from llm_ls.protocol.chat_documents import Subject
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.protocol.operations import Running
from llm_ls.session import Focus
from llm_ls.wire import from_json

TITLE = "Chat"
NOWHERE = Span(Position(0, 0), Position(0, 0))


def register(server: LlmLanguageServer) -> None:
    @server.command("llm-ls.chat")
    def on_chat(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        from llm_ls.protocol import chat_opening, ext_chat_documents

        given = from_json(argument, ext_chat_documents.ChatArguments, "arguments[0]")
        subject = None
        try:
            if given.uri is not None:  # now: the next message may change the text
                subject = _subject(ls, ls.document(given.uri), given.range)
        except errors.NotFound as error:
            dialogs.say_error(ls, error)
            return {}

        async def run(running: Running) -> None:
            if given.conversation is not None:
                await chat_opening.reopen(ls, given.conversation)
            elif subject is not None and chat_documents.is_chat(subject.document):
                await chat_opening.fork(ls, subject.document, subject.span.start.line)
            else:
                await chat_opening.begin(ls, given.question, given.model or "", subject, running)

        return operations.start(ls, TITLE, run, ls.work_done_token)

    @server.command("llm-ls.chat.send")
    def on_send(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        from llm_ls.protocol import ext_chat_documents

        given = from_json(argument, ext_chat_documents.SendArguments, "arguments[0]")
        uri = given.uri or next(filter(None, (_chat(ls, uri) for uri in ls.documents.open_uris)), None)
        if uri is None:
            dialogs.say_error(ls, errors.NotFound("no chat is open", hint="begin one with `llm-ls.chat`"))
            return {}

        async def run(running: Running) -> None:
            from llm_ls.protocol import chat_sending

            await chat_sending.send(ls, uri, running, again=given.again)

        return operations.start(ls, TITLE, run, ls.work_done_token)


def _subject(ls: LlmLanguageServer, document: Document, where: types.Range | None) -> Subject:
    """What a chat is to be about; the user is there, unless it is a chat itself."""
    if where is None:
        return Subject(document, NOWHERE)
    span = convert.from_lsp_selection(document, where, ls.client.position_encoding)
    if not chat_documents.is_chat(document):
        ls.session.focus = Focus(document.uri, span)
    return Subject(document, span)


def _chat(ls: LlmLanguageServer, uri: str) -> str | None:
    return uri if chat_documents.is_chat(ls.document(uri)) else None
