"""What a model may use while somebody sits at the terminal: tools that read the project, each call with their leave."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TextIO

import attrs
import click

from llm_ls import errors
from llm_ls.cli import places, tables
from llm_ls.settings import Settings
from llm_ls.store.consents import Consents
from llm_ls.tools import running
from llm_ls.tools.reading import reading_tools
from llm_ls.tools.repository import git_tools
from llm_ls.tools.tool import Input, Tool

_CHOICES = "[o]nce, whenever in this [c]hat, [a]lways in this folder, or [n]o? "
_MEANT = {"o": "o", "once": "o", "y": "o", "yes": "o", "c": "c", "chat": "c", "a": "a", "always": "a"}
_REFUSED = ("", "n", "no")


def offered(
    settings: Settings, consents: Consents, asking: Callable[[], AbstractContextManager[object]]
) -> tuple[Tool, ...]:
    """Those that the settings allow; none unless somebody is there to be asked.

    Args:
        asking: Entered while a question stands on stderr, and nothing else should be written.
    """
    if settings.chat.tools == "off" or not (_is_terminal(sys.stdin) and _is_terminal(sys.stderr)):
        return ()
    workspace = places.workspace(settings)
    tools = [*reading_tools(workspace), *git_tools(workspace)]
    if settings.chat.run_commands:
        secret = [row.api_key_env for row in settings.providers.values() if row.api_key_env]
        tools.append(running.run_command(workspace, running.harmless(os.environ, secret)))
    user = _User(consents, settings.chat.tools == "auto", asking)
    return tuple(user.asked_for(tool) for tool in tools)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


@attrs.define
class _User:
    """Who is asked, one question at a time.

    Attributes:
        may_read: Whether the settings allow reading unasked.
    """

    consents: Consents
    may_read: bool
    asking: Callable[[], AbstractContextManager[object]]
    _allowed: set[str] = attrs.field(factory=set[str])
    _turn: asyncio.Lock = attrs.field(factory=asyncio.Lock)

    def asked_for(self, tool: Tool) -> Tool:
        """`tool` as one whose calls run only with the user's leave, or that of the settings."""

        async def run(given: Input) -> str:
            if not await self._allows(tool, given):
                raise errors.PermissionDenied("the user does not allow this call")
            return await tool.run(given)

        return attrs.evolve(tool, run=run)

    async def _allows(self, tool: Tool, given: Input) -> bool:
        if tool.access == "read" and self.may_read:
            return True
        scope = tool.scope(given)
        async with self._turn:  # an answer may settle the calls that wait behind it
            if scope in self._allowed or await self._is_kept(scope):
                return True
            with self.asking():
                click.echo(f"The model asks to: {tables.harmless(tool.title(given))}", err=True)
                chosen = await _choice()
            if chosen in ("c", "a"):
                self._allowed.add(scope)
            if chosen == "a":
                await self._keep(scope)
            return chosen in ("o", "c", "a")

    async def _is_kept(self, scope: str) -> bool:
        try:
            return await self.consents.allowed(places.uri(), scope)
        except errors.StorageFailed:
            return False

    async def _keep(self, scope: str) -> None:
        try:
            await self.consents.allow(places.uri(), scope)
        except errors.StorageFailed as error:
            click.echo(error.sentence, err=True)


async def _choice() -> str:
    """One of `o`, `c`, `a` and `n`; an empty line and the end of input are no. Asked again for anything else."""
    while True:
        click.echo(_CHOICES, err=True, nl=False)
        typed = (await _line()).lower()
        if typed in _REFUSED:
            return "n"
        if typed in _MEANT:
            return _MEANT[typed]


async def _line() -> str:
    """What the user types; empty at the end of input."""
    loop, typed = asyncio.get_running_loop(), asyncio.Event()
    lines: list[bytes] = []

    def read() -> None:
        lines.append(os.read(sys.stdin.fileno(), 1024))  # a terminal gives a line
        loop.call_soon_threadsafe(typed.set)

    # Not an executor's, which is waited for when the process ends: Ctrl-C must not want another line.
    threading.Thread(target=read, name="stdin", daemon=True).start()
    await typed.wait()
    return lines[0].decode(errors="replace").strip()
