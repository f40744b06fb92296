"""The server's own tools, as the settings and the client's workspace have them."""

from collections.abc import Collection

from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.tools.tool import Tool


async def tools(ls: LlmLanguageServer, names: Collection[str] | None = None) -> tuple[Tool, ...]:
    """What a model may call, each still to be allowed by the user (`consent`).

    Args:
        names: Only these; `None` is all.
    """
    return ()
