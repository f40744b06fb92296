"""One MCP server, connected to from its start to its end by a task of its own, which others ask for calls."""

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Literal

from llm_ls import errors
from llm_ls.tools.mcp.offered import Listing
from llm_ls.tools.mcp.process import Child, start
from llm_ls.tools.mcp.server import Server
from llm_ls.tools.tool import Input

_MOMENT_S = 0.1
_RELIST_PAUSE_S = 1.0
"""A server that changes its list all the time is asked for it no more often."""

logger = logging.getLogger(__name__)


class Connection:
    """The connection of one server, which begins at once. It ends with the server, or after `close`.

    Attributes:
        task: Done when it has ended.
        has_been_ready: Whether the server has started.
        settled: Set once it has started, or has failed to.
        listing: What the server offers, as last listed.
        failure: Why there is no connection (any more); `None` as long as it starts or lasts.
        folders: Of the workspace, for a server that asks.
    """

    def __init__(self, server: Server, folders: Sequence[Path]) -> None:
        self.server = server
        self.settled = asyncio.Event()
        self.listing = Listing()
        self.failure: errors.LlmLsError | None = None
        self.folders = tuple(folders)
        self._speaker = None
        self._child: Child | None = None
        self._status = 0
        self._stirred = asyncio.Event()
        self._calls: set[asyncio.Task[str]] = set()
        self._secrets = server.secrets()
        self.has_been_ready = False
        self.task = asyncio.create_task(self._run(), name=f"MCP server {server.name}")

    @property
    def is_over(self) -> bool:
        """Whether it has ended, or is about to since the program has."""
        return self.task.done() or (self.has_been_ready and self._child is not None and self._child.has_finished)

    async def call(self, tool: str, given: Input) -> str:
        """The answer of the server to a call of `tool`. Cancelling this cancels the call on the wire.

        Raises:
            Forgotten: The call was not run, and may be made again over another connection.
            errors.LlmLsError: It failed.
        """
        if self._speaker is None or self.is_over:
            raise self.failure or self._ended()
        task = asyncio.create_task(self._speaker.call(tool, given), name=f"MCP tool {tool}")
        self._calls.add(task)
        task.add_done_callback(self._called)
        limit_s = self.server.settings.timeout_s
        try:
            async with asyncio.timeout(limit_s):
                return await asyncio.shield(task)
        except errors.LlmLsError:
            raise
        except TimeoutError:
            raise errors.TimedOut(
                f"the MCP server {self.server.name!r} did not answer within {limit_s:g} s",
                hint=f"raise mcpServers.{self.server.name}.timeoutS, or ask for less",
            ) from None
        except Exception as failure:  # whatever the SDK raises
            from llm_ls.tools.mcp import failures

            explained = failures.of_call(self.server, failure, self._status)
            if isinstance(explained, errors.ConnectionFailed):  # the whole of it may end now
                await asyncio.wait((self.task,), timeout=_MOMENT_S)
            raise explained from None
        finally:
            task.cancel()  # it tells the server so by itself, and nobody need wait for that

    async def move(self, folders: Sequence[Path]) -> None:
        """Say that the folders of the workspace have changed, if they have."""
        before, self.folders = self.folders, tuple(folders)
        if before != self.folders and self._speaker is not None:
            await self._speaker.tell_of_folders()

    def close(self) -> None:
        """Begin to end it."""
        self.task.cancel()

    def kill(self) -> None:
        """Leave no program behind, at once."""
        if self._child is not None and not self.task.done():
            self._child.kill()

    def _called(self, task: asyncio.Task[str]) -> None:
        self._calls.discard(task)
        if not task.cancelled():
            task.exception()  # whoever has given up does not fetch it

    async def _run(self) -> None:
        try:
            await asyncio.to_thread(importlib.import_module, "llm_ls.tools.mcp.speaking")  # takes a third of a second
            await self._speak_or_shake_hands()
        except errors.LlmLsError as failure:
            self.failure = failure
        except Exception as failure:  # whatever the SDK raises, in groups
            self.failure = self._explained(failure)
        else:
            self.failure = self._ended()
        finally:
            self._speaker = None
            self.settled.set()
            if self._calls:
                await asyncio.wait(self._calls)  # nothing answers them any more, and they know it
            if self._child is not None and self._child.process.returncode is None:
                self._child.kill()

    async def _speak_or_shake_hands(self) -> None:
        """Some older programs end if they are asked anything before the handshake: these are started once more."""
        try:
            await self._speak("auto")
        except Exception:
            if self._child is None or not self._child.has_finished or self.has_been_ready:
                raise
            await self._speak("legacy")

    async def _speak(self, handshake: Literal["auto", "legacy"]) -> None:
        """Connect, and stay connected until the server ends."""
        from llm_ls.tools.mcp import lines, remote, speaking

        self._stirred.clear()
        async with asyncio.timeout(self.server.settings.timeout_s) as limit:
            if self.server.settings.command is None:
                streams = remote.streams(self.server.settings, self.server.network, self.server.token, self._answered)
            else:
                self._child = await start(self.server.program, self._stirred.set)
                streams = lines.streams(self.server.name, self._child)
            async with speaking.connected(streams, handshake, lambda: self.folders, self._stirred.set) as speaker:
                self.listing = await speaker.tools()
                limit.reschedule(None)
                self._speaker = speaker
                self.has_been_ready = True
                self.settled.set()
                await self._follow(speaker.tools)

    async def _follow(self, listed: Callable[[], Awaitable[Listing]]) -> None:
        """List the tools again whenever the server says that they have changed, until it ends."""
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            if self._child is not None and self._child.has_finished:
                return
            try:
                async with asyncio.timeout(self.server.settings.timeout_s):
                    self.listing = await listed()
            except Exception as failure:  # those listed before are still there, as far as anybody knows
                logger.debug("the MCP server %s does not list its tools", self.server.name, exc_info=failure)
            await asyncio.sleep(_RELIST_PAUSE_S)

    def _answered(self, status: int) -> None:
        self._status = status

    def _explained(self, failure: Exception) -> errors.LlmLsError:
        from llm_ls.tools.mcp import failures

        logger.debug("the MCP server %s: %s", self.server.name, type(failure).__name__)
        return failures.of_connection(self.server, failure, self._status)

    def _ended(self) -> errors.LlmLsError:
        return errors.ConnectionFailed(
            f"the MCP server {self.server.name!r} has ended",
            hint="set log.level to debug to see in the log what it says",
        )
