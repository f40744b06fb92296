"""No program of an MCP server outlives the session, however stubborn it is and however the session ends."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.places import REPOSITORY
from tests.tools.mcp.started import hostile, noted, runs, started

PATIENCE_S = 10.0


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "notes"
    yield path
    for process in processes(path):
        if runs(process):
            os.kill(process, signal.SIGKILL)


def processes(notes: Path) -> list[int]:
    """The server and what it has started, once they are known."""
    return [int(number) for line in noted(notes) for number in line.split() if number.isdecimal()]


async def all_end(notes: Path) -> None:
    assert len(processes(notes)) == 2
    async with asyncio.timeout(PATIENCE_S):
        while any(map(runs, processes(notes))):  # noqa: ASYNC110  they are no children of this process
            await asyncio.sleep(0.02)


async def test_a_stubborn_one_is_killed_with_what_it_has_started(notes: Path) -> None:
    async with started(a=hostile("stubborn", notes)):
        pass
    await all_end(notes)


async def test_it_is_killed_though_nobody_waits(notes: Path) -> None:
    async with started(a=hostile("stubborn", notes)) as one:
        closing = asyncio.create_task(one.servers.aclose())
        await asyncio.sleep(0)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        await all_end(notes)


async def test_it_ends_when_the_settings_name_it_no_more(notes: Path) -> None:
    async with started(a=hostile("stubborn", notes)) as one:
        one.servers.configure({})
        await all_end(notes)


@pytest.mark.parametrize("end", ["closes its end", "exits", "dies", "is told to terminate"])
async def test_it_ends_with_the_client(end: str, notes: Path) -> None:
    client = (
        await asyncio.create_subprocess_exec(sys.executable, "-c", _CLIENT, stdin=asyncio.subprocess.PIPE)
        if (end == "dies")
        else None
    )
    server = await _server()
    await _list_tools(server, notes, client.pid if client else None)
    assert server.stdin is not None
    match end:
        case "closes its end":
            server.stdin.close()
        case "exits":
            server.stdin.write(_framed({"method": "exit"}))
        case "dies":
            assert client is not None
            client.kill()
            await client.wait()
        case _:
            server.terminate()
    async with asyncio.timeout(PATIENCE_S):
        await server.wait()
    await all_end(notes)


async def test_one_that_is_no_worse_than_others_ends_though_llm_ls_is_killed(notes: Path) -> None:
    server = await _server()
    await _list_tools(server, notes, None, "tame")
    server.kill()
    await server.wait()
    await all_end(notes)


async def _server() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "llm_ls"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )


async def _list_tools(
    server: asyncio.subprocess.Process, notes: Path, client: int | None, way: str = "stubborn"
) -> None:
    arguments = [str(REPOSITORY / "tests/rigs/hostile_mcp.py"), way, str(notes)]
    settings = {"mcpServers": {"a": {"command": sys.executable, "args": arguments}}}
    assert server.stdin is not None
    assert server.stdout is not None
    params = {"processId": client, "capabilities": {}, "initializationOptions": settings}
    messages: tuple[dict[str, Any], ...] = (
        {"id": 1, "method": "initialize", "params": params},
        {"method": "initialized", "params": {}},
        {"id": 2, "method": "llm-ls/listTools", "params": {}},
    )
    for message in messages:
        server.stdin.write(_framed(message))
    async with asyncio.timeout(PATIENCE_S):
        while "a__fine" not in str(await _message(server.stdout)):
            pass


async def _message(output: asyncio.StreamReader) -> Any:
    head = await output.readuntil(b"\r\n\r\n")
    return json.loads(await output.readexactly(int(head.split(b":")[1].split(b"\r\n")[0])))


def _framed(message: dict[str, Any]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


_CLIENT = "import sys; sys.stdin.read()"
