"""`llm-ls/listTools` and `llm-ls/callTool`: the server's own tools, for a client that lets its own models call them.

What they need is imported with the first of them.
"""

from collections.abc import Callable
from typing import Any

from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.wire import to_json

LIST = "llm-ls/listTools"
CALL = "llm-ls/callTool"


def _requests():  # noqa: ANN202 - a module has no type that names it
    from llm_ls.protocol import tool_calls

    return tool_calls


PARAMS: dict[str, Callable[[], type]] = {
    LIST: lambda: _requests().ListToolsParams,
    CALL: lambda: _requests().CallToolParams,
}


def register(server: LlmLanguageServer) -> None:
    @server.feature(LIST)
    async def on_list(ls: LlmLanguageServer, params: Any) -> list[dict[str, Any]]:
        return [to_json(tool) for tool in await _requests().listed(ls)]

    @server.feature(CALL)
    async def on_call(ls: LlmLanguageServer, params: Any) -> dict[str, Any]:
        return to_json(await _requests().called(ls, params))
