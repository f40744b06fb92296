"""The one HTTP client that all vendors share.

Servers on this machine are never asked through a proxy; a redirect is never followed, so no key travels on.
"""

import asyncio
import importlib.util
import math
import ssl
import time
from collections.abc import AsyncGenerator, Mapping

import attrs
import httpx2

from llm_ls.loopback import is_loopback
from llm_ls.providers import proxies, retry_after, trust
from llm_ls.providers.network import Network
from llm_ls.providers.proxies import Proxy, ProxyFailed

_WRITE_S = 30.0
_KEEP_NEAR_S = 4.0  # llama.cpp closes an idle connection after 5 s
_KEEP_FAR_S = 50.0
_REFUSAL_BYTES = 256 * 1024
_REFUSAL_S = 5.0


@attrs.frozen
class Limits:
    """How long one request may take, in seconds.

    Attributes:
        connect_s: Until there is a connection.
        first_byte_s: From then on until the answer begins.
        idle_s: Between any two pieces of it.
    """

    connect_s: float = 5.0
    first_byte_s: float = 120.0
    idle_s: float = 120.0

    @property
    def timeout(self) -> httpx2.Timeout:
        """What the client goes by until the head of the response is there."""
        return httpx2.Timeout(connect=self.connect_s, write=_WRITE_S, pool=self.connect_s, read=self.first_byte_s)

    def of_body(self, response: httpx2.Response) -> None:
        """Let the client wait for each piece of a body, not yet begun, as long as any may take."""
        response.request.extensions["timeout"]["read"] = max(self.first_byte_s, self.idle_s)

    def of_piece(self, *, first: bool) -> float | None:
        """How long a piece of the body may take, where that is less than what the client goes by."""
        limit = self.first_byte_s if first else self.idle_s
        return limit if limit < max(self.first_byte_s, self.idle_s) else None


def new_client(
    network: Network | None = None,
    skews_s: dict[str, float] | None = None,
    *,
    repeats: bool = True,
    most_bytes: int | None = None,
) -> httpx2.AsyncClient:
    """A client that trusts what the operating system trusts; the caller closes it.

    It reads the environment, and the file of authorities, when a host is first asked that needs them. What cannot be
    used of these is then a `SettingsInvalid`.

    Args:
        network: As set; `None` goes by the environment.
        skews_s: Takes, by `place_of` a server, how many seconds its clock is ahead of ours.
        repeats: Whether to ask once more when a kept connection turns out to be dead: asking twice does no harm.
        most_bytes: What is read of an answer; `None` is all.
    """

    async def note_clock(response: httpx2.Response) -> None:
        told = retry_after.timestamp(response.headers.get("date", ""))
        if told is not None and skews_s is not None:
            skews_s[place_of(response.url)] = told - time.time()
        if isinstance(response.stream, httpx2.AsyncByteStream):
            if not response.is_success:
                response.stream = _Beginning(response.stream, _REFUSAL_BYTES, _REFUSAL_S)
            elif most_bytes is not None:
                response.stream = _Beginning(response.stream, most_bytes, math.inf)

    return httpx2.AsyncClient(
        transport=_Transport(network or Network(), repeats=repeats),
        timeout=Limits().timeout,
        follow_redirects=False,
        trust_env=False,
        event_hooks={"response": [note_clock]},
    )


def place_of(url: httpx2.URL) -> str:
    """The host and the port that are asked."""
    return f"{url.host}:{proxies.port_of(url)}"


class _Beginning(httpx2.AsyncByteStream):
    """The beginning of a body that nobody wants whole: a refusal may go on for ever."""

    def __init__(self, body: httpx2.AsyncByteStream, most_bytes: int, most_s: float) -> None:
        self._body = body
        self._most_bytes = most_bytes
        self._most_s = most_s

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        until, size = time.monotonic() + self._most_s, 0
        async for piece in self._body:
            yield piece
            size += len(piece)
            if size > self._most_bytes or time.monotonic() > until:
                return

    async def aclose(self) -> None:
        await self._body.aclose()


class _Transport(httpx2.AsyncBaseTransport):
    """Picks the way to a host, and asks once more when a kept connection turns out to be dead."""

    def __init__(self, network: Network, *, repeats: bool) -> None:
        self._network = network
        self._repeats = repeats
        self._ways: dict[tuple[bool, bool, Proxy | None], httpx2.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        proxy = proxies.proxy_to(request.url, self._network.proxy)
        way = await self._way_to(request.url, proxy)
        steps = _Steps()
        request.extensions = {**request.extensions, "trace": steps.note}
        try:
            return await _asked(way, request, proxy, steps)
        except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
            if steps.connected or not self._repeats:
                raise
            return await _asked(way, request, proxy, steps)

    async def aclose(self) -> None:
        ways, self._ways = self._ways, {}
        for way in ways.values():
            await way.aclose()

    async def _way_to(self, url: httpx2.URL, proxy: Proxy | None) -> httpx2.AsyncHTTPTransport:
        """The pool for `url`, made off the event loop: reading the trusted certificates takes 30 to 80 ms."""
        key = (is_loopback(url.host), url.scheme == "https", proxy)
        if key not in self._ways:
            made = await asyncio.to_thread(_new_way, *key, self._network.ca_file)
            self._ways.setdefault(key, made)
        return self._ways[key]


@attrs.define
class _Steps:
    """How far a request came.

    Attributes:
        connected: Whether a connection was made for it.
        last: What was done last, in the words of httpcore2.
    """

    connected: bool = False
    last: str = ""

    async def note(self, step: str, _: Mapping[str, object]) -> None:
        self.last = step.rpartition(".")[0]
        self.connected = self.connected or self.last.endswith("connect_tcp")


async def _asked(
    way: httpx2.AsyncHTTPTransport, request: httpx2.Request, proxy: Proxy | None, steps: _Steps
) -> httpx2.Response:
    """The answer of the host; what the proxy does in its place is an error."""
    if proxy is None:
        return await way.handle_async_request(request)
    try:
        response = await way.handle_async_request(request)
    except httpx2.ProxyError as error:
        raise ProxyFailed(str(error), proxy.address, reached=True) from error
    except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
        if steps.last not in _TO_THE_PROXY:
            raise
        raise ProxyFailed(str(error), proxy.address, reached=False) from error
    if response.status_code == _PASSWORD_WANTED and request.url.scheme == "http":
        await response.aclose()
        raise ProxyFailed(f"{_PASSWORD_WANTED} Proxy Authentication Required", proxy.address, reached=True)
    return response


def _new_way(near: bool, secure: bool, proxy: Proxy | None, ca_file: str | None) -> httpx2.AsyncHTTPTransport:
    if proxy is not None:
        proxy.check()
    secure_proxy = proxy is not None and proxy.url.startswith("https:")
    context = trust.context(ca_file) if secure or secure_proxy else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx2.AsyncHTTPTransport(
        verify=context,
        http2=secure and not near and importlib.util.find_spec("h2") is not None,
        proxy=proxy and httpx2.Proxy(proxy.url, ssl_context=context if secure_proxy else None),
        limits=httpx2.Limits(
            max_connections=None,
            max_keepalive_connections=20,
            keepalive_expiry=_KEEP_NEAR_S if near else _KEEP_FAR_S,
        ),
    )


_PASSWORD_WANTED = 407
_TO_THE_PROXY = ("connection.connect_tcp", "connection.start_tls", "socks.connect_tcp")
"""The steps, as httpcore2 2.16 traces them, that fail for the sake of the proxy where there is one."""
