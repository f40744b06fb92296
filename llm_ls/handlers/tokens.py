"""`llm-ls/countTokens`: how long a question would be for a model, and what reading it costs. The model is not asked."""

from typing import Any

from llm_ls import messages
from llm_ls.features import chat
from llm_ls.models import ModelRequest
from llm_ls.protocol import chat_params, ext
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.providers import catalog
from llm_ls.wire import to_json


def register(server: LlmLanguageServer) -> None:
    @server.feature(ext.COUNT_TOKENS)
    async def on_count_tokens(ls: LlmLanguageServer, params: ext.CountTokensParams) -> dict[str, Any]:
        request = await _request(ls, params)
        model = await ls.session.model_for("chat", params.model)
        count = await ls.session.registry.count_tokens(model.name, request)
        known = ls.session.registry.known(model.name)
        return to_json(
            ext.TokenCountResult(
                tokens=count.tokens,
                exact=count.exact,
                model=model.name,
                context_window=known.context_window if known else None,
                cost_usd=catalog.cost_of(known, messages.Usage(input_tokens=count.tokens)) if known else None,
            )
        )


async def _request(ls: LlmLanguageServer, params: ext.CountTokensParams) -> ModelRequest:
    """What `llm-ls/chat` would ask, or a bare text with nothing added."""
    if params.text is not None:
        return ModelRequest((messages.user(params.text),))
    if params.messages is None:
        from llm_ls.protocol import questions  # with all that tools and kept conversations need

        return (await questions.prepared(ls, params)).request
    return chat.request(await chat_params.to_question(ls, params))
