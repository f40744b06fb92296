"""What llm-ls says to an MCP server and hears of it, in the SDK's words: all that needs the SDK, imported on first use.

Sampling and elicitation are not offered. Nothing that a server says is run, and nothing of it is believed: results
are not held against the schemas that it gives, which could keep us busy for ever.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Literal

import anyio
import mcp_types as types
from mcp.client import Client, ClientRequestContext, IncomingMessage
from mcp.client._transport import TransportStreams  # pyright: ignore[reportPrivateUsage]  # what `Client` takes
from mcp.client.subscriptions import SubscriptionLost
from mcp.shared.exceptions import MCPError
from pydantic import TypeAdapter

from llm_ls import __version__, errors
from llm_ls.models import ToolDefinition
from llm_ls.tools.mcp import results
from llm_ls.tools.mcp.offered import MOST_TOOLS, Listing, Offered
from llm_ls.tools.tool import Input

MOST_SCHEMA = 32_768
"""Characters of JSON; what is longer is no tool that a model could be told of."""
_MOST_PAGES = 100
_RELISTEN_S = 1.0
_ANSWER: TypeAdapter[types.CallToolResult | types.InputRequiredResult] = TypeAdapter(
    types.CallToolResult | types.InputRequiredResult
)

logger = logging.getLogger(__name__)
for _name in ("mcp", "client"):  # they log what servers send
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class Speaker:
    """A server that is connected."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def tools(self) -> Listing:
        """What it offers, as far as a model can be told of it."""
        found: dict[str, Offered] = {}
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            page = await self._client.session.list_tools(params=types.PaginatedRequestParams(cursor=cursor))
            for tool in page.tools:
                if (offered := _offered(tool)) is not None:
                    found.setdefault(tool.name, offered)
            cursor = page.next_cursor
            if cursor is None or len(found) > MOST_TOOLS:
                break
        return Listing(tuple(found.values())[:MOST_TOOLS], len(found) <= MOST_TOOLS and cursor is None)

    async def call(self, tool: str, given: Input) -> str:
        """The answer to a call. Cancelling this cancels the call on the wire.

        Raises:
            errors.InvalidRequest: The tool has failed.
            errors.Unsupported: It wants what is not offered.
            Exception: As the SDK has it.
        """
        request = types.CallToolRequest(params=types.CallToolRequestParams(name=tool, arguments=dict(given)))
        result = await self._client.session.send_request(request, _ANSWER)
        if isinstance(result, types.InputRequiredResult):
            raise errors.Unsupported("the tool wants to ask the user for more, which it cannot here")
        if result.is_error:
            raise errors.InvalidRequest(results.text(result) or "the tool failed and does not say why")
        return results.text(result)

    async def tell_of_folders(self) -> None:
        """Say that the folders of the workspace have changed; only the protocol up to 2025 knows of it."""
        if self._client.session.initialize_result is not None:
            await self._client.session.send_notification(types.RootsListChangedNotification())


@contextlib.asynccontextmanager
async def connected(
    streams: AbstractAsyncContextManager[TransportStreams],
    handshake: Literal["auto", "legacy"],
    folders: Callable[[], Sequence[Path]],
    changed: Callable[[], object],
) -> AsyncGenerator[Speaker]:
    """Connect over `streams`.

    Args:
        handshake: `auto` asks first whether the server needs none, as by the protocol from 2026 on.
        folders: Of the workspace.
        changed: Is called when the list of tools has changed.
    """

    async def roots(context: ClientRequestContext) -> types.ListRootsResult:  # noqa: ARG001  # the SDK's name of it
        found = [{"uri": folder.as_uri(), "name": folder.name} for folder in folders()]
        return types.ListRootsResult.model_validate({"roots": found})

    async def heard(message: IncomingMessage) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            changed()

    client = Client(
        streams,
        mode=handshake,
        list_roots_callback=roots,
        message_handler=heard,
        client_info=types.Implementation(name="llm-ls", version=__version__),
        cache=None,
    )
    async with client, anyio.create_task_group() as listening:
        if client.session.discover_result is not None:
            listening.start_soon(_listen, client, changed)
        try:
            yield Speaker(client)
        finally:
            listening.cancel_scope.cancel()


async def _listen(client: Client, changed: Callable[[], object]) -> None:
    """Hear of changes, as by the protocol from 2026 on, if the server tells of them."""
    tools = client.server_capabilities.tools
    while tools is not None and tools.list_changed:
        try:
            async with client.listen(tools_list_changed=True) as events:
                async for _ in events:
                    changed()
            return
        except SubscriptionLost:
            changed()
            await asyncio.sleep(_RELISTEN_S)
        except (MCPError, TimeoutError):
            return


def _offered(tool: types.Tool) -> Offered | None:
    schema = {"type": "object", **tool.input_schema}
    if schema["type"] != "object" or len(json.dumps(schema)) > MOST_SCHEMA or not tool.name:
        logger.debug("left out a tool of an MCP server that no model could be told of")
        return None
    described = tool.description or tool.title or ""
    return Offered(tool.name, ToolDefinition(tool.name, described, schema))
