"""Keys that a command of the user's prints (the setting `apiKeyCommand`).

What it prints is held in memory and nowhere else; no message and no log line repeats any of it.
"""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Mapping

from llm_ls import errors
from llm_ls.auth import key_text
from llm_ls.auth.grant import Grant
from llm_ls.auth.lookup import Lookup
from llm_ls.auth.secret import Secret

_COMMAND_S = 10.0
_FAREWELL_S = 1.0
_logger = logging.getLogger(__name__)


class KeyCommands:
    """Runs each command once, and again only after what it gave was refused or has expired."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._printed: dict[Lookup, Secret] = {}
        self._running: dict[Lookup, asyncio.Lock] = {}

    async def get(self, lookup: Lookup) -> Grant:
        """The key.

        Raises:
            MissingCredentials: The command did not give it.
            SettingsInvalid: The command cannot be started.
        """
        async with self._running.setdefault(lookup, asyncio.Lock()):
            if lookup not in self._printed or key_text.has_expired(self._printed[lookup]):
                self._printed[lookup] = await self._run(lookup)
            return Grant(self._printed[lookup])

    def forget(self, lookup: Lookup, refused: Secret) -> None:
        """Run the command again next time, if this is what it printed."""
        if self._printed.get(lookup) == refused:
            del self._printed[lookup]

    async def _run(self, lookup: Lookup) -> Secret:
        try:
            process = await asyncio.create_subprocess_exec(
                *lookup.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=dict(self._environment),
                start_new_session=os.name == "posix",
            )
        except (OSError, ValueError) as error:
            raise errors.SettingsInvalid(
                f"the apiKeyCommand of {lookup.provider!r} cannot be started: "
                f"{getattr(error, 'strerror', None) or 'it is no command'}",
                hint=f"correct providers.{lookup.provider}.apiKeyCommand: a program, then its arguments",
                provider=lookup.provider,
            ) from None
        try:
            async with asyncio.timeout(_COMMAND_S):
                try:
                    printed, _ = await process.communicate()
                except asyncio.CancelledError:
                    await asyncio.shield(_end(process))
                    raise
        except TimeoutError:
            raise _failed(lookup, f"did not finish within {_COMMAND_S:g} s") from None
        if process.returncode:
            raise _failed(lookup, f"failed with exit status {process.returncode}")
        _logger.info("the apiKeyCommand of %s has run", lookup.provider)
        line = printed.partition(b"\n")[0].decode("utf-8", "replace")
        if not line.strip():
            raise _failed(lookup, "printed no key on its first line")
        return key_text.checked(line, "what the apiKeyCommand printed", lookup.provider)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill a command and what it started; waits a moment at most, since what escaped may hold its output open."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_FAREWELL_S):
            await process.wait()


def _failed(lookup: Lookup, how: str) -> errors.MissingCredentials:
    return errors.MissingCredentials(
        f"no credential for {lookup.provider}: its apiKeyCommand {how}",
        hint=f"run the command of providers.{lookup.provider}.apiKeyCommand in a terminal to see why",
        provider=lookup.provider,
    )
