"""GitHub's addresses, an enterprise's own GitHub included, and who somebody is there."""

import re
from urllib.parse import SplitResult, urlsplit

import attrs

import llm_ls
from llm_ls import errors
from llm_ls.auth import identity, sendable, token_endpoint
from llm_ls.auth.entries import ONLY_ACCOUNT
from llm_ls.auth.fetching import Fetch
from llm_ls.auth.secret import Secret

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{4,253}}$){_LABEL}(?:\.{_LABEL})+")
_COPILOT = "githubcopilot.com"


@attrs.frozen
class Endpoints:
    """What one GitHub has where.

    Attributes:
        exchange_url: Gives Copilot's tokens for its own.
        base_url: Copilot's API, where nothing else says so.
        host: Its name without a port; everything else is on it or below it.
    """

    device_url: str
    token_url: str
    exchange_url: str
    user_url: str
    base_url: str
    host: str

    def is_copilot(self, url: str) -> bool:
        """Whether `url` may be the API of this GitHub's Copilot."""
        host = self._host(url)
        return _is_at(host, _COPILOT) or (self.host != "github.com" and _is_at(host, self.host))

    def is_github(self, url: str) -> bool:
        """Whether what this GitHub gave out may be sent to `url`."""
        return self.is_copilot(url) or _is_at(self._host(url), self.host)

    def _host(self, url: str) -> str:
        """The host of an address that is as safe as this GitHub's own; empty if it is not."""
        parts = _parts(url)
        near = self.base_url.startswith("http://")
        safe = parts is not None and sendable.is_safe(url) and (parts.scheme == "http") == near
        return (parts.hostname or "") if parts and safe else ""


def endpoints(domain: str) -> Endpoints:
    """Of the GitHub at `domain`: empty is github.com, an http address on this machine stands for all that GitHub has.

    Raises:
        SettingsInvalid: `domain` is no host.
    """
    text = domain.strip().rstrip("/").lower()
    if text.startswith("http://") and sendable.is_safe(text) and text == _origin(text):
        return _all_below(text, text, text, urlsplit(text).hostname or "")
    host = text.removeprefix("https://").removeprefix("http://") or "github.com"
    if host in ("github.com", "www.github.com"):
        return _all_below("https://github.com", "https://api.github.com", f"https://api.{_COPILOT}", "github.com")
    if not _HOST.fullmatch(host):
        raise errors.SettingsInvalid(
            "the domain of GitHub Enterprise is no host", hint="write it as in `octocorp.ghe.com`"
        )
    return _all_below(f"https://{host}", f"https://api.{host}", f"https://copilot-api.{host}", host)


def domain_of(url: str) -> str:
    """The `domain` whose endpoints `url` is one of."""
    return _origin(url) if url.startswith("http://") else urlsplit(url).hostname or ""


async def login(domain: str, fetch: Fetch, token: Secret) -> str:
    """Whose `token` is; `ONLY_ACCOUNT` where GitHub does not say, which is no failure of a sign-in."""
    headers = {**HEADERS, "Authorization": f"Bearer {token.reveal()}"}
    try:
        fetched = await fetch("GET", endpoints(domain).user_url, headers, None)
    except errors.LlmLsError:
        return ONLY_ACCOUNT
    said = token_endpoint.json_object(fetched.body) if fetched.status == 200 else None
    return identity.account_of({"login": (said or {}).get("login")})


HEADERS = {"Accept": "application/json", "User-Agent": f"llm-ls/{llm_ls.__version__}"}
"""Sent with every request; GitHub's API refuses those without a user agent."""


def _all_below(site: str, api: str, copilot: str, host: str) -> Endpoints:
    return Endpoints(
        device_url=f"{site}/login/device/code",
        token_url=f"{site}/login/oauth/access_token",
        exchange_url=f"{api}/copilot_internal/v2/token",
        user_url=f"{api}/user",
        base_url=copilot,
        host=host,
    )


def _is_at(host: str, name: str) -> bool:
    return host == name or host.endswith(f".{name}")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _parts(url: str) -> SplitResult | None:
    """`url` taken apart; `None` where browsers and libraries may take it apart differently."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    plain = re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", parts.netloc) and url.isascii() and url.isprintable()
    return parts if plain and (parts.scheme == "http" or port in (None, 443)) else None
