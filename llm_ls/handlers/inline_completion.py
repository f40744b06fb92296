"""`textDocument/inlineCompletion` (LSP 3.18), and what becomes of its items."""

from collections.abc import Coroutine
from typing import Any

from lsprotocol import types

from llm_ls.protocol import completing
from llm_ls.protocol.completing import Asked
from llm_ls.protocol.language_server import LlmLanguageServer


def register(server: LlmLanguageServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION)
    def on_inline_completion(ls: LlmLanguageServer, params: types.InlineCompletionParams) -> Coroutine[Any, Any, Any]:
        return _items(ls, completing.suggestions(ls, _asked(params)))

    @server.command(completing.ACCEPT)
    def on_accept(ls: LlmLanguageServer, argument: Any) -> bool:
        ls.session.suggestions.accepted(completing.suggestion_id(argument))
        return True


async def _items(ls: LlmLanguageServer, pending: completing.Pending) -> dict[str, Any]:
    document, made = await pending
    return {"items": [completing.to_item(ls, document, one) for one in made]}


def _asked(params: types.InlineCompletionParams) -> Asked:
    selected = params.context.selected_completion_info
    return Asked(
        params.text_document.uri,
        params.position,
        params.context.trigger_kind is types.InlineCompletionTriggerKind.Invoked,
        (selected.range, selected.text) if selected else None,
    )
