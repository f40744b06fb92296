"""What clients ask of conversations that are kept. Imported with the first request."""

from llm_ls.features import conversation_export
from llm_ls.protocol import chat_documents, conversation_items, workspace_files
from llm_ls.protocol.ext_conversations import (
    ConversationParams,
    ConversationSummary,
    ExportedConversation,
    ForkConversationParams,
    GetConversationParams,
    ListConversationsParams,
    RenameConversationParams,
    TurnItem,
)
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.wire import Malformed


async def listed(ls: LlmLanguageServer, params: ListConversationsParams) -> list[ConversationSummary]:
    """Those of the client's folders, the newest first; of a client without, those of its projects and of none.

    Raises:
        Malformed: `limit` or `before` cannot be used.
        errors.StorageFailed: They cannot be read.
    """
    if params.limit < 1:
        raise Malformed("params.limit", "expected 1 or more")
    before = None if params.before is None else conversation_items.from_time(params.before, "params.before")
    here = [folder.as_uri() for folder in workspace_files.folders(ls)]
    if not workspace_files.named_folders(ls):
        here.append("")  # what was asked before a document has shown which project this is
    workspaces = None if params.everywhere else here
    found = await ls.session.conversations.list(workspaces, params.query, params.limit, before)
    return [conversation_items.to_summary(summary) for summary in found]


async def read(
    ls: LlmLanguageServer, params: GetConversationParams
) -> tuple[ConversationSummary, tuple[TurnItem, ...]]:
    """One with its turns.

    Raises:
        errors.NotFound: There is no such conversation or turn.
        errors.StorageFailed: It cannot be read.
    """
    onwards = params.through is not None
    found = await ls.session.conversations.get(params.id, params.through if onwards else params.upto, onwards=onwards)
    return conversation_items.to_summary(found.summary), tuple(map(conversation_items.to_turn, found.turns))


async def rename(ls: LlmLanguageServer, params: RenameConversationParams) -> ConversationSummary:
    """Give it another title.

    Raises:
        errors.InvalidRequest: The title is empty.
        errors.NotFound, errors.StorageFailed: As `read`.
    """
    await ls.session.conversations.rename(params.id, params.title)
    return await _summary(ls, params.id)


async def fork(ls: LlmLanguageServer, params: ForkConversationParams) -> ConversationSummary:
    """Copy it, or the path to one of its turns.

    Raises:
        errors.NotFound, errors.StorageFailed: As `read`.
    """
    return await _summary(ls, await ls.session.conversations.fork(params.id, params.turn_id, params.title))


async def clear(ls: LlmLanguageServer, params: ConversationParams) -> ConversationSummary:
    """Delete its turns.

    Raises:
        errors.NotFound, errors.StorageFailed: As `read`.
    """
    await ls.session.conversations.clear(params.id)
    return await _summary(ls, params.id)


async def delete(ls: LlmLanguageServer, params: ConversationParams) -> None:
    """Delete it, with the chat documents of our folder that show it.

    Raises:
        errors.NotFound, errors.StorageFailed: As `read`.
    """
    await ls.session.conversations.summary(params.id)
    await chat_documents.delete(ls, params.id)
    await ls.session.conversations.delete(params.id)


async def export(ls: LlmLanguageServer, params: ConversationParams) -> ExportedConversation:
    """As Markdown.

    Raises:
        errors.NotFound, errors.StorageFailed: As `read`.
    """
    found = await ls.session.conversations.get(params.id)
    return ExportedConversation(found.summary.title, conversation_export.markdown(found))


async def _summary(ls: LlmLanguageServer, id: str) -> ConversationSummary:
    return conversation_items.to_summary(await ls.session.conversations.summary(id))
