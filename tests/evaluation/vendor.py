"""A vendor on loopback that speaks llama.cpp's `/infill` and answers what a function says, as slowly as it is told."""

import asyncio
import contextlib
import json
import re
import threading
import time
from collections.abc import Callable, Generator
from typing import Any

import attrs

Answer = Callable[[dict[str, Any]], str]
"""What belongs in the gap of a request to `/infill`."""

_PIECE = re.compile(r"\s*\S{1,4}|\s+")
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
_LISTING = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{"data":[{"id":"scripted"}]}'


@attrs.frozen
class Latency:
    """Seconds until an answer begins, and from token to token."""

    first_s: float = 0.0
    token_s: float = 0.0


@attrs.define
class Asked:
    """A question as it came; times by `time.monotonic`.

    Attributes:
        closed_at: When the client left before the answer had ended; `None` if it did not.
    """

    body: dict[str, Any]
    came_at: float
    closed_at: float | None = None


@attrs.define
class Vendor:
    """What it has been asked so far."""

    url: str
    asked: list[Asked] = attrs.field(factory=list[Asked])

    @property
    def environment(self) -> dict[str, str]:
        """What makes a server ask it: its model is `llamacpp/scripted`."""
        return {"LLAMACPP_BASE_URL": f"{self.url}/v1"}


@contextlib.contextmanager
def vendor(answer: Answer, latency: Latency = Latency()) -> Generator[Vendor]:
    """Serve until left."""
    ready: list[Vendor] = []
    started = threading.Event()
    loop = asyncio.new_event_loop()
    ended = asyncio.Event()

    async def serve() -> None:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await _connected(ready[0], answer, latency, reader, writer)

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        ready.append(Vendor(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
        started.set()
        await ended.wait()
        server.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    started.wait(10)
    try:
        yield ready[0]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(5)


async def _connected(
    state: Vendor, answer: Answer, latency: Latency, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"content-length: *(\d+)", head, re.IGNORECASE)
        body = await reader.readexactly(int(length[1])) if length else b""
        if not head.startswith("POST"):
            writer.write(_LISTING)
        else:
            asked = Asked(json.loads(body), time.monotonic())
            state.asked.append(asked)
            gone = asyncio.create_task(reader.read(1))
            saying = asyncio.create_task(_say(writer, answer(asked.body), asked.body["n_predict"], latency))
            await asyncio.wait({gone, saying}, return_when=asyncio.FIRST_COMPLETED)
            if not saying.done():
                asked.closed_at = time.monotonic()
            saying.cancel()
            gone.cancel()
        await writer.drain()
    writer.close()


async def _say(writer: asyncio.StreamWriter, text: str, most: int, latency: Latency) -> None:
    writer.write(_HEAD)
    await asyncio.sleep(latency.first_s)
    pieces: list[str] = _PIECE.findall(text)[:most]
    for piece in pieces:
        writer.write(_event(content=piece, stop=False))
        await asyncio.sleep(latency.token_s)
    counts = {"tokens_evaluated": 100, "tokens_predicted": len(pieces)}
    writer.write(_event(content="", stop=True, stop_type="eos", **counts))
    await writer.drain()


def _event(**members: object) -> bytes:
    return f"data: {json.dumps(members)}\n\n".encode()
