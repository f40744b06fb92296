"""The MCP servers of a session: those that the settings name, each started when their tools are first wanted."""

import asyncio
import contextlib
import importlib.util
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from llm_ls import errors
from llm_ls.providers.network import Network
from llm_ls.settings.mcp import McpServerSettings
from llm_ls.tools.mcp import naming, offered
from llm_ls.tools.mcp.connection import Connection
from llm_ls.tools.mcp.server import Forgotten, Server
from llm_ls.tools.tool import Input, Tool

PATIENCE_S = 5.0
"""How long a question waits for servers that start; tools that come later are there at the next one."""
RETRY_PROGRAM_S = 60.0
RETRY_ADDRESS_S = 5.0
"""How long after it has failed a server is tried again, which no question waits for."""
ENDING_S = 0.28
"""How long all have to end, before what is left is killed."""


class McpServers:
    """What the servers of the settings offer."""

    def __init__(self, variables: Mapping[str, str], network: Callable[[], Network] = Network) -> None:
        """Begin without any.

        Args:
            variables: Our environment, which holds secrets.
            network: The way to servers that are asked over HTTP.
        """
        self._variables = variables
        self._network = network
        self._servers: dict[str, _Kept] = {}
        self._connections: set[Connection] = set()
        self._news: list[str] = []
        self._told: set[str] = set()

    async def tools(self, configured: Mapping[str, McpServerSettings], folders: Sequence[Path]) -> tuple[Tool, ...]:
        """All that those of them offer that have started, after `PATIENCE_S` at most.

        Args:
            configured: By name.
            folders: Of the workspace, which servers may ask for.
        """
        self.configure(configured)
        if not self._servers:
            return ()
        if importlib.util.find_spec("mcp") is None:
            self._tell("MCP servers need the package 'mcp', which is not installed. Install llm-ls[mcp].")
            return ()
        await asyncio.gather(*(kept.ready(folders) for kept in self._servers.values()))
        return self._offered()

    def configure(self, configured: Mapping[str, McpServerSettings]) -> None:
        """Go by these settings from now on: a server that is not among them as it was ends."""
        network = self._network()
        servers = {
            name: Server(name, settings, self._variables, network if settings.url else Network())
            for name, settings in configured.items()
            if not settings.disabled
        }
        for name, kept in self._servers.items():
            if servers.get(name) != kept.server:
                kept.close()
        self._servers = {
            name: self._servers[name]
            if name in self._servers and self._servers[name].server == server
            else _Kept(server, self._begin)
            for name, server in servers.items()
        }

    def problems(self) -> tuple[str, ...]:
        """What went wrong, in sentences; each is given once."""
        news, self._news = tuple(self._news), []
        return news

    async def aclose(self) -> None:
        """End all. No program is left behind, even if this is cancelled."""
        connections = tuple(self._connections)
        try:
            for connection in connections:
                connection.close()
            if connections:
                await asyncio.wait([connection.task for connection in connections], timeout=ENDING_S)
        finally:
            for connection in connections:
                connection.kill()

    def _begin(self, server: Server, folders: Sequence[Path]) -> Connection:
        connection = Connection(server, folders)
        self._connections.add(connection)
        connection.task.add_done_callback(lambda _: self._connections.discard(connection))
        return connection

    def _offered(self) -> tuple[Tool, ...]:
        """Where there are too many, those of the servers with the fewest: one that has many takes no other's place."""
        for kept in self._servers.values():
            if kept.failure is not None:
                self._tell(kept.failure.sentence)
        started = {name: kept for name, kept in self._servers.items() if kept.failure is None}
        fewest_first = sorted(started, key=lambda name: len(started[name].listing.tools))
        listed = {(name, tool.name): tool for name in fewest_first for tool in started[name].listing.tools}
        if len(listed) > offered.MOST_TOOLS or not all(kept.listing.is_whole for kept in started.values()):
            most = fewest_first[-1]
            self._tell(
                f"MCP servers offer more than {offered.MOST_TOOLS} tools, and some of {most!r} are left out. "
                "Disable those that you do not need."
            )
        named = list(naming.names(listed).items())[: offered.MOST_TOOLS]
        return tuple(offered.tool(key[0], listed[key], name, started[key[0]].call) for key, name in named)

    def _tell(self, sentence: str) -> None:
        if sentence not in self._told:
            self._told.add(sentence)
            self._news.append(sentence)


class _Kept:
    """A server and its connection, which is made when it is first wanted, and once more if it breaks.

    It has to answer a call before it is started again once more.
    """

    def __init__(self, server: Server, begin: Callable[[Server, Sequence[Path]], Connection]) -> None:
        self.server = server
        self._begin = begin
        self._connection: Connection | None = None
        self._folders: Sequence[Path] = ()
        self._began_at = 0.0
        self._may_begin_again = True

    @property
    def listing(self) -> offered.Listing:
        return offered.Listing() if self._connection is None else self._connection.listing

    @property
    def failure(self) -> errors.LlmLsError | None:
        """Why it offers nothing."""
        return None if self._connection is None else self._connection.failure

    async def ready(self, folders: Sequence[Path]) -> None:
        """Have it started, and wait for it `PATIENCE_S` from its beginning; not if it is tried after a failure."""
        self._folders = folders
        connection = self._connection
        if connection is None or self._is_to_begin_again(connection):
            connection = self._start()
        elif connection.is_over:
            pause_s = RETRY_ADDRESS_S if self.server.settings.command is None else RETRY_PROGRAM_S
            if time.monotonic() - self._began_at > pause_s:
                self._start()
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, self._began_at + PATIENCE_S - time.monotonic())):
                await connection.settled.wait()
        await connection.move(folders)

    async def call(self, tool: str, given: Input) -> str:
        """The answer to a call; over a new connection if it has broken since the last one.

        Raises:
            errors.LlmLsError: It failed.
        """
        connection = self._connection
        if connection is None or self._is_to_begin_again(connection):
            connection = self._start()
        try:
            await connection.settled.wait()
            answer = await connection.call(tool, given)
        except Forgotten:
            connection.close()
            connection = self._start()
            await connection.settled.wait()
            answer = await connection.call(tool, given)
        self._may_begin_again = True
        return answer

    def close(self) -> None:
        """Begin to end it."""
        if self._connection is not None:
            self._connection.close()

    def _is_to_begin_again(self, connection: Connection) -> bool:
        return connection.is_over and connection.has_been_ready and self._may_begin_again

    def _start(self) -> Connection:
        self._may_begin_again = self._connection is None
        self._began_at = time.monotonic()
        self._connection = self._begin(self.server, self._folders)
        return self._connection
