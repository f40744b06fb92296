"""`llm-ls/listPrompts` and `llm-ls/expandPrompt`: the library of prompts, for clients that show it themselves.

What they need is imported with the first of them.
"""

from collections.abc import Callable
from typing import Any

from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.wire import to_json

LIST = "llm-ls/listPrompts"
EXPAND = "llm-ls/expandPrompt"


def _requests():  # noqa: ANN202 - a module has no type that names it
    from llm_ls.protocol import prompt_requests

    return prompt_requests


PARAMS: dict[str, Callable[[], type]] = {
    LIST: lambda: _requests().ListPromptsParams,
    EXPAND: lambda: _requests().ExpandPromptParams,
}


def register(server: LlmLanguageServer) -> None:
    @server.feature(LIST)
    async def on_list(ls: LlmLanguageServer, params: Any) -> list[dict[str, Any]]:
        return [to_json(prompt) for prompt in await _requests().listed(ls, params)]

    @server.feature(EXPAND)
    async def on_expand(ls: LlmLanguageServer, params: Any) -> dict[str, Any]:
        return to_json(await _requests().expanded(ls, params))
