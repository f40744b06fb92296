"""`llm-ls/preview`: exactly what a question would send. Nothing is sent."""

from typing import Any

from llm_ls.features import chat, preview
from llm_ls.protocol import chat_params, ext
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.wire import to_json


def register(server: LlmLanguageServer) -> None:
    @server.feature(ext.PREVIEW)
    async def on_preview(ls: LlmLanguageServer, params: ext.ChatParams) -> dict[str, Any]:
        request = chat.request(await chat_params.to_question(ls, params))
        model = await ls.session.model_for("chat", params.model, conversation=params.conversation_id or "")
        return to_json(ext.PreviewResult(model.name, preview.markdown(model.name, request)))
