"""Sign in with ChatGPT: a client that gets its id on the way, and an id token that is looked at."""

import email.utils
import time
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from llm_ls import errors
from llm_ls.auth import browser_flow, chatgpt
from llm_ls.auth.attempts import Identity
from llm_ls.auth.entries import SignedIn
from llm_ls.auth.fetching import Fetch
from llm_ls.auth.oauth_client import OAuthClient
from tests.rigs import authorize
from tests.rigs.authorize import address, asked, comes_back, form, gives, id_token
from tests.rigs.vendor import LoopbackVendor

ISSUED = "oaiapp_1"
SCOPE = "openid offline_access chatgpt.tokens.use.direct"


@pytest.fixture
async def fetch() -> AsyncGenerator[Fetch]:
    async with authorize.fetching() as made:
        yield made


def client(vendor: LoopbackVendor, client_id: str = "") -> OAuthClient:
    return authorize.client(
        vendor,
        provider="chatgpt",
        name="ChatGPT",
        client_id=client_id,
        redirect_uri="http://127.0.0.1:0/auth/callback",
        scope=SCOPE,
        issuer="https://auth.openai.test",
        token_params={"resource": "https://api.openai.test/v1"},
        flavor="chatgpt",
        required_scope="chatgpt.tokens.use.direct",
    )


def claims(attempt_nonce: str, **changes: Any) -> str:
    said = {
        "iss": "https://auth.openai.test",
        "aud": ISSUED,
        "sub": "user-1",
        "email": "ada@openai.test",
        "exp": time.time() + 3600,
        "nonce": attempt_nonce,
        **changes,
    }
    return id_token(**{name: value for name, value in said.items() if value is not None})


async def signed_in(vendor: LoopbackVendor, fetch: Fetch, date_s: float | None = None, **changes: Any) -> Identity:
    """What comes of a sign-in whose id token says these; `date_s` is the server's clock, from now."""
    dated = {} if date_s is None else {"date": email.utils.formatdate(time.time() + date_s, usegmt=True)}
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        token = claims(asked(attempt)["nonce"], **changes)
        gives(vendor, headers=dated, id_token=token, scope=SCOPE, earliest_refresh_at="2026-11-27T12:00:00Z")
        await comes_back(attempt, client_id=ISSUED)
        return await attempt.finished()


async def refused(vendor: LoopbackVendor, fetch: Fetch, **given: Any) -> errors.LlmLsError:
    with pytest.raises(errors.Authentication) as caught:
        await signed_in(vendor, fetch, **given)
    return caught.value


async def test_first_sign_in_registers_a_client(vendor: LoopbackVendor, fetch: Fetch) -> None:
    async with browser_flow.begin(client(vendor), fetch, installation="desk") as attempt:
        page = asked(attempt)
        gives(vendor, id_token=claims(page["nonce"]), scope=SCOPE)
        response = await comes_back(attempt, client_id=ISSUED)
        identity = await attempt.finished()
    sent = form(vendor.requests[0])

    assert response.status_code == 200
    assert (page["client_id"], page["agent_name_hint"]) == ("dynamic_agent_client", "llm-ls")
    assert page["ext_agent_host_id"] == chatgpt.host_id("desk")
    assert (sent["client_id"], sent["resource"]) == (ISSUED, "https://api.openai.test/v1")
    assert identity.account == "ada@openai.test"
    assert isinstance(identity.entry, SignedIn)
    assert identity.entry.details["clientId"] == ISSUED
    assert identity.entry.details["hostId"] == chatgpt.host_id("desk")


async def test_next_sign_in_uses_the_id_that_was_given_out(vendor: LoopbackVendor, fetch: Fetch) -> None:
    async with browser_flow.begin(client(vendor, ISSUED), fetch) as attempt:
        page = asked(attempt)
        gives(vendor, id_token=claims(page["nonce"]))
        await comes_back(attempt)
        await attempt.finished()

    assert page["client_id"] == form(vendor.requests[0])["client_id"] == ISSUED
    assert "agent_name_hint" not in page


async def test_id_that_was_given_out_outlives_a_failure(vendor: LoopbackVendor, fetch: Fetch) -> None:
    vendor.refuses(503, {})
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        await comes_back(attempt, client_id=ISSUED)
        with pytest.raises(errors.Unavailable):
            await attempt.finished()

    assert attempt.issued_client_id == ISSUED


async def test_visit_without_an_id_costs_nothing(vendor: LoopbackVendor, fetch: Fetch) -> None:
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        page = asked(attempt)
        response = await comes_back(attempt)
        with pytest.raises(errors.InvalidRequest):
            attempt.paste(f"c0de#{page['state']}")
        gives(vendor, id_token=claims(page["nonce"]))
        attempt.paste(address(attempt, client_id=ISSUED))
        identity = await attempt.finished()

    assert response.status_code == 400
    assert identity.account == "ada@openai.test"


def test_installation_is_called_the_same_again() -> None:
    assert chatgpt.host_id("desk") == chatgpt.host_id("desk")
    assert len({chatgpt.host_id(name) for name in ("desk", "lap", "", "")}) == 4
    assert chatgpt.host_id("desk").startswith("urn:uuid:")


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"iss": "https://evil.test"}, "it is of another issuer"),
        ({"aud": "oaiapp_2"}, "it is for another client"),
        ({"aud": ["oaiapp_2"]}, "it is for another client"),
        ({"nonce": "other"}, "it is of another attempt"),
        ({"nonce": None}, "it is of another attempt"),
        ({"sub": None}, "it names nobody"),
    ],
)
async def test_id_token_of_another_is_refused(
    changes: dict[str, Any], wrong: str, vendor: LoopbackVendor, fetch: Fetch
) -> None:
    error = await refused(vendor, fetch, **changes)

    assert error.message == f"the id token of ChatGPT cannot be used: {wrong}"


async def test_id_token_that_is_not_there_is_missed(vendor: LoopbackVendor, fetch: Fetch) -> None:
    gives(vendor, scope=SCOPE)
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        await comes_back(attempt, client_id=ISSUED)
        with pytest.raises(errors.Authentication) as caught:
            await attempt.finished()

    assert caught.value.message == "the id token of ChatGPT cannot be used: there is none"


@pytest.mark.parametrize("off_s", [-3600, 0, 3600])
async def test_clock_an_hour_off_is_no_failure(off_s: float, vendor: LoopbackVendor, fetch: Fetch) -> None:
    identity = await signed_in(vendor, fetch, date_s=off_s, exp=time.time() + off_s + 30, aud=["x", ISSUED])

    assert isinstance(identity.entry, SignedIn)
    assert identity.entry.details["earliestRefreshAt"] == "1795780800"
    assert identity.entry.expires_at == pytest.approx(time.time() + 3600, abs=60)


async def test_seconds_between_clocks_are_nothing(vendor: LoopbackVendor, fetch: Fetch) -> None:
    assert await signed_in(vendor, fetch, exp=time.time() - 30)


async def test_id_token_that_is_too_old_names_the_clock(vendor: LoopbackVendor, fetch: Fetch) -> None:
    by_theirs = await refused(vendor, fetch, date_s=3600, exp=time.time())
    by_ours = await refused(vendor, fetch, exp=time.time() - 3600)

    assert "had expired when it came; this machine's clock is 60 min behind the server's" in by_theirs.message
    assert by_ours.sentence == (
        "The id token of ChatGPT had expired when it came. Set this machine's clock, then sign in again."
    )


async def test_scope_without_the_plan_is_of_no_use(vendor: LoopbackVendor, fetch: Fetch) -> None:
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        gives(vendor, id_token=claims(asked(attempt)["nonce"]), scope="openid")
        await comes_back(attempt, client_id=ISSUED)
        with pytest.raises(errors.PermissionDenied):
            await attempt.finished()
