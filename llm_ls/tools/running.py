"""`run_command`: a command of the shell in the workspace, each time with the user's leave.

It has no input and no credentials, and nothing of it runs on when it has ended, been stopped or taken too long.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

import attrs

from llm_ls import errors, wire
from llm_ls.models import ToolDefinition
from llm_ls.prompts import budget
from llm_ls.providers import vendors
from llm_ls.settings import secrecy
from llm_ls.tools.cutting import MOST_TOKENS, quoted
from llm_ls.tools.tool import Input, Tool
from llm_ls.workspace import names
from llm_ls.workspace.workspace import Workspace

TIMEOUT_S = 120
MOST_TIMEOUT_S = 600
_CLOSED_WITHIN_S = 0.5
_SHORTEST_SECRET = 8
_HEAD_BYTES = MOST_TOKENS * budget.CHARACTERS_A_TOKEN // 3
_TAIL_BYTES = 2 * _HEAD_BYTES
_QUIETLY = {"PAGER": "cat", "GIT_PAGER": "cat", "GIT_TERMINAL_PROMPT": "0", "TERM": "dumb"}


@attrs.frozen(eq=False, repr=False)
class _RunCommand:
    command: str
    folder: str = ""
    timeout_s: float = TIMEOUT_S


def run_command(workspace: Workspace, environment: Mapping[str, str]) -> Tool:
    """The tool, in the folders of `workspace`; `environment` is what `harmless` leaves."""

    async def run(given: Input) -> str:
        asked = wire.from_json(dict(given), _RunCommand, "run_command")
        if not asked.command.strip() or "\0" in asked.command:
            raise errors.InvalidRequest("there is no command", hint="give a command of the shell")
        folder = await workspace.path(asked.folder) if asked.folder else await _first(workspace)
        if not await asyncio.to_thread(folder.is_dir):
            raise errors.InvalidRequest(f"{quoted(asked.folder)} is no folder", hint="name a folder of the workspace")
        return await _run(asked.command, folder, {**environment, **_QUIETLY}, _limit(asked.timeout_s))

    return Tool(_DEFINITION, "command", _title, run, _scope)


def harmless(environment: Mapping[str, str], also_secret: Collection[str] = ()) -> dict[str, str]:
    """`environment` without what is or looks like a credential, under whatever name it is there a second time.

    Args:
        also_secret: Names of variables that the settings say hold one.
    """
    named = {*also_secret, *(name for vendor in vendors.VENDORS.values() for name in vendor.key_names)}
    secret = {name for name in environment if name in named or secrecy.looks_secret(name)}
    values = {environment[name] for name in secret if len(environment[name]) >= _SHORTEST_SECRET}
    return {
        name: value
        for name, value in environment.items()
        if name not in secret and not name.startswith("LLM_LS_") and not any(one in value for one in values)
    }


async def _first(workspace: Workspace) -> Path:
    tops = await workspace.tops()
    if not tops:
        raise errors.InvalidRequest("no folder is open", hint="open a folder in the editor")
    return tops[0]


async def _run(command: str, folder: Path, environment: Mapping[str, str], timeout_s: float) -> str:
    if sys.platform == "win32":
        raise errors.Unsupported("commands are not run on Windows", hint="ask the user to run it")
    output = _Output()
    end = await output.opened()
    try:
        process = await asyncio.create_subprocess_exec(
            *("/bin/sh", "-c", command),
            cwd=folder,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=end,
            stderr=end,
            start_new_session=True,
        )
    except BaseException:
        output.close()
        raise
    finally:
        os.close(end)
    try:
        async with asyncio.timeout(timeout_s):
            code = await process.wait()
        ended = f"exit code {code}" if code >= 0 else f"ended by signal {-code}"
    except TimeoutError:
        ended = f"stopped after {timeout_s:g} s"
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        await output.last()
    return f"{ended}\n{output.text}" if output.text else f"{ended}, without output"


class _Output(asyncio.Protocol):
    """What a command and all that it starts print: the beginning and the end, if it is much.

    A pipe of our own, because asyncio's would keep the command from ending while what it has started holds it.
    """

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._left_out = 0
        self._closed = asyncio.Event()

    async def opened(self) -> int:
        """The end to print to."""
        ours, theirs = os.pipe()
        self._transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: self, os.fdopen(ours, "rb", buffering=0)
        )
        return theirs

    async def last(self) -> None:
        """Wait a moment for the last of it; what has left the command's group may print on."""
        try:
            async with asyncio.timeout(_CLOSED_WITHIN_S):
                await self._closed.wait()
        except TimeoutError:
            pass
        finally:
            self.close()

    def close(self) -> None:
        """Read no more."""
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        room = max(0, _HEAD_BYTES - len(self._head))
        self._head += data[:room]
        self._tail += data[room:]
        if len(self._tail) > 2 * _TAIL_BYTES:
            self._cut()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio names it
        self._closed.set()

    @property
    def text(self) -> str:
        if len(self._tail) > _TAIL_BYTES:
            self._cut()
        head, tail = (part.decode(errors="replace") for part in (self._head, self._tail))
        if not self._left_out:
            return (self._head + self._tail).decode(errors="replace").rstrip()
        return f"{head}\n[{self._left_out:,} bytes in the middle are left out: print less]\n{tail}".rstrip()

    def _cut(self) -> None:
        self._left_out += len(self._tail) - _TAIL_BYTES
        del self._tail[:-_TAIL_BYTES]


def _limit(timeout_s: float) -> float:
    return min(max(timeout_s, 0.1), MOST_TIMEOUT_S)


def _title(given: Input) -> str:
    where = f" in {quoted(given['folder'])}" if given.get("folder") else ""
    return f"Run{where}: {names.shown(str(given.get('command', '')))}"


def _scope(given: Input) -> str:
    where = f" in {names.shown(str(given['folder']))}" if given.get("folder") else ""
    return f"command{where}: {given.get('command', '')}"


_DEFINITION = ToolDefinition(
    "run_command",
    "Run a command of the shell in the workspace, if the user allows it. It has no input and no credentials; what it "
    "starts ends with it. Comes with its exit code and what it prints, of much only the beginning and the end.",
    {
        "type": "object",
        "properties": {
            "command": {"type": "string", "description": "For /bin/sh."},
            "folder": {"type": "string", "description": "Where to run it; the workspace's top if left out."},
            "timeoutS": {
                "type": "number",
                "maximum": MOST_TIMEOUT_S,
                "description": f"Seconds after which it is stopped; {TIMEOUT_S} if left out.",
            },
        },
        "required": ["command"],
    },
)
