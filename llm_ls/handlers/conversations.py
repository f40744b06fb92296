"""`llm-ls/listConversations` and its kin: conversations that are kept, shown and changed.

What they need is imported with the first of them.
"""

from collections.abc import Callable
from typing import Any

from llm_ls.protocol import operations
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.wire import to_json

LIST = "llm-ls/listConversations"
GET = "llm-ls/getConversation"
RENAME = "llm-ls/renameConversation"
FORK = "llm-ls/forkConversation"
CLEAR = "llm-ls/clearConversation"
DELETE = "llm-ls/deleteConversation"
EXPORT = "llm-ls/exportConversation"
COMPACT = "llm-ls/compactConversation"


def _shapes():  # noqa: ANN202 - a module has no type that names it
    from llm_ls.protocol import ext_conversations

    return ext_conversations


def _requests():  # noqa: ANN202 - as above
    from llm_ls.protocol import kept_conversations

    return kept_conversations


PARAMS: dict[str, Callable[[], type]] = {
    LIST: lambda: _shapes().ListConversationsParams,
    GET: lambda: _shapes().GetConversationParams,
    RENAME: lambda: _shapes().RenameConversationParams,
    FORK: lambda: _shapes().ForkConversationParams,
    CLEAR: lambda: _shapes().ConversationParams,
    DELETE: lambda: _shapes().ConversationParams,
    EXPORT: lambda: _shapes().ConversationParams,
    COMPACT: lambda: _shapes().CompactConversationParams,
}


def register(server: LlmLanguageServer) -> None:
    @server.feature(LIST)
    async def on_list(ls: LlmLanguageServer, params: Any) -> list[dict[str, Any]]:
        return [to_json(summary) for summary in await _requests().listed(ls, params)]

    @server.feature(GET)
    async def on_get(ls: LlmLanguageServer, params: Any) -> dict[str, Any]:
        summary, turns = await _requests().read(ls, params)
        return to_json(summary) | {"turns": [to_json(turn) for turn in turns]}

    @server.feature(RENAME)
    async def on_rename(ls: LlmLanguageServer, params: Any) -> dict[str, Any]:
        return to_json(await _requests().rename(ls, params))

    @server.feature(FORK)
    async def on_fork(ls: LlmLanguageServer, params: Any) -> dict[str, Any]:
        return to_json(await _requests().fork(ls, params))

    @server.feature(CLEAR)
    async def on_clear(ls: LlmLanguageServer, params: Any) -> dict[str, Any]:
        return to_json(await _requests().clear(ls, params))

    @server.feature(DELETE)
    async def on_delete(ls: LlmLanguageServer, params: Any) -> dict[str, Any]:
        await _requests().delete(ls, params)
        return {}

    @server.feature(EXPORT)
    async def on_export(ls: LlmLanguageServer, params: Any) -> dict[str, Any]:
        return to_json(await _requests().export(ls, params))

    @server.feature(COMPACT)
    async def on_compact(ls: LlmLanguageServer, params: Any) -> dict[str, Any]:
        from llm_ls.protocol import compacting

        async with operations.running(ls, "Sum up", params.work_done_token) as running:
            made = await compacting.compact(ls, params.id, params.model, running)
            shown = _shapes().CompactedConversation(
                made.turn_id, made.tokens_before, made.tokens_after, made.summary.model, made.summary.usage
            )
            return to_json(shown)
