"""The question of a chat document, sent and answered in place: the document is the truth, what is kept follows it."""

import asyncio

import attrs

from llm_ls import errors, messages
from llm_ls.documents import Document
from llm_ls.features import chat_answer, chat_branch, chat_document, chat_place
from llm_ls.features.chat_branch import Asking
from llm_ls.features.chat_document import Chat, Note, Section
from llm_ls.features.front_matter import Front
from llm_ls.features.kept_questions import title_of
from llm_ls.messages import Message, Text, Usage
from llm_ls.protocol import chat_documents, conversing, dialogs, ext, workspace_files, workspaces
from llm_ls.protocol.chat_writing import Scribe
from llm_ls.protocol.ext_context import FileContext
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.protocol.operations import Running
from llm_ls.store.conversations import titled
from llm_ls.store.turns import Conversation

_BY_SETTINGS = frozenset(("ask", "auto", "on", "all"))


async def send(ls: LlmLanguageServer, uri: str, running: Running, *, again: bool = False) -> None:
    """Ask the last question of the chat document, or with `again` the last one that has been answered.

    An answer that was cut off with its server has not answered its question.

    Raises:
        errors.LlmLsError: It cannot be asked, or not answered; the document says so too.
    """
    document = await _document(ls, uri)
    if uri in ls.session.chatting:
        raise errors.InvalidRequest("an answer is being written in this chat", hint="wait for it, or stop it")
    chat = chat_document.parse(document.text)
    number = chat_branch.question_in(chat.sections, again=again or chat_branch.is_cut_off(chat))
    ls.session.chatting.add(uri)
    place = chat_place.below(document, chat.sections, number)
    scribe = Scribe(ls, place, chat.front.title or _title(chat.sections))
    try:
        asked, unkept = await _asked(ls, chat, number, scribe)
        result = await conversing.answer(ls, asked, scribe, running, unkept)
    except errors.LlmLsError as error:
        await _end(ls, scribe, running, error)
        raise
    except BaseException:  # stopped: this task may not wait for anything any more
        ls.spawn(_end(ls, scribe, running, None), name="chat document")
        raise
    footer = chat_answer.footer(result.model, result.usage, result.stop_reason)
    # One who stops it now, while the editor is waited for, has the whole answer nevertheless.
    await asyncio.wait([ls.spawn(_finish(ls, scribe, footer), name="chat document")])


async def _finish(ls: LlmLanguageServer, scribe: Scribe, footer: Note) -> None:
    """Write the rest of a whole answer."""
    try:
        await scribe.finish(footer)
    finally:
        ls.session.chatting.discard(scribe.uri)


async def _end(ls: LlmLanguageServer, scribe: Scribe, running: Running, error: errors.LlmLsError | None) -> None:
    """Write what has come of an answer of which no more will."""
    footer = chat_answer.footer(running.operation.model, scribe.coming.usage, None, whole=False)
    try:
        if error is not None:
            await scribe.fail(error.sentence, footer)
        elif scribe.coming.pieces:
            await scribe.finish(footer)
        else:
            await scribe.fail("stopped")
    finally:
        ls.session.chatting.discard(scribe.uri)


async def _document(ls: LlmLanguageServer, uri: str) -> Document:
    """The document as the editor has it, or as it is on disk where it is one of ours.

    Raises:
        errors.NotFound: There is neither.
    """
    try:
        document = ls.document(uri)
    except errors.NotFound:
        path = workspace_files.path_of(uri)
        if path is None or not chat_documents.is_kept(uri):
            raise
        return attrs.evolve(await chat_documents.read(path), uri=uri)
    if not chat_documents.is_chat(document):
        raise errors.InvalidRequest(
            "this document is no chat", hint="begin one with `llm-ls.chat`, or write `llm-ls: chat` at its top"
        )
    return document


async def _asked(
    ls: LlmLanguageServer, chat: Chat, number: int, scribe: Scribe
) -> tuple[ext.ChatParams, conversing.Unkept | None]:
    """What is asked; and what the document has before it, where that cannot be kept: the document has it anyway."""
    try:
        return await _params(ls, chat, number, scribe), None
    except errors.StorageFailed as error:
        asking = chat_branch.asking(chat.sections[: number + 1], ())
        unkept = conversing.Unkept(tuple(map(chat_branch.turn_of, asking.earlier)), error)
        return await params(ls, chat.front, asking, ""), unkept


async def _params(ls: LlmLanguageServer, chat: Chat, number: int, scribe: Scribe) -> ext.ChatParams:
    """What is asked, once what the document has before it is kept as it stands."""
    front = chat.front
    found = await kept(ls, front.conversation)
    if front.conversation and not found:
        dialogs.say(ls, "llm-ls: the conversation of this document is deleted, or kept elsewhere; a new one begins.")
    asking = chat_branch.asking(chat.sections[: number + 1], found.turns if found else ())
    id = found.summary.id if found else ""
    if found and front.title and titled(front.title) != found.summary.title:
        await ls.session.conversations.rename(id, front.title)
    if asking.earlier:
        id = id or await ls.session.conversations.begin(workspace_files.place(ls), _title(chat.sections))
        scribe.conversation = id
        asking = attrs.evolve(asking, after=await _keep(ls, id, asking, front.model))
    return await params(ls, front, asking, id)


async def params(ls: LlmLanguageServer, front: Front, asking: Asking, id: str) -> ext.ChatParams:
    """What is asked in the conversation `id`, empty for none yet.

    Raises:
        errors.LlmLsError: What the front matter attaches may not be read, or is not there.
    """
    return ext.ChatParams(
        message=None if asking.again else asking.question,
        regenerate=asking.again,
        conversation_id=id or None,
        after=asking.after if id else None,
        model=front.model or None,
        system=front.system or None,
        context=tuple([await _attached(ls, name) for name in front.context]) if not asking.again else (),
        server_tools=_tools(front),
    )


async def kept(ls: LlmLanguageServer, id: str) -> Conversation | None:
    """What is kept of the document; nothing, if it comes from elsewhere or was deleted."""
    if not id:
        return None
    try:
        return await ls.session.conversations.get(id)
    except errors.NotFound:
        return None


async def _keep(ls: LlmLanguageServer, id: str, asking: Asking, model: str) -> str:
    """Keep the turns before the question that are not kept as they stand; the id of the last."""
    store, parent = ls.session.conversations, asking.after
    for section in asking.earlier:
        match section.role:
            case "user":
                parent = await store.ask(id, parent, messages.user(section.text))
            case "assistant":
                draft = await store.begin_answer(id, parent, model)
                said = Message("assistant", (Text(section.text),))
                await draft.end((said,), model, Usage(), "end_turn")
                parent = draft.id
            case "summary":
                parent = await store.summarise(id, parent, section.text, model, Usage())
    return parent


async def _attached(ls: LlmLanguageServer, name: str) -> FileContext:
    """A file that the front matter names.

    Raises:
        errors.NotFound: There is none of that name.
        errors.InvalidRequest: It may not be read.
    """
    return FileContext((await workspaces.of(ls).path(name)).as_uri())


def _tools(front: Front) -> tuple[str, ...] | None:
    named = tuple(name.strip() for name in front.tools.split(",") if name.strip())
    if not named or any(name in _BY_SETTINGS for name in named):
        return None
    return () if named in (("off",), ("none",), ("false",)) else named


def _title(sections: tuple[Section, ...]) -> str:
    return title_of(next((section.text for section in sections if section.role == "user" and section.text), ""))
