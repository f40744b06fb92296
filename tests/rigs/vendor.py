"""A vendor of our own: a real HTTP server on loopback that plays prepared bytes, just as it is told."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

import attrs

STREAMS = Path(__file__).parent.parent / "providers" / "streams"
EVENT_STREAM = {"content-type": "text/event-stream"}
PATIENCE_S = 30.0
"""As long as an editor may take on a busy machine."""


@attrs.frozen
class Pause:
    """The vendor waits here until the test calls `LoopbackVendor.go_on`."""


@attrs.frozen
class Cut:
    """The vendor breaks the connection here, without ending the answer."""


PAUSE = Pause()
CUT = Cut()
Piece = bytes | Pause | Cut


@attrs.frozen
class Answer:
    """What the vendor says to one request.

    Attributes:
        pieces: The body; each `bytes` is one write and, if chunked, one chunk.
        keep_alive: Whether the connection stays open after the answer.
        chunked: Whether the body is in chunks; else it ends with the connection.
    """

    pieces: tuple[Piece, ...] = ()
    status: int = 200
    headers: Mapping[str, str] = EVENT_STREAM
    keep_alive: bool = True
    chunked: bool = True


@attrs.frozen
class Received:
    """A request that came in; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: int

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


class LoopbackVendor:
    """Use as an async context manager. It repeats its last answer when it has no other left.

    Args:
        tls: What it speaks HTTPS with; `None` is plain HTTP.

    Attributes:
        requests: What came in, oldest first.
        connections: How many connections were opened.
        models: Ids that it lists whenever it is asked for its models; `None` answers that as any other request.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.requests: list[Received] = []
        self.connections = 0
        self.models: tuple[str, ...] | None = None
        self._answers: list[Answer | None] = []
        self._last: Answer | None = None
        self._closed: asyncio.Queue[int] = asyncio.Queue()
        self._arrived: asyncio.Queue[Received] = asyncio.Queue()
        self._paused = asyncio.Event()
        self._go_on = asyncio.Semaphore(0)
        self._writers: set[asyncio.StreamWriter] = set()
        self._idle = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._idle.set()
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self._tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        async with asyncio.timeout(PATIENCE_S):
            await self._idle.wait()
            await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Where it listens, such as `http://127.0.0.1:40123`."""
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"{'https' if self._tls else 'http'}://{host}:{port}"

    def named(self, host: str) -> str:
        """The same by a name that only a proxy knows."""
        return self.url.replace("127.0.0.1", host)

    def answers(self, *answers: Answer | None) -> None:
        """Answer the next requests so, one after the other; `None` hangs up without a word."""
        self._answers.extend(answers)

    def says(self, *pieces: Piece, status: int = 200, headers: Mapping[str, str] = EVENT_STREAM) -> None:
        """Answer the next request with these pieces."""
        self.answers(Answer(pieces, status=status, headers=headers))

    def refuses(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
        """Answer the next request with this status and JSON."""
        given = {"content-type": "application/json", **(headers or {})}
        self.says(json.dumps(body).encode(), status=status, headers=given)

    def plays(self, stream: str, *, piece_bytes: int | None = None) -> None:
        """Answer the next request with a recorded stream, such as `anthropic/text.sse`, in pieces of this size."""
        self.says(*in_pieces((STREAMS / stream).read_bytes(), piece_bytes))

    def go_on(self) -> None:
        """Let one `PAUSE` pass."""
        self._go_on.release()

    async def paused(self) -> None:
        """Wait until the vendor is at a `PAUSE`."""
        async with asyncio.timeout(PATIENCE_S):
            await self._paused.wait()
        self._paused.clear()

    async def asked(self) -> Received:
        """Wait for the next request that no earlier call has returned."""
        async with asyncio.timeout(PATIENCE_S):
            return await self._arrived.get()

    async def client_closed(self) -> int:
        """Wait until a client has closed a connection; the number of that connection, from 1."""
        async with asyncio.timeout(PATIENCE_S):
            return await self._closed.get()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self._idle.clear()
        self.connections += 1
        number = self.connections
        try:
            while (request := await read_request(reader, number)) is not None:
                self.requests.append(request)
                if self.models is not None and request.path.endswith("/models"):
                    await self._say(_listing(self.models), reader, writer, number)
                    continue
                self._arrived.put_nowait(request)
                answer = self._answers.pop(0) if self._answers else self._last
                self._last = answer
                if answer is None or not await self._say(answer, reader, writer, number):
                    return
            self._closed.put_nowait(number)
        except ConnectionError:
            self._closed.put_nowait(number)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            self._writers.discard(writer)
            if not self._writers:
                self._idle.set()

    async def _say(
        self, answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> bool:
        """Whether the connection stays open."""
        writer.write(_head(answer))
        for piece in answer.pieces:
            match piece:
                case Pause():
                    if not await self._wait_for_test(reader):
                        self._closed.put_nowait(number)
                        return False
                case Cut():
                    writer.transport.abort()
                    return False
                case bytes():
                    writer.write(b"%x\r\n%s\r\n" % (len(piece), piece) if answer.chunked else piece)
                    await writer.drain()
                    await asyncio.sleep(0)
        if answer.chunked:
            writer.write(b"0\r\n\r\n")
        await writer.drain()
        return answer.keep_alive and answer.chunked

    async def _wait_for_test(self, reader: asyncio.StreamReader) -> bool:
        """Wait for `go_on`; false if the client hangs up first."""
        self._paused.set()
        told = asyncio.ensure_future(self._go_on.acquire())
        gone = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait((told, gone), return_when=asyncio.FIRST_COMPLETED)
            return told.done()
        finally:
            for waiting in (told, gone):
                waiting.cancel()
            await asyncio.gather(told, gone, return_exceptions=True)


def in_pieces(data: bytes, piece_bytes: int | None) -> Iterable[bytes]:
    """`data` in pieces of this size; `None` is all at once."""
    size = piece_bytes or max(1, len(data))
    return [data[start : start + size] for start in range(0, len(data), size)]


def sse(*events: object, named: bool = False) -> bytes:
    """The events as a vendor writes them: JSON, or a text such as `[DONE]` as it is; `named` gives each its type."""
    return b"".join(
        (f"event: {event['type']}\n".encode() if named and isinstance(event, dict) else b"")
        + b"data: "
        + (event if isinstance(event, str) else json.dumps(event)).encode()
        + b"\n\n"
        for event in events
    )


def _listing(models: Iterable[str]) -> Answer:
    body = {"object": "list", "data": [{"id": model, "object": "model"} for model in models]}
    return Answer((json.dumps(body).encode(),), headers={"content-type": "application/json"})


def _head(answer: Answer) -> bytes:
    headers = {"connection": "keep-alive" if answer.keep_alive and answer.chunked else "close", **answer.headers}
    if answer.chunked:
        headers["transfer-encoding"] = "chunked"
    lines = [f"HTTP/1.1 {answer.status} Status", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


async def read_request(reader: asyncio.StreamReader, connection: int) -> Received | None:
    """The next request on a connection; `None` when there is none more."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, path, _ = head[0].split(" ", 2)
    fields = [line.partition(":") for line in head[1:] if line]
    headers = {name.lower(): value.strip() for name, _, value in fields}
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readexactly(2)
    else:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Received(method, path, headers, body, connection)
