"""The process ends when the client is gone, also while something hangs."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from llm_ls import framing
from llm_ls.protocol import processes
from llm_ls.protocol.outgoing import HIGH_WATER_BYTES, PipeOutgoing
from tests.rigs import places
from tests.rigs.raw_client import RawClient, started

SMALL = ("-m", "tests.rigs.small_server")
A_SECOND = 1.0


async def hang(client: RawClient, method: str = "test/hang", params: dict[str, Any] | None = None) -> None:
    """Bring the server to where a handler waits for a vendor that says nothing."""
    await client.initialize(params or {})
    client.request(2, method, None)
    await client.said("test/hangs")


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


@pytest.mark.parametrize("method", ["test/hang", "test/stubborn"])
async def test_ends_with_its_input(method: str) -> None:
    async with started(program=SMALL) as client:
        await hang(client, method)
        client.close()

        assert await client.exit_code(A_SECOND) == 0


@pytest.mark.parametrize("method", ["test/hang", "test/stubborn"])
async def test_ends_on_exit(method: str) -> None:
    async with started(program=SMALL) as client:
        await hang(client, method)
        client.notify("exit", None)

        assert await client.exit_code(A_SECOND) == 1


async def test_shutdown_is_answered_at_once_and_exit_is_clean() -> None:
    async with started(program=SMALL) as client:
        await hang(client)
        asked_at = time.monotonic()
        answer = await client.ask(3, "shutdown", {})
        answered_in = time.monotonic() - asked_at
        cancelled = await client.response(2)
        client.notify("exit", None)
        code = await client.exit_code(A_SECOND)

    assert answer == {"jsonrpc": "2.0", "id": 3, "result": None}
    assert answered_in < 0.1
    assert cancelled["error"]["code"] == -32800
    assert code == 0


async def test_shutdown_and_exit_in_one_write_are_both_heeded() -> None:
    async with started(program=SMALL) as client:
        await hang(client)
        client.send({"jsonrpc": "2.0", "id": 3, "method": "shutdown"}, {"jsonrpc": "2.0", "method": "exit"})
        code = await client.exit_code(A_SECOND)

    assert code == 0
    assert [said["id"] for said in client.messages if "method" not in said] == ["initialize", 3, 2]


@pytest.mark.parametrize("cleanup", ["hangs", "blocks"])
async def test_ends_in_time_however_long_cleaning_up_takes(cleanup: str) -> None:
    async with started(program=SMALL) as client:
        await hang(client, params={"cleanup": cleanup})
        client.close()

        assert await client.exit_code(A_SECOND) == 0


@pytest.mark.parametrize("told", ["initialize", "--clientProcessId"])
async def test_ends_with_the_process_that_started_it(told: str) -> None:
    with sleeper() as parent:
        arguments = [str(parent.pid)] if told == "--clientProcessId" else []
        async with started(*arguments, program=SMALL) as client:
            await hang(client, params={"processId": parent.pid if told == "initialize" else None})
            parent.kill()

            assert await client.exit_code(A_SECOND) == 1


async def test_a_process_that_is_not_of_this_machine_is_not_watched() -> None:
    with sleeper() as gone:
        gone.kill()
    async with started(program=SMALL) as client:
        await client.initialize({"processId": gone.pid})

        assert (await client.ask(2, "test/echo", 1))["result"] == 1


@pytest.mark.parametrize("process_id", [0, -1, True, "1", 2**70, 1.5])
async def test_a_process_id_that_is_none(process_id: Any) -> None:
    async with started(program=SMALL) as client:
        await client.initialize({"processId": process_id})

        assert (await client.ask(2, "test/echo", 1))["result"] == 1


async def test_where_processes_cannot_be_waited_for_they_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: int) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "pidfd_open", refuse)
    gone = asyncio.Event()
    with sleeper() as watched:
        processes.watch(watched.pid, gone.set)
        watched.kill()
        watched.wait()
        async with asyncio.timeout(A_SECOND):
            await gone.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_ends_on_a_signal(number: signal.Signals) -> None:
    async with started(program=SMALL) as client:
        await hang(client)
        client.process.send_signal(number)
        code = await client.exit_code(A_SECOND)

    assert (code, client.errors) == (0, b"")


def test_serves_files_too(tmp_path: Path) -> None:
    messages: tuple[dict[str, Any], ...] = (
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}},
        {"jsonrpc": "2.0", "id": 2, "method": "test/echo", "params": "é"},
        {"jsonrpc": "2.0", "id": 3, "method": "shutdown"},
        {"jsonrpc": "2.0", "method": "exit"},
    )
    asked, answered = tmp_path / "in", tmp_path / "out"
    asked.write_bytes(b"".join(framing.encode(json.dumps(message).encode()) for message in messages))
    with asked.open("rb") as stdin, answered.open("wb") as stdout:
        done = subprocess.run(
            [sys.executable, *SMALL], stdin=stdin, stdout=stdout, cwd=places.REPOSITORY, timeout=20, check=False
        )
    answers = [json.loads(body) for body in framing.Framer().feed(answered.read_bytes())]

    assert done.returncode == 0
    assert [answer["id"] for answer in answers] == [1, 2, 3]


async def test_a_client_that_stops_reading_stops_nothing_else() -> None:
    count, text = 10_000, "x" * 200
    async with started(program=SMALL) as client:
        await client.initialize({})
        client.stop_reading()
        client.request(2, "test/flood", {"token": "t", "count": count, "text": text})
        client.request(3, "test/echo", "alive")
        client.read_on()
        echo = await client.response(3)
        flood = await client.response(2)
    numbers = [said["params"]["value"]["number"] for said in client.messages if said.get("method") == "$/progress"]

    assert (echo["result"], flood["result"]) == ("alive", "sent")
    assert numbers == list(range(count))


async def test_the_loop_goes_on_while_a_client_does_not_read(tmp_path: Path) -> None:
    """Seen from outside: a notification has its effect although not one answer can be delivered."""
    done = tmp_path / "done"
    async with started(program=SMALL) as client:
        await client.initialize({})
        client.stop_reading()
        client.request(2, "test/flood", {"token": "t", "count": 10_000, "text": "x" * 200})
        client.notify("test/touch", str(done))
        async with asyncio.timeout(10):
            while not done.exists():  # noqa: ASYNC110  another process makes it
                await asyncio.sleep(0.01)
        client.read_on()

        assert (await client.response(2))["result"] == "sent"


async def test_a_log_that_nobody_reads_stops_nothing() -> None:
    async with started(program=SMALL) as client:
        await client.initialize({})
        client.stop_reading()
        for id in range(500):
            client.request(id, "test/fail", "bug")
        client.notify("exit", None)

        assert await client.exit_code(10) == 1


async def test_a_client_that_does_not_read_is_left_in_time() -> None:
    async with started(program=SMALL) as client:
        await client.initialize({})
        await client.ask(2, "test/echo", "loaded")
        client.stop_reading()
        client.request(3, "test/flood", {"token": "t", "count": 10_000, "text": "x" * 200, "waits": True})
        client.close()

        assert await client.exit_code(A_SECOND) == 0


async def test_waits_only_while_much_is_unread() -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    outgoing = PipeOutgoing(writing)
    body = b"x" * 100_000
    sent = 0
    while outgoing.unread_bytes <= HIGH_WATER_BYTES:
        await asyncio.wait_for(outgoing.drained(), 1)
        outgoing.send(body)
        sent += 1
    waiting = asyncio.create_task(outgoing.drained())
    await asyncio.sleep(0)
    was_waiting = not waiting.done()
    read = b""
    async with asyncio.timeout(10):
        while len(read) < sent * len(framing.encode(body)):
            await asyncio.sleep(0)
            try:
                read += os.read(reading, 65536)
            except BlockingIOError:
                continue
        await waiting
    os.close(reading)
    lost: list[bool] = []
    outgoing.on_lost(lambda: lost.append(True))
    outgoing.send(b"nobody reads this")
    os.close(writing)

    assert was_waiting
    assert read == framing.encode(body) * sent
    assert lost == [True]
