"""An MCP server made with the SDK's own classes, as a program on its standard streams or on a port of this machine.

`python -m tests.rigs.mcp_server stdio` or `http PORT`; what it notes is appended to the file `MCP_NOTES`.
"""

import asyncio
import base64
import contextlib
import json
import os
import socket
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import uvicorn
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, EmbeddedResource, ImageContent, ResourceLink, TextContent, TextResourceContents

PIXEL = base64.b64encode(b"\x89PNG....").decode()


def note(text: str) -> None:
    if path := os.environ.get("MCP_NOTES"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")


def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


def environment() -> str:
    """The names and values of the environment."""
    note(json.dumps(dict(os.environ)))
    return json.dumps(dict(os.environ))


def place() -> str:
    """The process and its folder."""
    return json.dumps({"pid": os.getpid(), "cwd": str(Path.cwd())})


async def hang() -> str:
    """Never answers."""
    note("hangs")
    try:
        await asyncio.sleep(3_600)
    finally:
        note("hangs no more")
    return ""


def die() -> str:
    """Ends the server."""
    note("dies")
    os._exit(3)


def fail() -> str:
    """Fails."""
    raise ToolError("no such issue: 7")


def mixed() -> CallToolResult:
    """Parts of all kinds."""
    return CallToolResult(
        content=[
            TextContent(text="one"),
            ImageContent(data=PIXEL, mime_type="image/png"),
            ResourceLink(name="log", uri="file:///log.txt"),
            EmbeddedResource(resource=TextResourceContents(uri="file:///a.txt", text="two")),
        ]
    )


def server() -> MCPServer:
    made = MCPServer("rig")
    for tool in (add, environment, place, hang, die, fail, mixed):
        made.add_tool(tool)

    @made.tool()
    async def grow(context: Context) -> str:
        """Adds a tool."""

        def grown() -> str:
            return "grown"

        made.add_tool(grown)
        await context.notify_tools_changed()
        return "grew"

    return made


@contextlib.asynccontextmanager
async def served(port: int = 0) -> AsyncGenerator[str]:
    """Its address over streamable HTTP, in this process."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    config = uvicorn.Config(server().streamable_http_app(), log_config=None, timeout_graceful_shutdown=1)
    running = uvicorn.Server(config)
    task = asyncio.create_task(running.serve(sockets=[listening]))
    try:
        while not running.started:  # noqa: ASYNC110  it has no event for that
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
    finally:
        running.should_exit = True
        await task
        listening.close()


if __name__ == "__main__":
    print("rig: started", file=sys.stderr, flush=True)
    server().run("stdio")
