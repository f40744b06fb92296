"""LSP on WebSockets: a message is a frame, and the token is shown before the connection is made.

Pages of other origins are refused, since a browser lets any page connect to this machine (RFC 6455, 10.2).
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as listen
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from llm_ls.framing import MAX_BODY_BYTES
from llm_ls.protocol import sockets
from llm_ls.protocol.outgoing import Outgoing
from llm_ls.protocol.transport import Build

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


async def serve_ws(
    host: str,
    port: int,
    build: Build,
    *,
    token: str,
    allow_remote: bool = False,
    announce: sockets.Announce = sockets.say_on_stderr,
) -> None:
    """Serve until cancelled. The token comes as a header `Authorization: Bearer TOKEN`, or as `?token=TOKEN`.

    Raises:
        errors.SettingsInvalid: The address is not one to listen on.
    """

    def admit(connection: ServerConnection, request: Request) -> Response | None:
        if not all(_is_loopback(origin) for origin in request.headers.get_all("Origin")):
            return connection.respond(HTTPStatus.FORBIDDEN, "pages of other origins may not connect\n")
        given = parse_qs(urlsplit(request.path).query).get("token", [""])[-1]
        authorization = ", ".join(request.headers.get_all("Authorization"))
        if not (sockets.is_bearer(authorization, token) or sockets.is_token(given, token)):
            return connection.respond(HTTPStatus.UNAUTHORIZED, "the token is missing or wrong\n")
        return None

    async def converse(connection: ServerConnection) -> None:
        outgoing = WebSocketOutgoing()
        sending = asyncio.create_task(outgoing.run(connection), name="sending")
        try:
            async with aclosing(_bodies(connection)) as bodies:
                params = await sockets.greet(bodies, outgoing, lambda _: True)
                if params is not None:
                    await sockets.serve_session(bodies, outgoing, build, params)
        finally:
            sending.cancel()
            await asyncio.wait({sending})

    logger = logging.getLogger("websockets.server")
    logger.setLevel(logging.ERROR)  # what it says of a request may hold the token
    # asyncio takes several hosts, though websockets 17 does not say so
    hosts: Any = await sockets.own_addresses(host, port, allow_remote=allow_remote)
    try:
        server = await listen(
            converse, hosts, port, process_request=admit, max_size=MAX_BODY_BYTES, compression=None, logger=logger
        )
    except OSError as error:
        raise sockets.cannot_listen(host, port, error) from error
    async with server:
        announce(f"ws://{sockets.address_of(next(iter(server.sockets)))}")
        await server.serve_forever()


class WebSocketOutgoing(Outgoing):
    """A WebSocket; sends one message after the other."""

    def __init__(self) -> None:
        super().__init__()
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()

    def send(self, body: bytes) -> None:
        if not self._closed:
            self._queue.put_nowait(body)
            self._waits(self.unread_bytes + len(body))

    async def run(self, connection: ServerConnection) -> None:
        """Send what is to be sent, until the connection is closed."""
        try:
            while True:
                body = await self._queue.get()
                await connection.send(body, text=True)
                self._waits(self.unread_bytes - len(body))
        except ConnectionClosed:
            self._lose()


def _is_loopback(origin: str) -> bool:
    try:
        return urlsplit(origin).hostname in LOOPBACK_NAMES
    except ValueError:
        return False


async def _bodies(connection: ServerConnection) -> AsyncGenerator[bytes]:
    try:
        while True:
            yield await connection.recv(decode=False)
    except ConnectionClosed:
        return
