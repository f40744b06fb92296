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
        asked = Asked(params.text_document.uri, params.position)
        if completion_items.wanted(ls) and (kept := completing.kept(ls, asked)) is not None:
            document, made = kept
            return {"isIncomplete": True, "items": [completion_items.to_item(ls, document, one) for one in made]}
        may_come = completion_items.wanted(ls) or not ls.session.configured.is_set()
        if may_come:
            ls.spawn(_ask(ls, asked), name="suggestions for the menu")
        return {"isIncomplete": may_come, "items": []}


async def _ask(ls: LlmLanguageServer, asked: Asked) -> None:
    """Ask now for what the client will ask for again with the next key."""
    await ls.session.ready()
    if completion_items.wanted(ls):
        with contextlib.suppress(Superseded):
            await completing.suggestions(ls, asked)
