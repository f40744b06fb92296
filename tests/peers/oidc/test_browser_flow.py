"""The browser flow with a certified provider: code, proof key, issuer and refresh token as the standards have them."""

from collections.abc import AsyncGenerator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from llm_ls import errors
from llm_ls.auth import browser_flow
from llm_ls.auth.attempts import Ended
from llm_ls.auth.entries import SignedIn
from llm_ls.auth.fetching import Fetch
from tests.rigs import authorize
from tests.rigs.oidc import REFUSES, OidcProvider


@pytest.fixture
async def provider() -> AsyncGenerator[OidcProvider]:
    async with OidcProvider() as made:
        yield made


@pytest.fixture
async def fetch() -> AsyncGenerator[Fetch]:
    async with authorize.fetching() as made:
        yield made


@pytest.mark.parametrize("confidential", [False, True])
async def test_signs_in_and_gets_a_refresh_token(confidential: bool, provider: OidcProvider, fetch: Fetch) -> None:
    client = provider.client(confidential=confidential, authorize_params={"prompt": "consent"})
    async with browser_flow.begin(client, fetch) as attempt:
        back = await provider.visit(attempt.invitation.url)
        response = await authorize.visit(back)
        identity = await attempt.finished()
    entry = identity.entry

    assert parse_qs(urlsplit(back).query)["iss"] == [provider.issuer]
    assert "You are signed in to The OpenID rig" in response.text
    assert isinstance(entry, SignedIn)
    assert entry.refresh is not None
    assert await provider.userinfo(entry.access) == 200
    assert identity.account.startswith("ada")


@pytest.mark.parametrize(
    "redirect_uri",
    ["", "http://127.0.0.1/auth/callback", *["http://[::1]:0/callback"] * ("::1" in authorize.HOSTS)],
)
async def test_any_port_of_this_machine_will_do(redirect_uri: str, provider: OidcProvider, fetch: Fetch) -> None:
    async with browser_flow.begin(provider.client(redirect_uri=redirect_uri), fetch) as attempt:
        await authorize.visit(await provider.visit(attempt.invitation.url))

        assert isinstance((await attempt.finished()).entry, SignedIn)


@pytest.mark.parametrize("redirect_uri", ["", "https://paste.example/callback"])
@pytest.mark.parametrize("method", ["browser", "paste"])
async def test_address_can_be_pasted(method: Any, redirect_uri: str, provider: OidcProvider, fetch: Fetch) -> None:
    async with browser_flow.begin(provider.client(redirect_uri=redirect_uri), fetch, method=method) as attempt:
        attempt.paste(await provider.visit(attempt.invitation.url))

        assert isinstance((await attempt.finished()).entry, SignedIn)


async def test_person_who_refuses_is_understood(provider: OidcProvider, fetch: Fetch) -> None:
    async with browser_flow.begin(provider.client(), fetch) as attempt:
        response = await authorize.visit(await provider.visit(attempt.invitation.url, login=REFUSES))
        with pytest.raises(Ended) as caught:
            await attempt.finished()

    assert caught.value.status == "denied"
    assert "You are not signed in to The OpenID rig" in response.text


async def test_code_of_one_attempt_is_of_no_use_to_another(provider: OidcProvider, fetch: Fetch) -> None:
    """Whoever catches a code, or slips one in, lacks its verifier."""
    client = provider.client()
    async with browser_flow.begin(client, fetch) as theirs, browser_flow.begin(client, fetch) as ours:
        code = parse_qs(urlsplit(await provider.visit(theirs.invitation.url)).query)["code"][0]
        await authorize.comes_back(ours, code=code)
        with pytest.raises(errors.Authentication) as caught:
            await ours.finished()

    assert "invalid_grant" in caught.value.message
    assert code not in caught.value.sentence
