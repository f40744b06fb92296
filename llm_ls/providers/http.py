"""The one HTTP client that all vendors share.

Servers on this machine are never asked through a proxy; a redirect is never followed, so no key travels on.
"""

import asyncio
import importlib.util
import os
import ssl
import urllib.request
from collections.abc import Mapping

import httpx2

from llm_ls import errors
from llm_ls.providers.loopback import is_loopback

_CONNECT_S = 5.0
_WRITE_S = 30.0
_SILENCE_S = 120.0
_KEEP_NEAR_S = 4.0  # llama.cpp closes an idle connection after 5 s
_KEEP_FAR_S = 50.0


def new_client(proxy: str | None = None) -> httpx2.AsyncClient:
    """A client that trusts what the operating system trusts; the caller closes it.

    Args:
        proxy: `http://`, `https://` or `socks5://`; `None` leaves it to the environment (`HTTPS_PROXY`, ...).

    Raises:
        SettingsInvalid: The proxy's address cannot be used.
    """
    if proxy is not None:
        _check_proxy(proxy)
    return httpx2.AsyncClient(
        transport=_Transport(proxy), timeout=idle_timeout(_SILENCE_S), follow_redirects=False, trust_env=False
    )


def idle_timeout(silence_s: float) -> httpx2.Timeout:
    """Limits for one request: quick to connect, `silence_s` without a byte from then on."""
    return httpx2.Timeout(connect=_CONNECT_S, write=_WRITE_S, pool=_CONNECT_S, read=silence_s)


class _Transport(httpx2.AsyncBaseTransport):
    """Picks the way to a host, and asks once more when a kept connection turns out to be dead."""

    def __init__(self, proxy: str | None) -> None:
        self._proxy = proxy
        self._ways: dict[tuple[bool, bool, str | None], httpx2.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        way = await self._way_to(request.url)
        connected = False

        async def watch(step: str, _: Mapping[str, object]) -> None:
            nonlocal connected
            connected = connected or "connect_tcp" in step

        request.extensions = {**request.extensions, "trace": watch}
        try:
            return await way.handle_async_request(request)
        except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
            if connected:
                raise
            return await way.handle_async_request(request)

    async def aclose(self) -> None:
        ways, self._ways = self._ways, {}
        for way in ways.values():
            await way.aclose()

    async def _way_to(self, url: httpx2.URL) -> httpx2.AsyncHTTPTransport:
        """The pool for `url`, made off the event loop: reading the trusted certificates takes 30 to 80 ms."""
        near, secure = is_loopback(url.host), url.scheme == "https"
        key = (near, secure, None if near else self._proxy or _proxy_of_environment(url))
        if key not in self._ways:
            made = await asyncio.to_thread(_new_way, *key)
            self._ways.setdefault(key, made)
        return self._ways[key]


def _new_way(near: bool, secure: bool, proxy: str | None) -> httpx2.AsyncHTTPTransport:
    return httpx2.AsyncHTTPTransport(
        verify=secure or bool(proxy) or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        http2=secure and not near and importlib.util.find_spec("h2") is not None,
        proxy=proxy,
        limits=httpx2.Limits(
            max_connections=None,
            max_keepalive_connections=20,
            keepalive_expiry=_KEEP_NEAR_S if near else _KEEP_FAR_S,
        ),
    )


def check_environment(base_url: str) -> None:
    """Make sure that the proxy which the environment names for `base_url`, if it does, can be used.

    Raises:
        SettingsInvalid: It cannot; names the variable.
    """
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL:
        return
    proxy = None if is_loopback(url.host) else _proxy_of_environment(url)
    if proxy is not None:
        _check_proxy(proxy, _variable(url.scheme))


def _proxy_of_environment(url: httpx2.URL) -> str | None:
    if urllib.request.proxy_bypass(url.host):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy


def _variable(scheme: str) -> str:
    """Where `urllib` found the proxy for `scheme`: lower case counts first."""
    names = (f"{scheme}_proxy", f"{scheme}_proxy".upper(), "all_proxy", "ALL_PROXY")
    return next((name for name in names if os.environ.get(name)), "the system's proxy setting")


def _check_proxy(proxy: str, source: str = "the setting 'proxy'") -> None:
    try:
        scheme = httpx2.Proxy(proxy).url.scheme
    except (ValueError, httpx2.InvalidURL) as error:
        raise errors.SettingsInvalid(
            f"{source} is no address of a proxy", hint="write it as http://host:port"
        ) from error
    if scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
        raise errors.SettingsInvalid(
            f"{source} is a SOCKS proxy, which needs the package 'socksio'", hint="install it, or use an HTTP proxy"
        )
