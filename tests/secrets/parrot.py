"""A vendor that repeats what it was sent, wherever an answer has room for words. HTTP by hand, on loopback."""

import asyncio
import base64
import contextlib
import html
import json
from collections.abc import Callable, Mapping
from typing import Self
from urllib.parse import quote, unquote

from tests.rigs.vendor import Received, read_request

_ESCAPES: tuple[Callable[[str], str], ...] = (
    str,
    lambda words: quote(words, safe=""),
    lambda words: json.dumps(words)[1:-1],
    html.escape,
)

Reply = Callable[[str], bytes]
"""The whole answer that holds these words."""


def written(
    status: str, body: object, kind: str = "application/json", headers: Mapping[str, str] | None = None
) -> bytes:
    """An answer; `status` may have a reason of its own."""
    data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status}",
        f"content-type: {kind}",
        f"content-length: {len(data)}",
        "connection: close",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + data


def refusal(status: int, words: str) -> bytes:
    """As OpenAI and most others write it, with an OAuth error's members beside."""
    error = {"message": f"No: {words}", "type": words, "code": None, "param": words}
    return written(f"{status} No", {"error": error, "detail": words, "request_id": words})


def _events(words: str) -> bytes:
    refused = {"error": {"message": words, "type": "server_error"}, "type": "error", "message": words}
    return written("200 OK", f"event: error\ndata: {json.dumps(refused)}\n\n", "text/event-stream")


def _models(words: str) -> bytes:
    return written("200 OK", {"data": [{"id": words, "name": words}, {"id": "m"}], "models": [{"name": words}]})


REPLIES: Mapping[str, Reply] = {
    **{f"HTTP {status}": lambda words, status=status: refusal(status, words) for status in (400, 401, 403, 404, 421)},
    **{f"HTTP {status}": lambda words, status=status: refusal(status, words) for status in (422, 429, 500, 503, 529)},
    "OAuth error": lambda words: written("400 No", {"error": "invalid_grant", "error_description": words}),
    "error code": lambda words: written("400 No", {"error": words, "error_description": words, "error_uri": words}),
    "text": lambda words: written("401 No", f"unknown key {words}", "text/plain"),
    "web page": lambda words: written("403 No", f"<html><title>{words}</title>{words}</html>", "text/html"),
    "web page with success": lambda words: written("200 OK", f"<title>{words}</title>", "text/html"),
    "redirect": lambda words: written("307 There", b"", headers={"location": f"https://x.test/{quote(words)}?{words}"}),
    "headers": lambda words: written(
        "400 No",
        {"error": {"message": "no"}},
        headers={"x-request-id": words, "request-id": words, "retry-after": words, "www-authenticate": words},
    ),
    "reason": lambda words: written(f"401 {words}", b""),
    "no HTTP": lambda words: f"{words} HTTP/1.1 200\r\n\r\n".encode(),
    "broken header": lambda words: f"HTTP/1.1 200 OK\r\n{words}\r\n\r\n".encode(),
    "broken compression": lambda words: written("200 OK", words, headers={"content-encoding": "gzip"}),
    "broken chunk": lambda words: f"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{words}\r\n".encode(),
    "JSON of another shape": lambda words: written("200 OK", {"choices": words, "error": [words], "models": words}),
    "half of JSON": lambda words: written("200 OK", f'{{"choices": ["{words}'),
    "event of an error": _events,
    "event of another shape": lambda words: written("200 OK", f"data: {words}\n\ndata: {{", "text/event-stream"),
    "half of an event": lambda words: written("200 OK", f'data: {{"x": "{words}', "text/event-stream"),
    "models": _models,
    "very many times": lambda words: refusal(400, " ".join([words] * 99)),
    "after a long text": lambda words: refusal(400, "x " * 140 + words),
    "no answer": lambda _: b"",
}


class Parrot:
    """Use as an async context manager.

    Attributes:
        reply: What it answers to everything.
        words: What it repeated.
    """

    def __init__(self) -> None:
        self.reply: Reply = REPLIES["HTTP 401"]
        self.words = ""
        self._server: asyncio.Server | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    def heard(self, secrets: Mapping[str, str]) -> set[str]:
        """The names of those of the secrets that it was sent."""
        return {name for name, secret in secrets.items() if secret in self.words}

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            if (request := await read_request(reader, 0)) is not None:
                words = _words(request)
                self.words += words
                writer.write(self.reply(words))
                await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def _words(request: Received) -> str:
    """What may be secret of a request, as it is and escaped, and its body."""
    sent = [value.partition(" ")[2] or value for name, value in request.headers.items() if name not in _OURS]
    body = request.body.decode("utf-8", "replace")
    sent.append(base64.b64decode(request.headers.get("proxy-authorization", "").removeprefix("Basic ")).decode())
    words = " ".join(
        [*sent, unquote(request.path.partition("?")[2]), unquote(body) if not body.startswith("{") else ""]
    )
    return " ".join([*(escape(words) for escape in _ESCAPES), body])


_OURS = frozenset(
    {"host", "user-agent", "accept", "accept-encoding", "connection", "content-type", "content-length"}
    | {"anthropic-version", "x-stainless-lang"}
)
