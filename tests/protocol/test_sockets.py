"""Sockets: who is let in, and what is done for those who are not."""

import asyncio
import json
import stat
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from llm_ls import errors, framing
from llm_ls.protocol import sockets
from llm_ls.protocol.sockets import publish_token, serve_tcp
from llm_ls.protocol.web_socket import serve_ws
from tests.rigs import small_features

TOKEN = "the-token"
BEARER = "Authorization: Bearer the-token"
LIMIT_S = 10.0

Serve = Callable[..., Coroutine[Any, Any, None]]


@asynccontextmanager
async def serving(serve: Serve) -> AsyncGenerator[int]:
    """A server on this machine; its port."""
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(serve("127.0.0.1", 0, small_features.build, token=TOKEN, announce=ready.set_result))
    async with asyncio.timeout(LIMIT_S):
        await asyncio.wait({ready, server}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield int(ready.result().rpartition(":")[2])
    finally:
        server.cancel()
        with suppress(asyncio.CancelledError):
            await server


class TcpClient:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._framer = framing.Framer()
        self._messages: list[dict[str, Any]] = []

    def send(self, message: dict[str, Any], *fields: str) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        head = "".join(f"{field}\r\n" for field in fields).encode()
        self.writer.write(head + framing.encode(body))

    async def read(self) -> dict[str, Any] | None:
        """The next message; `None` if the server has closed the connection."""
        async with asyncio.timeout(LIMIT_S):
            while not self._messages:
                data = await self.reader.read(65536)
                if not data:
                    return None
                self._messages += [json.loads(body) for body in self._framer.feed(data)]
        return self._messages.pop(0)

    async def ask(self, id: int, method: str, params: Any, *fields: str) -> dict[str, Any] | None:
        self.send({"id": id, "method": method, "params": params}, *fields)
        return await self.read()


@asynccontextmanager
async def connected(port: int) -> AsyncGenerator[TcpClient]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield TcpClient(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@pytest.mark.parametrize(
    ("params", "fields"),
    [
        ({}, [BEARER]),
        ({}, ["AUTHORIZATION: bearer  the-token"]),
        ({"initializationOptions": {"token": TOKEN, "model": "a/b"}}, []),
        ({"initializationOptions": {"token": TOKEN}}, ["Authorization: Bearer wrong"]),
    ],
)
async def test_tcp_serves_who_presents_the_token(params: dict[str, Any], fields: list[str]) -> None:
    async with serving(serve_tcp) as port, connected(port) as client:
        hello = await client.ask(1, "initialize", params, *fields)
        echo = await client.ask(2, "test/echo", "é")

    assert hello is not None
    assert hello["result"]["serverInfo"]["name"] == "llm-ls"
    assert echo == {"jsonrpc": "2.0", "id": 2, "result": "é"}


@pytest.mark.parametrize(
    ("method", "params", "fields"),
    [
        ("initialize", {}, []),
        ("initialize", None, []),
        ("initialize", {"initializationOptions": {"token": "wrong"}}, []),
        ("initialize", {"initializationOptions": {"token": None}}, []),
        ("initialize", {"initializationOptions": {"token": "thé-token"}}, []),
        ("initialize", {}, ["Authorization: Bearer wrong"]),
        ("initialize", {}, ["Authorization: Basic the-token"]),
        ("initialize", {}, ["Authorization: the-token"]),
        ("test/echo", {"initializationOptions": {"token": TOKEN}}, []),
        ("shutdown", None, []),
    ],
)
async def test_tcp_closes_on_who_does_not(method: str, params: Any, fields: list[str]) -> None:
    async with serving(serve_tcp) as port, connected(port) as client:
        assert await client.ask(1, method, params, *fields) is None


async def test_tcp_closes_on_what_is_not_the_protocol() -> None:
    async with serving(serve_tcp) as port, connected(port) as client:
        client.writer.write(b"GET /?token=the-token HTTP/1.1\r\nHost: localhost\r\n\r\n")

        assert await client.read() is None


async def test_tcp_closes_on_who_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "STRANGERS_TIME_S", 0.05)
    async with serving(serve_tcp) as port, connected(port) as client:
        assert await client.read() is None


async def test_the_token_goes_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []

    def build(params: dict[str, Any], outgoing: Any) -> Any:
        seen.append(params)
        return small_features.build(params, outgoing)

    async def serve(host: str, port: int, _: Any, **options: Any) -> None:
        await serve_tcp(host, port, build, **options)

    async with serving(serve) as port, connected(port) as client:
        await client.ask(1, "initialize", {"initializationOptions": {"token": TOKEN, "model": "a/b"}})
        await client.ask(2, "test/echo", None)

    assert seen == [{"initializationOptions": {"model": "a/b"}}]


async def test_tcp_has_a_session_for_each_connection() -> None:
    text = {"textDocument": {"uri": "a:b", "languageId": "", "version": 1, "text": "one"}}
    async with serving(serve_tcp) as port, connected(port) as one, connected(port) as two:
        for client in (one, two):
            await client.ask(1, "initialize", {}, BEARER)
        one.send({"method": "textDocument/didOpen", "params": text})
        of_one = await one.ask(2, "test/text", {"uri": "a:b"})
        of_two = await two.ask(2, "test/text", {"uri": "a:b"})
        one.send({"method": "exit"})
        end_of_one = await one.read()
        still_two = await two.ask(3, "test/echo", "alive")

    assert of_one is not None
    assert of_one["result"] == "one"
    assert of_two is not None
    assert of_two["error"]["data"]["kind"] == "not_found"
    assert end_of_one is None
    assert still_two is not None
    assert still_two["result"] == "alive"


async def test_tcp_ends_what_runs_when_the_client_goes() -> None:
    ended = asyncio.Event()

    def build(params: dict[str, Any], outgoing: Any) -> Any:
        server = small_features.build(params, outgoing)

        async def cleanup() -> None:
            ended.set()

        server.cleanup = cleanup
        return server

    async def serve(host: str, port: int, _: Any, **options: Any) -> None:
        await serve_tcp(host, port, build, **options)

    async with serving(serve) as port:
        async with connected(port) as client:
            await client.ask(1, "initialize", {}, BEARER)
            assert await client.ask(2, "test/hang", None) == {"jsonrpc": "2.0", "method": "test/hangs"}
        async with asyncio.timeout(LIMIT_S):
            await ended.wait()


async def test_tcp_client_that_reads_late_gets_everything() -> None:
    async with serving(serve_tcp) as port, connected(port) as client:
        await client.ask(1, "initialize", {}, BEARER)
        params = {"token": "t", "count": 5000, "text": "x" * 1000, "waits": True}
        client.send({"id": 2, "method": "test/flood", "params": params})
        numbers: list[int] = []
        while (message := await client.read()) is not None and "id" not in message:
            numbers.append(message["params"]["value"]["number"])

    assert numbers == list(range(5000))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
async def test_refuses_an_address_that_others_can_reach(host: str) -> None:
    for serve in (serve_tcp, serve_ws):
        with pytest.raises(errors.SettingsInvalid) as refused:
            await serve(host, 0, small_features.build, token=TOKEN)

        assert "--allow-remote" in refused.value.hint


async def test_says_why_it_cannot_listen() -> None:
    async with serving(serve_tcp) as port:
        for serve in (serve_tcp, serve_ws):
            with pytest.raises(errors.SettingsInvalid, match=f"cannot listen on 127.0.0.1:{port}"):
                await serve("127.0.0.1", port, small_features.build, token=TOKEN)


@pytest.mark.parametrize("how", ["header", "query"])
@pytest.mark.parametrize("origin", [None, "http://localhost:3000", "http://127.0.0.1", "https://[::1]:8443"])
async def test_ws_serves_who_presents_the_token(how: str, origin: str | None) -> None:
    async with serving(serve_ws) as port:
        query = f"/?token={TOKEN}" if how == "query" else "/"
        headers = {"Authorization": f"Bearer {TOKEN}"} if how == "header" else {}
        page = Origin(origin) if origin else None
        async with (
            asyncio.timeout(LIMIT_S),
            connect(f"ws://127.0.0.1:{port}{query}", additional_headers=headers, origin=page) as client,
        ):
            await client.send('{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}')
            hello = json.loads(await client.recv())
            await client.send(b'{"jsonrpc":"2.0","id":2,"method":"test/echo","params":"x"}')
            echo = await client.recv()

    assert hello["result"]["serverInfo"]["name"] == "llm-ls"
    assert echo == '{"jsonrpc":"2.0","id":2,"result":"x"}'


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 401),
        ("/?token=", {}, 401),
        ("/?token=wrong", {}, 401),
        ("/the-token", {}, 401),
        ("/", {"Authorization": "Bearer wrong"}, 401),
        ("/", {"Authorization": "Basic the-token"}, 401),
        ("/?token=the-token", {"Origin": "https://evil.example"}, 403),
        ("/?token=the-token", {"Origin": "http://localhost.evil.example"}, 403),
        ("/?token=the-token", {"Origin": "http://127.0.0.1@evil.example"}, 403),
        ("/?token=the-token", {"Origin": "null"}, 403),
        ("/?token=the-token", {"Origin": "http://["}, 403),
        ("/", {"Origin": "https://evil.example"}, 403),
    ],
)
async def test_ws_refuses_strangers(path: str, headers: dict[str, str], status: int) -> None:
    async with serving(serve_ws) as port, asyncio.timeout(LIMIT_S):
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{port}{path}", additional_headers=headers)

    assert refused.value.response.status_code == status


async def test_ws_client_that_reads_late_gets_everything() -> None:
    params = {"token": "t", "count": 2000, "text": "x" * 1000, "waits": True}
    async with (
        serving(serve_ws) as port,
        asyncio.timeout(LIMIT_S),
        connect(f"ws://127.0.0.1:{port}/?token={TOKEN}", max_size=None) as client,
    ):
        await client.send('{"jsonrpc":"2.0","id":1,"method":"initialize"}')
        await client.recv()
        await client.send(json.dumps({"jsonrpc": "2.0", "id": 2, "method": "test/flood", "params": params}))
        numbers = [json.loads(await client.recv())["params"]["value"]["number"] for _ in range(2000)]

    assert numbers == list(range(2000))


def test_the_token_file_is_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("an old one")
    file.chmod(0o644)
    publish_token("a-token", file)

    assert file.read_text() == "a-token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_the_token_is_not_written_through_a_link(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("mine")
    link = tmp_path / "token"
    link.symlink_to(target)

    with pytest.raises(errors.StorageFailed):
        publish_token("a-token", link)
    assert target.read_text() == "mine"


def test_a_token_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(errors.StorageFailed):
        publish_token("a-token", tmp_path / "no" / "token")


def test_without_a_file_the_token_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    publish_token("a-token", None)

    assert capsys.readouterr() == ("", "token: a-token\n")
