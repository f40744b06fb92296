"""The messages of an MCP server that is an address: streamable HTTP.

https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#streamable-http
"""

import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import Any

from mcp.client._transport import TransportStreams  # pyright: ignore[reportPrivateUsage]  # what the SDK's client takes
from mcp.client.streamable_http import streamable_http_client

from llm_ls.providers.http import new_client
from llm_ls.providers.network import Network
from llm_ls.settings.mcp import McpServerSettings
from llm_ls.tools.mcp.process import MOST_BYTES

_CONNECT_S = 5.0
_WRITE_S = 30.0
_SILENCE_S = 300.0
"""Of a stream on which the server says what changes."""


@contextlib.asynccontextmanager
async def streams(
    settings: McpServerSettings, network: Network, token: str | None, answered: Callable[[int], object]
) -> AsyncGenerator[TransportStreams]:
    """What it says, and where to say something.

    Args:
        settings: Of one with a `url`.
        network: The way to it.
        token: What it is sent as proof of who asks.
        answered: Is given the status of each answer.
    """

    async def note(response: Any) -> None:
        answered(response.status_code)

    # A call that was sent once is not sent again, since it may have been run.
    async with new_client(network, repeats=False, most_bytes=MOST_BYTES) as client:
        client.timeout = (_CONNECT_S, max(settings.timeout_s, _SILENCE_S), _WRITE_S, _CONNECT_S)
        client.headers.update(settings.headers)
        if token is not None:
            client.headers["Authorization"] = f"Bearer {token}"
        client.event_hooks["response"].append(note)
        async with streamable_http_client(
            settings.url or "", http_client=client, max_sse_event_size=MOST_BYTES
        ) as both:
            yield both
