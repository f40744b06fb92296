"""The requests of Hugging Face's llm-ls, so that its clients get their suggestions here."""

from collections.abc import Coroutine
from typing import Any

from llm_ls.protocol import completing, hugging_face
from llm_ls.protocol.completing import Asked, Pending
from llm_ls.protocol.errors import Superseded
from llm_ls.protocol.hugging_face import CompletionParams, GetCompletionsParams
from llm_ls.protocol.language_server import LlmLanguageServer


def register(server: LlmLanguageServer) -> None:
    @server.feature(hugging_face.GET_COMPLETIONS)
    def on_get_completions(ls: LlmLanguageServer, params: GetCompletionsParams) -> Coroutine[Any, Any, dict[str, Any]]:
        return _completions(completing.suggestions(ls, Asked(params.text_document.uri, params.position)))

    @server.feature(hugging_face.ACCEPT_COMPLETION)
    def on_accept(ls: LlmLanguageServer, params: CompletionParams) -> None:
        ls.session.suggestions.accepted(params.request_id)

    @server.feature(hugging_face.REJECT_COMPLETION)
    def on_reject(ls: LlmLanguageServer, params: CompletionParams) -> None:
        ls.session.suggestions.rejected(params.request_id)


async def _completions(pending: Pending) -> dict[str, Any]:
    try:
        document, made = await pending
    except Superseded:  # llm.nvim would show an error at each key
        return hugging_face.nothing()
    return hugging_face.result(document, made[0]) if made else hugging_face.nothing()
