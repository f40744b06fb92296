"""An MCP server that is a program, from its start to its end, which leaves nothing behind of it.

The SDK's own way of running one takes seconds to end it; llm-ls itself ends within one.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import attrs

from llm_ls import errors

MOST_BYTES = 16 * 1024 * 1024
"""Of one message."""
FAREWELL_S = 0.1
"""How long a program may take to end once its standard input has, and again once it was asked to."""


@attrs.frozen
class Program:
    """What is started.

    Attributes:
        server: The name of the server, for messages.
        command: A name or a whole path.
        environment: All of it; holds secrets.
        folder: `None` is the home folder, and never a workspace: `npx` and others run what they find where they are.
    """

    server: str
    command: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = attrs.field(repr=False)
    folder: str | None = None


@attrs.define(eq=False)
class Child:
    """A program that runs, and leads a group of all that it starts.

    Attributes:
        has_finished: Whether it says nothing more.
        on_finished: Called once that is so.
    """

    process: asyncio.subprocess.Process
    on_finished: Callable[[], object]
    has_finished: bool = False

    def finished(self) -> None:
        """It has closed its standard output."""
        self.has_finished = True
        self.on_finished()

    async def end(self) -> None:
        """Close its standard input; ask it to end if that does not do; kill what is left."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            if not await self._has_ended():
                self._signal(signal.SIGTERM)
                await self._has_ended()
        finally:
            self.kill()
            self._release()
        await self._has_ended()

    def kill(self) -> None:
        """End it and what it has left behind, at once."""
        self._signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)

    def _release(self) -> None:
        """Close its pipes: asyncio waits for their end, which is not read where too much was said."""
        transport = getattr(self.process, "_transport", None)  # nothing public leads there (Python 3.11 to 3.14)
        if transport is not None:
            transport.close()

    async def _has_ended(self) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await self.process.wait()
        return self.process.returncode is not None

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self.process.send_signal(number)
            else:
                os.killpg(self.process.pid, number)


async def start(program: Program, on_finished: Callable[[], object]) -> Child:
    """Start it; `on_finished` is called when it says nothing more.

    Raises:
        errors.NotFound: There is no such program or folder.
        errors.InvalidRequest: It cannot be started.
    """
    command = str(_expanded(program.command))
    found = shutil.which(command, path=program.environment.get("PATH"))
    if found is None:
        raise errors.NotFound(
            f"MCP server {program.server!r} does not start: there is no program {program.command!r}",
            hint=f"correct mcpServers.{program.server}.command, or the PATH that your editor has",
        )
    folder = _expanded(program.folder or "~")
    if not folder.is_dir():
        raise errors.NotFound(
            f"MCP server {program.server!r} does not start: there is no folder {str(folder)!r}",
            hint=f"correct mcpServers.{program.server}.cwd",
        )
    try:
        process = await asyncio.create_subprocess_exec(
            *(found, *program.arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=program.environment,
            cwd=folder,
            limit=MOST_BYTES,
            start_new_session=True,
        )
    except OSError as error:
        raise errors.InvalidRequest(
            f"MCP server {program.server!r} does not start: {error.strerror or type(error).__name__}",
            hint=f"correct mcpServers.{program.server}",
        ) from error
    return Child(process, on_finished)


def _expanded(path: str) -> Path:
    with contextlib.suppress(RuntimeError):  # a home that nobody knows
        return Path(path).expanduser()
    return Path(path)
