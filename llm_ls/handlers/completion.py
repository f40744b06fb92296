"""`textDocument/completion`: suggestions in the menu of a client without ghost text, if the user wants them there."""

import contextlib
from typing import Any

from lsprotocol import types

from llm_ls.protocol import completing, completion_items
from llm_ls.protocol.completing import Asked
from llm_ls.protocol.errors import Superseded
from llm_ls.protocol.language_server import LlmLanguageServer


def register(server: LlmLanguageServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_COMPLETION)
    def on_completion(ls: LlmLanguageServer, params: types.CompletionParams) -> dict[str, Any]:
        """Answered from memory, since clients wait for all servers before they show anything (sublimelsp/LSP#2520)."""
        if not completion_items.wanted(ls):
            return {"isIncomplete": False, "items": []}
        asked = Asked(params.text_document.uri, params.position)
        kept = completing.kept(ls, asked)
        if kept is None:
            ls.spawn(_ask(completing.suggestions(ls, asked)), name="suggestions for the menu")
        document, made = kept or (None, ())
        items = [completion_items.to_item(ls, document, one) for one in made] if document else []
        return {"isIncomplete": True, "items": items}


async def _ask(pending: completing.Pending) -> None:
    """Ask now for what the client will ask for again with the next key."""
    with contextlib.suppress(Superseded):
        await pending
