"""The device flow with a certified provider: what we read in the standard is what it means."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest

from llm_ls import errors
from llm_ls.auth import device_flow
from llm_ls.auth.attempts import Ended
from llm_ls.auth.entries import SignedIn
from llm_ls.auth.fetching import Fetch
from llm_ls.auth.secret import Secret
from llm_ls.providers.fetcher import Fetcher
from tests.rigs.clock import FastClock
from tests.rigs.oidc import CLIENT_ID, OidcProvider


@pytest.fixture
async def oidc() -> AsyncGenerator[OidcProvider]:
    async with OidcProvider() as provider:
        yield provider


@pytest.fixture
async def fetch() -> AsyncGenerator[Fetch]:
    async with httpx2.AsyncClient(trust_env=False) as http:
        yield Fetcher(http)


@pytest.mark.parametrize("confidential", [False, True])
async def test_signs_in_once_the_person_has_agreed(confidential: bool, oidc: OidcProvider, fetch: Fetch) -> None:
    client, clock = oidc.client(confidential=confidential), FastClock(speed=100)
    async with device_flow.begin(client, fetch, clock) as attempt:
        waiting = asyncio.create_task(attempt.finished())
        for _ in range(2):  # so that one poll at least was too early
            await clock.woken()
        await oidc.approve_device(attempt.invitation.code, "bob")
        found = await waiting

    assert attempt.invitation.url == f"{oidc.issuer}/device"
    assert set(clock.slept) == {5.0}
    assert found.account == "bob@example.org"
    assert isinstance(found.entry, SignedIn)
    assert found.entry.refresh is not None
    assert found.entry.details["clientId"] == client.client_id
    assert found.entry.details["tokenUrl"] == f"{oidc.issuer}/token"
    assert found.entry.details["audience"] == f"{oidc.issuer}/api"
    assert await oidc.userinfo(found.entry.access) == 200


async def test_person_may_refuse(oidc: OidcProvider, fetch: Fetch) -> None:
    async with device_flow.begin(oidc.client(), fetch, FastClock()) as attempt:
        await oidc.deny_device(attempt.invitation.code)
        with pytest.raises(Ended) as caught:
            await attempt.finished()

    assert caught.value.status == "denied"


async def test_provider_says_that_the_code_has_expired(fetch: Fetch) -> None:
    class Stopped(FastClock):
        """Would never see by itself that it is too late."""

        def now(self) -> float:
            return 0.0

    async with (
        OidcProvider(ttl={"DeviceCode": 1}) as oidc,
        device_flow.begin(oidc.client(), fetch, Stopped(speed=20)) as attempt,
    ):
        with pytest.raises(Ended) as caught:
            await attempt.finished()

    assert caught.value.status == "expired"


async def test_code_is_of_use_once(oidc: OidcProvider, fetch: Fetch) -> None:
    async with device_flow.begin(oidc.client(), fetch, FastClock()) as attempt:
        await oidc.approve_device(attempt.invitation.code)
        assert (await attempt.finished()).account == "ada@example.org"
        with pytest.raises(errors.InvalidRequest):
            await attempt.finished()


@pytest.mark.parametrize(
    "unknown", [{"client_id": "nobody"}, {"client_id": f"{CLIENT_ID}-confidential", "client_secret": Secret("wrong")}]
)
async def test_client_that_is_not_known_is_told_what_to_set(
    unknown: dict[str, Any], oidc: OidcProvider, fetch: Fetch
) -> None:
    with pytest.raises(errors.Authentication) as caught:
        async with device_flow.begin(oidc.client(**unknown), fetch, FastClock()):
            pass

    assert caught.value.hint == "set `providers.oidc.clientId` to the id of an OAuth app of yours"
