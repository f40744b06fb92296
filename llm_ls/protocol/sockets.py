"""LSP on a TCP port: one session a connection, for clients that present the token. `web_socket` builds on it.

Nothing is acted on before the token. Only this machine can connect, unless the user wants it otherwise.
"""

import asyncio
import hmac
import ipaddress
import os
import secrets
import socket
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any, cast

from llm_ls import errors, framing
from llm_ls.framing import Framer
from llm_ls.protocol import jsonrpc
from llm_ls.protocol.greeting import Greeting
from llm_ls.protocol.outgoing import HIGH_WATER_BYTES, LIMIT_BYTES, Outgoing
from llm_ls.protocol.tasks import Tasks
from llm_ls.protocol.transport import Build

READ_BYTES = 256 * 1024
STRANGERS_BODY_BYTES = 1024 * 1024
STRANGERS_TIME_S = 10.0
CLOSING_TIME_S = 1.0

Announce = Callable[[str], object]
"""Is told the address once clients can connect to it."""


def say_on_stderr(address: str) -> None:
    """Announce `address` where a person or a script can read it."""
    sys.stderr.write(f"listening on {address}\n")
    sys.stderr.flush()


async def serve_tcp(
    host: str,
    port: int,
    build: Build,
    *,
    token: str,
    allow_remote: bool = False,
    announce: Announce = say_on_stderr,
) -> None:
    """Serve until cancelled.

    The token comes as a field `Authorization: Bearer TOKEN` in the header of the first message, or as
    `initializationOptions.token`.

    Raises:
        errors.SettingsInvalid: The address is not one to listen on.
    """
    sessions = Tasks()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sessions.spawn(_converse(reader, writer, build, token), name="session")

    addresses = await own_addresses(host, port, allow_remote=allow_remote)
    try:
        server = await asyncio.start_server(accept, addresses, port)
    except OSError as error:
        raise cannot_listen(host, port, error) from error
    try:
        announce(f"tcp://{address_of(server.sockets[0])}")
        await asyncio.get_running_loop().create_future()
    finally:
        # Not `serve_forever`: from Python 3.12 on, it waits for the sessions that are still to be cancelled.
        server.close()
        sessions.cancel()
        await sessions.ended(CLOSING_TIME_S)


def publish_token(token: str, file: Path | None) -> None:
    """Write `token` to `file`, which only its owner can read, or else print it to stderr.

    Raises:
        errors.StorageFailed: The file could not be written, or is a link to another place.
    """
    if file is None:
        sys.stderr.write(f"token: {token}\n")
        sys.stderr.flush()
        return
    if file.is_symlink():
        raise errors.StorageFailed(f"{str(file)!r} is a symbolic link", hint="name a plain file for the token")
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as written:
            written.write(token)
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise errors.StorageFailed(
            f"could not write the token to {str(file)!r}: {error.strerror}",
            hint="name a file in a folder of yours",
        ) from error


async def own_addresses(host: str, port: int, *, allow_remote: bool) -> list[str]:
    """The addresses that `host` stands for, all of this machine unless `allow_remote`.

    Raises:
        errors.SettingsInvalid: It stands for none, or for one that others can reach.
    """
    try:
        addresses = [str(ipaddress.ip_address(host))]
    except ValueError:
        addresses = await _look_up(host, port)
    if not allow_remote and not all(ipaddress.ip_address(address).is_loopback for address in addresses):
        raise errors.SettingsInvalid(
            f"{host!r} can be reached from other machines",
            hint="listen on 127.0.0.1, or give --allow-remote if that is what you want",
        )
    return addresses if port else addresses[:1]  # each would get a port of its own


async def _look_up(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise cannot_listen(host, port, error) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def cannot_listen(host: str, port: int, error: OSError) -> errors.SettingsInvalid:
    """The failure to listen on an address, in words."""
    return errors.SettingsInvalid(
        f"cannot listen on {host}:{port}: {error.strerror or error}", hint="choose another address or port"
    )


def address_of(listening: socket.socket) -> str:
    """The address of a listening socket, as `HOST:PORT`."""
    host, port = listening.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def greet(
    bodies: AsyncGenerator[bytes], outgoing: Outgoing, admits: Callable[[bytes], bool]
) -> dict[str, Any] | None:
    """Wait for `initialize` and answer it; its params without the token, or `None` for whoever must go.

    Args:
        admits: Whether the first message shows that the client may speak at all.
    """
    greeting, admitted = Greeting(), False
    try:
        async with asyncio.timeout(STRANGERS_TIME_S):
            async for body in bodies:
                admitted = admitted or admits(body)
                if not admitted:
                    return None
                if (answer := greeting.receive(body)) is not None:
                    outgoing.send(answer)
                if greeting.params is not None:
                    return _without_token(greeting.params)
                if greeting.exit_code is not None:
                    return None
    except TimeoutError:
        pass
    return None


async def serve_session(
    bodies: AsyncGenerator[bytes], outgoing: Outgoing, build: Build, params: dict[str, Any]
) -> None:
    """Serve one client, from its `initialize` until it leaves."""
    server = build(params, outgoing)
    outgoing.on_lost(lambda: server.end(0))

    async def read() -> None:
        async for body in bodies:
            server.receive(body)
        server.end(0)

    reading = asyncio.create_task(read(), name="reading")
    try:
        await asyncio.wait({reading, server.ended}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        reading.cancel()
        await asyncio.wait({reading})
        await server.close()


def is_bearer(authorization: str | None, token: str) -> bool:
    """Whether a field `Authorization` has the token in it."""
    scheme, _, given = (authorization or "").strip().partition(" ")
    return scheme.lower() == "bearer" and is_token(given.strip(), token)


def is_token(given: Any, token: str) -> bool:
    """Whether `given` is the token; takes as long for a near miss as for a wild guess."""
    return isinstance(given, str) and hmac.compare_digest(given.encode("utf-8", "replace"), token.encode("utf-8"))


class StreamOutgoing(Outgoing):
    """A TCP connection."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        super().__init__()
        self._writer = writer
        writer.transport.set_write_buffer_limits(high=HIGH_WATER_BYTES)

    def send(self, body: bytes) -> None:
        if self._closed:
            return
        self._writer.write(framing.encode(body))
        if self._writer.is_closing():
            self._lose()
        elif self._writer.transport.get_write_buffer_size() > LIMIT_BYTES:
            self._writer.transport.abort()
            self._lose()

    async def drained(self) -> None:
        try:
            await self._writer.drain()
        except ConnectionError:
            self._lose()

    async def emptied(self, timeout_s: float) -> None:
        self._writer.transport.set_write_buffer_limits(high=0)
        try:
            async with asyncio.timeout(timeout_s):
                await self.drained()
        except TimeoutError:
            self._writer.transport.abort()


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, build: Build, token: str) -> None:
    outgoing, framer = StreamOutgoing(writer), Framer(STRANGERS_BODY_BYTES)

    def admits(body: bytes) -> bool:
        return is_bearer(framer.header("Authorization"), token) or is_token(_token_in(body), token)

    try:
        async with aclosing(_bodies(reader, framer)) as bodies:
            params = await greet(bodies, outgoing, admits)
            framer.max_body_bytes = framing.MAX_BODY_BYTES
            if params is not None:
                await serve_session(bodies, outgoing, build, params)
    finally:
        writer.close()


async def _bodies(reader: asyncio.StreamReader, framer: Framer) -> AsyncGenerator[bytes]:
    try:
        while data := await reader.read(READ_BYTES):
            for body in framer.feed(data):
                yield body
    except ConnectionError:
        return


def _token_in(body: bytes) -> Any:
    match jsonrpc.parse(body):
        case jsonrpc.Request(_, "initialize", {"initializationOptions": {"token": given}}):
            return given
        case _:
            return None


def _without_token(params: dict[str, Any]) -> dict[str, Any]:
    options = params.get("initializationOptions")
    if not isinstance(options, dict):
        return params
    rest = {name: value for name, value in cast("dict[str, Any]", options).items() if name != "token"}
    return {**params, "initializationOptions": rest}
