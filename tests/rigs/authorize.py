"""The parties of a sign-in on a page: a client of our own, the address as its browser sees it, and how that comes back.

The token endpoint is a `LoopbackVendor`.
"""

import base64
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import attrs
import httpx2
import pytest

from llm_ls import errors
from llm_ls.auth import loopback
from llm_ls.auth.attempts import Attempt, Ended, Identity
from llm_ls.auth.entries import SignedIn
from llm_ls.auth.fetching import Fetch
from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.providers.fetcher import Fetcher
from llm_ls.providers.http import new_client
from tests.rigs.vendor import LoopbackVendor, Received

JSON = {"content-type": "application/json"}
TOKENS = {"access_token": "acc3ss", "refresh_token": "r3fresh", "token_type": "Bearer", "expires_in": 3600}


def _has(host: str) -> bool:
    try:
        loopback.opened(host, 0).close()
    except OSError:
        return False
    return True


HOSTS = tuple(host for host in ("127.0.0.1", "::1") if _has(host))
"""The addresses by which this machine has itself: many containers have only the older one."""


@asynccontextmanager
async def fetching() -> AsyncGenerator[Fetch]:
    """What the server asks with."""
    async with new_client() as http:
        yield Fetcher(http)


def client(vendor: LoopbackVendor, **changes: Any) -> OAuthClient:
    made = OAuthClient(
        provider="acme",
        name="Acme",
        methods=("browser", "paste"),
        client_id="llm-ls-1",
        token_url=f"{vendor.url}/token",
        authorization_url=f"{vendor.url}/authorize",
        scope="models",
        issuer="https://acme.test",
        audience="https://api.acme.test/v1",
    )
    return attrs.evolve(made, **changes)


def asked(attempt: Attempt) -> dict[str, str]:
    """The members of the page's address."""
    return dict(parse_qsl(urlsplit(attempt.invitation.url).query))


def address(attempt: Attempt, **members: str) -> str:
    """Where the page sends the browser back to: with a code and the right state unless `members` say otherwise."""
    page = asked(attempt)
    given = {"code": "c0de", **({"state": page["state"]} if "state" in page else {}), **members}
    return f"{page.get('redirect_uri') or page['callback_url']}?{urlencode(given)}"


async def comes_back(attempt: Attempt, method: str = "GET", **members: str) -> httpx2.Response:
    """The page that the browser then shows."""
    return await visit(address(attempt, **members), method)


async def visit(url: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False, timeout=20) as browser:
        return await browser.request(method, url, headers=dict(headers or {}))


def gives(vendor: LoopbackVendor, headers: Mapping[str, str] | None = None, **members: Any) -> None:
    """Answer the next request for tokens with these beside `TOKENS`."""
    body = json.dumps({**TOKENS, **members}).encode()
    vendor.says(body, headers={**JSON, **(headers or {})})


def form(request: Received) -> dict[str, str]:
    """The fields of a request for tokens."""
    return {name: value for name, (value,) in parse_qs(request.body.decode()).items()}


def id_token(**claims: Any) -> str:
    """An id token, which nobody has signed."""
    parts: tuple[dict[str, Any], ...] = ({"alg": "none"}, claims, {})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)


async def ended(attempt: Attempt) -> Ended:
    """How the attempt ends where nobody is to blame."""
    with pytest.raises(Ended) as caught:
        await attempt.finished()
    return caught.value


async def failed(attempt: Attempt) -> errors.LlmLsError:
    """How it fails."""
    with pytest.raises(errors.LlmLsError) as caught:
        await attempt.finished()
    return caught.value


async def goes_on(attempt: Attempt, vendor: LoopbackVendor) -> None:
    """The attempt has lost nothing: the right browser can still come back."""
    gives(vendor)
    assert (await comes_back(attempt)).status_code == 200
    assert isinstance((await attempt.finished()).entry, SignedIn)


def tokens(identity: Identity) -> SignedIn:
    assert isinstance(identity.entry, SignedIn)
    return identity.entry
