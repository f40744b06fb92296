"""MCP servers as settings name them, and what a model makes of their tools."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from llm_ls.settings.mcp import McpServerSettings
from llm_ls.tools.mcp.servers import McpServers
from llm_ls.tools.tool import Tool
from tests.rigs.places import REPOSITORY

PATIENCE_S = 20.0


def rig(notes: Path | None = None, **others: Any) -> McpServerSettings:
    """The SDK's own server as a program."""
    env = {"PYTHONPATH": str(REPOSITORY), **({"MCP_NOTES": str(notes)} if notes else {}), **others.pop("env", {})}
    return McpServerSettings(sys.executable, ("-m", "tests.rigs.mcp_server"), env, **others)


def hostile(way: str, notes: Path, **others: Any) -> McpServerSettings:
    """A server that is hostile in that way."""
    return McpServerSettings(sys.executable, (str(REPOSITORY / "tests/rigs/hostile_mcp.py"), way, str(notes)), **others)


class Started:
    """The servers of a session.

    Attributes:
        tools: What they offer, by name.
        told: What the user was told.
    """

    def __init__(self, configured: Mapping[str, McpServerSettings], folders: tuple[Path, ...]) -> None:
        self.servers = McpServers(os.environ)
        self.configured = dict(configured)
        self.folders = folders
        self.tools: dict[str, Tool] = {}
        self.told: tuple[str, ...] = ()

    async def ask(self) -> dict[str, Tool]:
        """What a question finds."""
        found = await self.servers.tools(self.configured, self.folders)
        self.tools = {tool.name: tool for tool in found}
        assert len(self.tools) == len(found), "two tools of one name"
        self.told += self.servers.problems()
        return self.tools

    async def call(self, name: str, **given: Any) -> str:
        return await self.tools[name].run(given)

    async def ask_until(self, holds: Callable[[], bool]) -> None:
        """Ask questions until it is so."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                await self.ask()
                await asyncio.sleep(0.05)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():  # noqa: ASYNC110  what it waits for is done by other processes
                await asyncio.sleep(0.02)


@asynccontextmanager
async def started(*folders: Path, **configured: McpServerSettings) -> AsyncGenerator[Started]:
    """Those servers, once a question has been asked."""
    made = Started(configured, folders)
    try:
        await made.ask()
        yield made
    finally:
        await made.servers.aclose()


def noted(notes: Path) -> list[str]:
    return notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []


def runs(process: int) -> bool:
    """Whether it is there, and no zombie that whoever has adopted it leaves lying about."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state.rpartition(") ")[2][0] != "Z"
