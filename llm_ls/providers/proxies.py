"""Which proxy leads to a host: the one of the settings, else that of the environment; none to this machine."""

import base64
import importlib.util
import os
import urllib.request
from urllib.parse import unquote, urlsplit

import attrs
import httpx2

from llm_ls import errors
from llm_ls.auth.secret import Secret
from llm_ls.loopback import is_loopback

_IN_SETTINGS = "the setting 'proxy'"


@attrs.frozen
class Proxy:
    """A proxy, as somebody wrote it down.

    Attributes:
        url: May hold a password, so it is in no repr.
        source: What messages call the place where it is written.
        confidential: Its password in every form, which is held so that no message repeats it.
    """

    url: str = attrs.field(repr=False)
    source: str
    confidential: tuple[Secret, ...] = attrs.field(
        init=False, repr=False, eq=False, default=attrs.Factory(lambda self: _passwords(self.url), takes_self=True)
    )

    @property
    def address(self) -> str:
        """Host and port; empty if it is no address."""
        try:
            url = httpx2.URL(self.url)
        except httpx2.InvalidURL:
            return ""
        return f"{url.host}:{url.port}" if url.host and url.port else url.host

    def check(self) -> None:
        """Make sure that it can be used.

        Raises:
            SettingsInvalid: It cannot; says where it is written.
        """
        try:
            scheme = httpx2.Proxy(self.url).url.scheme
        except (ValueError, httpx2.InvalidURL):
            scheme = ""
        if not scheme or not self.address:
            raise errors.SettingsInvalid(f"{self.source} is no address of a proxy", hint="write it as http://host:port")
        if scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
            raise errors.SettingsInvalid(
                f"{self.source} is a SOCKS proxy, which needs the package 'socksio'",
                hint="install it, or use an HTTP proxy",
            )


class ProxyFailed(httpx2.ProxyError):
    """The proxy did not do its part.

    Attributes:
        proxy: Its host and port.
        reached: Whether there was a connection to it.
    """

    def __init__(self, message: str, proxy: str, *, reached: bool) -> None:
        super().__init__(message)
        self.proxy = proxy
        self.reached = reached


def proxy_to(url: httpx2.URL, chosen: str | None) -> Proxy | None:
    """The proxy through which `url` is asked; `None` is straight.

    Args:
        chosen: As set.
    """
    if is_loopback(url.host):
        return None
    return Proxy(chosen, _IN_SETTINGS) if chosen else _of_environment(url)


def proxy_of(scheme: str, chosen: str | None) -> Proxy | None:
    """The proxy for hosts that are asked by `scheme` and not exempted."""
    return Proxy(chosen, _IN_SETTINGS) if chosen else _named(scheme)


def port_of(url: httpx2.URL) -> int | None:
    """The port that is asked, whether or not it is written."""
    return url.port or _PORTS.get(url.scheme)


def _of_environment(url: httpx2.URL) -> Proxy | None:
    if any(urllib.request.proxy_bypass(host) for host in (url.host, f"{url.host}:{port_of(url)}")):
        return None
    return _named(url.scheme)


def _named(scheme: str) -> Proxy | None:
    proxies = urllib.request.getproxies()
    found = proxies.get(scheme) or proxies.get("all")
    if not found:
        return None
    return Proxy(found if "://" in found else f"http://{found}", _variable(scheme))


def _variable(scheme: str) -> str:
    """Where `urllib` found the proxy for `scheme`: lower case counts first."""
    names = (f"{scheme}_proxy", f"{scheme}_proxy".upper(), "all_proxy", "ALL_PROXY")
    return next((name for name in names if os.environ.get(name)), "the system's proxy setting")


def _passwords(url: str) -> tuple[Secret, ...]:
    """The password in the address of a proxy as it is written, as it is, and as it is sent; none if there is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ()
    if not parts.password:
        return ()
    password, user = unquote(parts.password), unquote(parts.username or "")
    sent = base64.b64encode(f"{user}:{password}".encode()).decode()
    return tuple(map(Secret, (parts.password, password, sent)))


_PORTS = {"http": 80, "https": 443}
