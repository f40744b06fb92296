"""`--tcp` and `--ws`: served to those who know the token, on this machine only."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import websockets

from llm_ls import framing
from tests.rigs.places import REPOSITORY

HELLO = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}})
LIMIT_S = 20


@asynccontextmanager
async def serving(kind: str, *options: str) -> AsyncGenerator[tuple[int, asyncio.StreamReader]]:
    """A server on a free port; the port, and what it says on stderr after that."""
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "llm_ls", f"--{kind}", "127.0.0.1:0", *options),
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(REPOSITORY), os.environ["PYTHONPATH"]))},
        stderr=asyncio.subprocess.PIPE,
    )
    assert server.stderr is not None
    try:
        async with asyncio.timeout(LIMIT_S):
            line = ""
            while "listening on" not in line:
                line = (await server.stderr.readline()).decode()
                assert line, "the server ended"
            yield int(line.rpartition(":")[2]), server.stderr
    finally:
        server.terminate()
        await server.wait()


async def test_tcp_serves_who_presents_the_token(tmp_path: Path) -> None:
    file = tmp_path / "token"
    async with serving("tcp", "--token-file", str(file)) as (port, _):
        stranger_reads, stranger = await asyncio.open_connection("127.0.0.1", port)
        stranger.write(framing.encode(HELLO.encode()))
        refused = await stranger_reads.read()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"Authorization: Bearer {file.read_text()}\r\n".encode() + framing.encode(HELLO.encode()))
        header = await reader.readline()
        for one in (stranger, writer):
            one.close()

    assert b"capabilities" not in refused
    assert header.startswith(b"Content-Length:")


async def test_ws_serves_who_presents_the_token_and_no_foreign_page(tmp_path: Path) -> None:
    file = tmp_path / "token"
    async with serving("ws", "--token-file", str(file)) as (port, _):
        url, known = f"ws://127.0.0.1:{port}", {"Authorization": f"Bearer {file.read_text()}"}
        with pytest.raises(websockets.InvalidStatus, match="401"):
            await websockets.connect(url)
        with pytest.raises(websockets.InvalidStatus, match="403"):
            await websockets.connect(url, additional_headers=known, origin=websockets.Origin("https://example.com"))
        async with websockets.connect(url, additional_headers=known) as connection:
            await connection.send(HELLO)
            answer = json.loads(await connection.recv())

    assert answer["result"]["serverInfo"]["name"] == "llm-ls"


async def test_an_address_that_others_can_reach_is_refused_before_a_token_is_made(tmp_path: Path) -> None:
    file = tmp_path / "token"
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "llm_ls", "--tcp", "192.0.2.1:0", "--token-file", str(file)),
        cwd=REPOSITORY,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await asyncio.wait_for(server.communicate(), LIMIT_S)

    assert server.returncode == 1
    assert b"--allow-remote" in said
    assert not file.exists()
