"""Whole processes of llm-ls and oidc-provider, whose refresh tokens rotate: two at once, and one that is stolen."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator

import attrs
import httpx2
import pytest

from llm_ls.auth import device_flow
from llm_ls.auth.credential_store import CredentialStore
from llm_ls.auth.entries import SignedIn
from llm_ls.auth.secret import Secret
from llm_ls.providers.fetcher import Fetcher
from tests.cli.command import Done, configure, run, started
from tests.rigs.clock import FastClock
from tests.rigs.oidc import CLIENT_ID, OidcProvider
from tests.rigs.openai import whole
from tests.rigs.vendor import Answer, LoopbackVendor


@pytest.fixture
async def oidc() -> AsyncGenerator[OidcProvider]:
    async with OidcProvider() as provider:
        yield provider


@pytest.fixture
def team(oidc: OidcProvider, vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider whose keys are the tokens of the OpenID provider."""
    monkeypatch.setenv("TEAM_OAUTH_CLIENT_ID", CLIENT_ID)
    configure(f"""
        [providers.team]
        kind = "openai"
        baseUrl = "{vendor.url}"
        models = ["m"]
        [providers.team.oauth]
        deviceUrl = "{oidc.issuer}/device/auth"
        tokenUrl = "{oidc.issuer}/token"
        scope = "openid offline_access email"
    """)


@pytest.fixture
async def signed_in(team: None, oidc: OidcProvider, vendor: LoopbackVendor) -> None:
    """Somebody has signed in to it."""
    client = oidc.client(provider="team", audience=vendor.url)
    async with (
        httpx2.AsyncClient(trust_env=False) as http,
        device_flow.begin(client, Fetcher(http), FastClock()) as attempt,
    ):
        await oidc.approve_device(attempt.invitation.code)
        identity = await attempt.finished()
    await CredentialStore({}).save("team", identity.account, identity.entry)


async def held() -> SignedIn:
    entry = await CredentialStore({}).load("team")
    assert isinstance(entry, SignedIn)
    return entry


async def expire() -> None:
    """Let the token's time be over, as far as the store knows."""
    saved = CredentialStore({}).saved("team")
    assert saved is not None
    await CredentialStore({}).save("team", saved.account, attrs.evolve(await held(), expires_at=time.time() - 1))


async def ask() -> Done:
    return await run("chat", "hi", "-m", "team/m")


def bearers(vendor: LoopbackVendor) -> list[str]:
    return [request.headers["authorization"].removeprefix("Bearer ") for request in vendor.requests]


async def test_signs_in_to_any_server_that_has_a_device_endpoint(
    team: None, oidc: OidcProvider, vendor: LoopbackVendor
) -> None:
    async with started("login", "team") as process:
        assert process.stderr is not None
        said = (await process.stderr.readline()).decode()
        code = re.search(r"enter the code (\S+)", said)
        assert code, said
        await oidc.approve_device(code[1])
        out, _ = await process.communicate()
    vendor.says(*whole("hello"))
    done = await ask()

    assert f"open {oidc.issuer}/device" in said
    assert out.decode().startswith("Signed in to team as ada")
    assert (done.code, done.out.strip()) == (0, "hello")
    assert bearers(vendor) == [(await held()).access.reveal()]


async def test_two_processes_refresh_at_once_and_nobody_is_signed_out(
    signed_in: None, oidc: OidcProvider, vendor: LoopbackVendor
) -> None:
    first = await held()
    for _ in range(3):
        vendor.says(*whole("hello"))
    await expire()
    both = await asyncio.gather(ask(), ask())
    second = await held()
    await expire()
    third = await ask()

    assert [done.code for done in (*both, third)] == [0, 0, 0], [done.err for done in (*both, third)]
    assert bearers(vendor)[:2] == [second.access.reveal()] * 2
    assert len({token.access.reveal() for token in (first, second, await held())}) == 3
    assert await oidc.userinfo((await held()).access) == 200


async def test_token_that_the_vendor_refuses_is_refreshed_and_sent_once_more(
    signed_in: None, vendor: LoopbackVendor
) -> None:
    before = await held()
    vendor.answers(Answer((b'{"error": {"message": "expired"}}',), status=401))
    vendor.says(*whole("hello"))
    done = await ask()

    assert (done.code, done.out.strip()) == (0, "hello")
    assert bearers(vendor) == [before.access.reveal(), (await held()).access.reveal()]


async def test_reuse_of_a_stolen_refresh_token_ends_the_sign_in_with_a_way_back(
    signed_in: None, oidc: OidcProvider, vendor: LoopbackVendor
) -> None:
    stolen = (await held()).refresh
    assert stolen is not None
    vendor.says(*whole("hello"))
    await expire()
    await ask()
    assert await spend(oidc, stolen) == "invalid_grant"
    await expire()
    done = await ask()

    assert done.code == 1
    assert "Sign in again: run `llm-ls login team`" in done.err
    assert len(vendor.requests) == 1
    assert stolen.reveal() not in done.err


async def spend(oidc: OidcProvider, refresh: Secret) -> str:
    """Use a refresh token as a thief would; the error."""
    fields = {"grant_type": "refresh_token", "refresh_token": refresh.reveal(), "client_id": CLIENT_ID}
    async with httpx2.AsyncClient(trust_env=False) as http:
        return (await http.post(f"{oidc.issuer}/token", data=fields)).json()["error"]
