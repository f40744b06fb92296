"""`textDocument/completion`: mentions in chat documents; elsewhere suggestions, without ghost text and if wanted."""

import contextlib
from collections.abc import Coroutine
from typing import Any

from lsprotocol import types

from llm_ls import errors
from llm_ls.documents import Document
from llm_ls.protocol import chat_documents, completing, completion_items
from llm_ls.protocol.completing import Asked
from llm_ls.protocol.errors import Superseded
from llm_ls.protocol.language_server import LlmLanguageServer


def register(server: LlmLanguageServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_COMPLETION)
    def on_completion(
        ls: LlmLanguageServer, params: types.CompletionParams
    ) -> dict[str, Any] | Coroutine[Any, Any, dict[str, Any]]:
        """Answered from memory, since clients wait for all servers before they show anything (sublimelsp/LSP#2520)."""
        if (document := _chat(ls, params.text_document.uri)) is not None:
            from llm_ls.protocol import chat_completion  # with the first chat

            return chat_completion.items(ls, document, params.position)
        asked = Asked(params.text_document.uri, params.position)
        if completion_items.wanted(ls) and (kept := completing.kept(ls, asked)) is not None:
            document, made = kept
            return {"isIncomplete": True, "items": [completion_items.to_item(ls, document, one) for one in made]}
        may_come = completion_items.wanted(ls) or not ls.session.configured.is_set()
        if may_come:
            ls.spawn(_ask(ls, asked), name="suggestions for the menu")
        return {"isIncomplete": may_come, "items": []}


def _chat(ls: LlmLanguageServer, uri: str) -> Document | None:
    with contextlib.suppress(errors.NotFound):
        document = ls.document(uri)
        return document if chat_documents.is_completed(document) else None
    return None


async def _ask(ls: LlmLanguageServer, asked: Asked) -> None:
    """Ask now for what the client will ask for again with the next key."""
    await ls.session.ready()
    if completion_items.wanted(ls):
        with contextlib.suppress(Superseded):
            await completing.suggestions(ls, asked)
