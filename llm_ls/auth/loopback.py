"""A port of this machine to which a browser comes back (RFC 8252, section 7.3), open while somebody waits for it.

It says what is the matter to every visit; only a GET of the one path, by a name of this machine, is passed on.
"""

import asyncio
import contextlib
import hmac
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from urllib.parse import urlsplit

import attrs

from llm_ls.auth import callback_page
from llm_ls.auth.callback_page import Page

_READ_S = 5.0
_FAREWELL_S = 1.0
_LONGEST_REQUEST = 16_384
_ADDRESSES = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}

NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
"""What this machine calls itself."""

Visited = Callable[[str], Awaitable[Page]]
"""Is given the query of a visit."""


def opened(host: str, port: int) -> socket.socket:
    """A socket for `serving`; port 0 is one that is free.

    Raises:
        OSError: The port is taken.
    """
    family = _family(host)
    return socket.create_server((_ADDRESSES[family], port), family=family)


def free_port(host: str) -> int:
    """A port that nobody uses; it is not opened."""
    family = _family(host)
    with socket.socket(family, socket.SOCK_STREAM) as unopened:
        unopened.bind((_ADDRESSES[family], 0))
        return unopened.getsockname()[1]


@contextlib.asynccontextmanager
async def serving(at: socket.socket, path: str, visited: Visited) -> AsyncGenerator[None]:
    """Answer visits of `path` by `visited` until the context is left; nobody can connect after that.

    An answer that is being written is finished, in a moment at most.
    """
    visits = _Visits(path, visited)
    server = await asyncio.start_server(visits.connected, sock=at, limit=_LONGEST_REQUEST)
    try:
        yield
    finally:
        server.close()
        await visits.end()


class _Visits:
    """The connections that are open."""

    def __init__(self, path: str, visited: Visited) -> None:
        self._path = path
        self._visited = visited
        self._reading: set[asyncio.Task[None]] = set()
        self._answering: set[asyncio.Task[None]] = set()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._reading.add(task)
        try:
            request = await _request(reader)
            self._reading.discard(task)
            self._answering.add(task)
            if isinstance(request, _Request):
                writer.write(callback_page.response(await self._answer(request)))
                await writer.drain()
            elif request is not None:
                writer.write(callback_page.response(request))
                await _part(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the browser has gone, or nobody waits for it; Python 3.11 logs visits that end as cancelled
        finally:
            self._reading.discard(task)
            self._answering.discard(task)
            writer.close()

    async def end(self) -> None:
        for task in self._reading:
            task.cancel()
        pending = [*self._reading, *self._answering]
        if pending:
            _, late = await asyncio.wait(pending, timeout=_FAREWELL_S)
            for task in late:
                task.cancel()

    async def _answer(self, request: "_Request") -> Page:
        if request.method != "GET":
            return callback_page.refused(405, "This address takes GET requests only.", ("Allow", "GET"))
        path, _, query = request.target.partition("?")
        if not hmac.compare_digest(path.encode(), self._path.encode()):
            return callback_page.refused(404, "There is nothing at this address.")
        return await self._visited(query)


@attrs.frozen
class _Request:
    method: str
    target: str = attrs.field(repr=False)


async def _request(reader: asyncio.StreamReader) -> _Request | Page | None:
    """What a connection asks for, or what to answer to that it cannot; `None` if it asks nothing."""
    try:
        async with asyncio.timeout(_READ_S):
            head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        return callback_page.refused(431, "This request is too long.")
    except (asyncio.IncompleteReadError, TimeoutError):
        return None
    first, *fields = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1.") or not words[1].startswith("/"):
        return callback_page.refused(400, "This is no request of a browser.")
    hosts = [value.strip() for name, _, value in (field.partition(":") for field in fields) if name.lower() == "host"]
    if len(hosts) != 1 or not _is_here(hosts[0]):
        # A page of somebody else's whose name has been made to lead here (DNS rebinding).
        return callback_page.refused(400, "This request is for another host.")
    return _Request(words[0], words[1])


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if host == "::1" else socket.AF_INET


def _is_here(host: str) -> bool:
    try:
        return (urlsplit(f"//{host}").hostname or "") in NAMES
    except ValueError:
        return False


async def _part(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send what is written, and take what is still coming: closing on unread bytes would take the answer back."""
    await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_FAREWELL_S):
            while await reader.read(_LONGEST_REQUEST):
                pass
