"""Opens chat documents: a new one, that of a conversation which is kept, or one that goes on from an earlier turn."""

from datetime import datetime
from pathlib import Path

import attrs

from llm_ls import errors
from llm_ls.documents import Document, Position, content_length, split_lines
from llm_ls.features import chat_branch, chat_document, hunks
from llm_ls.features.chat_document import Chat, Section
from llm_ls.features.front_matter import Front
from llm_ls.prompts import context
from llm_ls.protocol import chat_documents, chat_sending, dialogs, edits, operations, workspace_files, workspaces
from llm_ls.protocol.chat_documents import Subject
from llm_ls.protocol.language_server import LlmLanguageServer, Unanswered
from llm_ls.protocol.operations import Running
from llm_ls.store.turns import Conversation, Summary

OPENED_WITHIN_S = 5.0
LABEL = "AI: Chat"
LAST, CHOOSE = "last", "?"
QUESTION = "Which of the chats that are kept of this project should be opened?"
"""As wide as the choices: Helix (25.07) cuts them at the width of the question."""

_CHOICES = 12
_TITLE_CHARS = 44


async def begin(ls: LlmLanguageServer, question: str, model: str, subject: Subject | None, running: Running) -> None:
    """Open a new chat document; with a question, ask it.

    Raises:
        errors.LlmLsError: It cannot be written, or what it is about may not be shown.
    """
    shown = await _shown(ls, subject) if subject is not None else ""
    asked = f"{question.strip()}\n\n{shown}".strip()
    front = Front(model=model, workspace=_workspace(ls))
    if question.strip():
        text = above = chat_document.render(Chat(front, (Section("user", (asked,)),)))
    else:
        above = chat_document.render(Chat(front, ()))
        text = f"{above}\n{chat_document.written_text(shown, 'user')}\n" if shown else above
    name = workspace_files.name_of(ls, subject.document.uri) if subject is not None else ""
    path = await chat_documents.create(ls, question or name, text)
    is_open = await _open(ls, path, above)
    if question.strip():
        if is_open:
            await ls.documents.wait_for_change(path.as_uri(), None, OPENED_WITHIN_S)
        await chat_sending.send(ls, path.as_uri(), running)


async def reopen(ls: LlmLanguageServer, conversation: str) -> None:
    """Open the document of a conversation that is kept, with all that was said in it.

    Args:
        conversation: Its id, `LAST`, or `CHOOSE` to let the user choose.

    Raises:
        errors.NotFound: There is no such conversation.
        errors.StorageFailed: It cannot be read, or its document not be written.
    """
    kept = await ls.session.conversations.get(await _chosen(ls, conversation))
    path = await chat_documents.find(kept.summary.id)
    if path is None or not await _brought_up(ls, path, kept):
        workspace = str(workspace_files.path_of(kept.summary.workspace) or "") if kept.summary.workspace else ""
        front = Front(conversation=kept.summary.id, title=kept.summary.title, workspace=workspace)
        text = chat_document.render(Chat(front, tuple(map(chat_branch.section_of, kept.turns))))
        path = await chat_documents.create(ls, kept.summary.title, text)
    uri = path.as_uri()
    await _open(ls, path, (ls.document(uri) if uri in ls.documents.open_uris else await chat_documents.read(path)).text)


async def fork(ls: LlmLanguageServer, document: Document, line: int) -> None:
    """Open a new document that holds the chat up to the turn at `line`; of a question it is what is asked next.

    Raises:
        errors.InvalidRequest: There is no turn.
        errors.StorageFailed: It cannot be read or written.
    """
    chat = chat_document.parse(document.text)
    upto = sum(section.line <= line for section in chat.sections)
    if not chat.sections[:upto]:
        raise errors.InvalidRequest("there is no turn here", hint="go to the one that the fork is to end with")
    draft = (chat.sections[upto - 1],) if chat.sections[upto - 1].role == "user" else ()
    before = chat.sections[: upto - len(draft)]
    front = attrs.evolve(chat.front, conversation=await _forked(ls, chat.front.conversation, before), title="")
    text = chat_document.render(Chat(front, (*before, *draft)))
    title = chat.front.title or next((section.text for section in chat.sections), "")
    await _open(ls, await chat_documents.create(ls, title.partition("\n")[0], text), text)


async def _forked(ls: LlmLanguageServer, id: str, before: tuple[Section, ...]) -> str:
    """A copy of what is kept of these turns; empty if they are not kept as they stand."""
    said = chat_branch.without_empty(before)
    if not id or not said:
        return ""
    try:
        agreed, after = chat_branch.agreement(said, (await ls.session.conversations.get(id)).turns)
    except errors.NotFound:
        return ""
    return await ls.session.conversations.fork(id, after) if agreed == len(said) else ""


async def _brought_up(ls: LlmLanguageServer, path: Path, kept: Conversation) -> bool:
    """Add to the document what was said elsewhere since; whether it holds nothing else than is kept, and a draft."""
    uri = path.as_uri()
    document = ls.document(uri) if uri in ls.documents.open_uris else await chat_documents.read(path)
    sections = chat_document.parse(document.text).sections
    said = chat_branch.without_empty(sections)
    agreed, _ = chat_branch.agreement(said, kept.turns)
    is_draft = agreed == len(said) - 1 and said[-1].role == "user"
    if agreed < len(said) and not is_draft:
        return False
    known = sum(section.role != "summary" for section in said[:agreed])
    spoken = [turn for turn in kept.turns if turn.role != "summary"]
    if not (missing := spoken[known:]):
        return True
    cut = sections[-1].line if sections and sections[-1].role == "user" else len(document.lines)
    above = "".join(document.lines[:cut]).rstrip()
    added = [_turn(chat_branch.section_of(turn)) for turn in missing]
    text = "\n\n".join((above, *added)) + "\n\n" + ("".join(document.lines[cut:]) or chat_document.NEXT)
    if uri not in ls.documents.open_uris:
        await chat_documents.write(path, text)
        return True
    return await edits.apply(ls, document, hunks.diff(document, text), LABEL, confirm=False)


def _workspace(ls: LlmLanguageServer) -> str:
    return str(workspace_files.path_of(workspace_files.place(ls)) or "")


def _turn(section: Section) -> str:
    body = chat_document.body(section.role, section.pieces).rstrip("\n")
    return f"{chat_document.HEADINGS[section.role]}\n\n{body}"


async def _chosen(ls: LlmLanguageServer, conversation: str) -> str:
    if conversation not in (LAST, CHOOSE):
        return conversation
    places = [folder.as_uri() for folder in workspace_files.folders(ls)] or [""]
    found = await ls.session.conversations.list(places, limit=1 if conversation == LAST else _CHOICES)
    if not found:
        raise errors.NotFound("no conversation is kept of this project", hint="begin one with `llm-ls.chat`")
    if conversation == LAST:
        return found[0].id
    titles = {_titled(summary): summary.id for summary in found}
    try:
        title = await dialogs.choose(ls, QUESTION, tuple(titles))
    except Unanswered as error:
        raise errors.InvalidRequest(
            "nobody has chosen a chat", hint=f'name one in the argument: `{{"conversation": "{found[0].id}"}}`'
        ) from error
    if title is None:
        raise operations.Dismissed
    return titles[title]


def _titled(summary: Summary) -> str:
    return f"{summary.title[:_TITLE_CHARS]} ({datetime.fromtimestamp(summary.updated_at):%Y-%m-%d %H:%M:%S})"


async def _shown(ls: LlmLanguageServer, subject: Subject) -> str:
    """What the chat is about, as the user sees it and may change it: a mention, or a quotation where none will do.

    Raises:
        errors.InvalidRequest: It may not be shown to a model.
    """
    document, span = subject.document, subject.span
    path = workspace_files.path_of(document.uri) if document.uri.startswith("file:") else None
    workspace = workspaces.of(ls)
    inside = path is not None and any(path.is_relative_to(folder) for folder in workspace.folders)
    if path is not None and inside:
        name = workspace.name_of(await workspace.path(str(path)))
    else:
        await workspace_files.refuse_excluded(ls, document.uri)
        name = workspace_files.name_of(ls, document.uri)
    first, last = span.start.line + 1, max(span.start.line, span.end.line - (span.end.column == 0)) + 1
    if inside and span.empty:
        return _mention(name)
    if inside and span.start.column == 0 and _ends_a_line(document, span.end):
        return f"{_mention(name)}:{first}-{last}"
    quoted = document.slice(document.whole if span.empty else span)
    fence = context.fence_for(quoted)
    where = "" if span.empty else f", lines {first} to {last}" if last > first else f", line {first}"
    end = "" if quoted.endswith(("\n", "\r")) else "\n"
    return f"{name}{where}:\n{fence}{document.language_id}\n{quoted}{end}{fence}"


def _mention(name: str) -> str:
    return f'@"{name}"' if any(sign in name for sign in " \t'`<>|:") else f"@{name}"


def _ends_a_line(document: Document, end: Position) -> bool:
    return end.column in (0, content_length(document.lines[end.line]))


async def _open(ls: LlmLanguageServer, path: Path, text: str) -> bool:
    """Have the client show the document, at the end of `text` in it; else say where it is. Whether it was shown."""
    last = max(0, len(split_lines(text)) - 2)
    if await dialogs.open_document(ls, path.as_uri(), last):
        return True
    dialogs.say(ls, f"llm-ls: the chat is in {path}.")
    return False
