"""The port that a browser comes back to: it answers everybody, passes on what may be meant, and is open no longer."""

import asyncio
import errno
import os
import socket
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from llm_ls.auth import callback_page, loopback
from llm_ls.auth.callback_page import Page
from tests.rigs.authorize import HOSTS, visit


class Visitors:
    """Remembers what is passed on; answers as soon as it may."""

    def __init__(self) -> None:
        self.queries: list[str] = []
        self.here = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def __call__(self, query: str) -> Page:
        self.queries.append(query)
        self.here.set()
        await self.may_answer.wait()
        return callback_page.signed_in("<Acme & Co>")


@asynccontextmanager
async def door(visitors: Visitors, host: str = "127.0.0.1") -> AsyncGenerator[int]:
    with loopback.opened(host, 0) as at:
        port = at.getsockname()[1]
        async with loopback.serving(at, "/callback", visitors):
            yield port


async def said_to(port: int, request: bytes) -> bytes:
    """All that is answered to these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


def get(target: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {target} HTTP/1.1", *headers, "", ""]).encode()


async def test_passes_the_query_on_and_shows_the_page() -> None:
    visitors = Visitors()
    async with door(visitors) as port:
        response = await visit(f"http://127.0.0.1:{port}/callback?code=a%20b")

    assert visitors.queries == ["code=a%20b"]
    assert response.status_code == 200
    assert "You are signed in to &lt;Acme &amp; Co&gt;" in response.text


async def test_page_is_kept_nowhere_and_runs_nothing() -> None:
    async with door(Visitors()) as port:
        headers = (await visit(f"http://127.0.0.1:{port}/callback")).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert (headers["connection"], headers["x-content-type-options"]) == ("close", "nosniff")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (get("/", "Host: 127.0.0.1"), 404),
        (get("/callback/", "Host: 127.0.0.1"), 404),
        (get("/favicon.ico", "Host: 127.0.0.1"), 404),
        (get("/callback?code=1"), 400),
        (get("/callback?code=1", "Host: evil.test"), 400),
        (get("/callback?code=1", "Host: 127.0.0.1.evil.test"), 400),
        (get("/callback?code=1", "Host: 127.0.0.1@evil.test"), 400),
        (get("/callback?code=1", "Host: [::1"), 400),
        (get("/callback?code=1", "Host: 127.0.0.1", "Host: 127.0.0.1"), 400),
        (get("http://127.0.0.1/callback?code=1", "Host: 127.0.0.1"), 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
        (get(f"/callback?code={'1' * 20_000}", "Host: 127.0.0.1"), 431),
        (get("/callback?code=1", "Host: 127.0.0.1", *[f"Cookie: {'c' * 1000}"] * 300), 431),
    ],
)
async def test_what_is_not_meant_is_answered_and_not_passed_on(request_: bytes, status: int) -> None:
    visitors = Visitors()
    async with door(visitors) as port:
        answer = await said_to(port, request_)

    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"</html>" in answer
    assert visitors.queries == []


@pytest.mark.parametrize("method", ["POST", "HEAD", "OPTIONS", "DELETE"])
async def test_takes_get_only(method: str) -> None:
    visitors = Visitors()
    async with door(visitors) as port:
        response = await visit(f"http://127.0.0.1:{port}/callback?code=1", method)

    assert (response.status_code, response.headers["allow"]) == (405, "GET")
    assert visitors.queries == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1234", "[::1]:80", "LOCALHOST"])
async def test_answers_to_every_name_of_this_machine(host: str) -> None:
    visitors = Visitors()
    async with door(visitors) as port:
        await said_to(port, get("/callback?code=1", f"Host: {host}"))

    assert visitors.queries == ["code=1"]


async def test_connections_that_say_nothing_hold_nobody_up() -> None:
    visitors = Visitors()
    async with door(visitors) as port:
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
        silent[0][1].write(b"GET /callb")
        began = time.monotonic()
        response = await visit(f"http://127.0.0.1:{port}/callback")
        took_s = time.monotonic() - began
        for _, writer in silent:
            writer.close()

    assert response.status_code == 200
    assert took_s < 3


async def test_connections_that_are_cut_off_are_no_errors(caplog: pytest.LogCaptureFixture) -> None:
    async with door(Visitors()) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(0.05)
    writer.close()
    await writer.wait_closed()

    assert caplog.records == []


async def test_a_connection_that_says_nothing_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "_READ_S", 0.05)
    async with door(Visitors()) as port:
        assert await said_to(port, b"GET ") == b""


async def test_nobody_can_connect_once_it_is_left() -> None:
    async with door(Visitors()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(5):
        rest = await reader.read()
    writer.close()

    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    assert rest == b""


async def test_an_answer_under_way_is_finished() -> None:
    visitors = Visitors()
    visitors.may_answer.clear()
    async with door(visitors) as port:
        visiting = asyncio.create_task(said_to(port, get("/callback?code=1", "Host: 127.0.0.1")))
        await visitors.here.wait()
        visitors.may_answer.set()

    assert (await visiting).startswith(b"HTTP/1.1 200 ")


async def test_an_answer_that_never_comes_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "_FAREWELL_S", 0.05)
    visitors = Visitors()
    visitors.may_answer.clear()
    async with asyncio.timeout(5), door(visitors) as port:
        visiting = asyncio.create_task(said_to(port, get("/callback?code=1", "Host: 127.0.0.1")))
        await visitors.here.wait()

    assert await visiting == b""


async def test_is_open_to_this_machine_only() -> None:
    with loopback.opened("localhost", 0) as at:
        assert at.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("host", HOSTS)
async def test_opens_the_address_that_is_named(host: str) -> None:
    visitors = Visitors()
    async with door(visitors, host) as port:
        url = f"http://[{host}]:{port}/callback" if ":" in host else f"http://{host}:{port}/callback"
        assert (await visit(url)).status_code == 200


async def test_a_port_can_be_used_again_at_once_but_not_by_two() -> None:
    visitors = Visitors()
    async with door(visitors) as port:
        await visit(f"http://127.0.0.1:{port}/callback")
        with pytest.raises(OSError, match=os.strerror(errno.EADDRINUSE)):
            loopback.opened("127.0.0.1", port)

    loopback.opened("127.0.0.1", port).close()


def test_a_free_port_is_not_opened() -> None:
    port = loopback.free_port("127.0.0.1")

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()
