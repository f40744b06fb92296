"""OpenRouter's sign-in: no client, no state, and a key that lasts."""

import re
from collections.abc import AsyncGenerator
from urllib.parse import urlsplit

import pytest

from llm_ls import errors
from llm_ls.auth import browser_flow, pkce
from llm_ls.auth.attempts import Identity
from llm_ls.auth.entries import SignedIn
from llm_ls.auth.fetching import Fetch
from llm_ls.auth.secret import Secret
from tests.rigs import authorize
from tests.rigs.authorize import address, asked, client, comes_back, failed
from tests.rigs.vendor import LoopbackVendor


@pytest.fixture
async def fetch() -> AsyncGenerator[Fetch]:
    async with authorize.fetching() as made:
        yield made


KEY = SignedIn(Secret("sk-or-1"), details={"audience": "https://api.acme.test/v1"})
"""Whoever signed in for it can sign out, and it goes nowhere else."""


async def test_gives_a_key(vendor: LoopbackVendor, fetch: Fetch) -> None:
    vendor.says(b'{"key": "sk-or-1"}', headers=authorize.JSON)
    row = client(vendor, client_id="", flavor="openrouter")
    async with browser_flow.begin(row, fetch) as attempt:
        page = asked(attempt)
        parts = urlsplit(page["callback_url"])
        guess = await authorize.visit(f"http://{parts.netloc}/{'a' * 43}?code=evil")
        response = await comes_back(attempt)
        identity = await attempt.finished()
    (request,) = vendor.requests
    sent = dict(request.json)

    assert page.keys() == {"callback_url", "code_challenge", "code_challenge_method"}
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{43}", page["callback_url"])
    assert (guess.status_code, response.status_code) == (404, 200)
    assert identity == Identity(KEY)
    assert pkce.challenge_of(Secret(sent.pop("code_verifier"))) == page["code_challenge"]
    assert sent == {"code": "c0de", "code_challenge_method": "S256"}


@pytest.mark.parametrize("text", ["c0de", "{address}"])
async def test_takes_what_is_copied(text: str, vendor: LoopbackVendor, fetch: Fetch) -> None:
    vendor.says(b'{"key": "sk-or-1"}', headers=authorize.JSON)
    row = client(vendor, client_id="", flavor="openrouter")
    async with browser_flow.begin(row, fetch, method="paste") as attempt:
        with pytest.raises(errors.InvalidRequest):
            attempt.paste("http://127.0.0.1:1/other?code=evil")
        attempt.paste(text.format(address=address(attempt)))

        assert (await attempt.finished()).entry == KEY


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, {"error": {"code": 403, "message": "Invalid code or code_verifier"}}, "authentication"),
        (200, {"key": None}, "protocol"),
    ],
)
async def test_gives_none(status: int, body: object, kind: str, vendor: LoopbackVendor, fetch: Fetch) -> None:
    vendor.refuses(status, body)
    async with browser_flow.begin(client(vendor, client_id="", flavor="openrouter"), fetch) as attempt:
        await comes_back(attempt)

        assert (await failed(attempt)).kind == kind
