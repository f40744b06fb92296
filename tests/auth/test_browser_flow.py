"""Signing in on a page: what a browser brings counts by its state, and what comes of it is said to both sides."""

import asyncio
from collections.abc import AsyncGenerator
from urllib.parse import urlsplit

import pytest

from llm_ls import errors
from llm_ls.auth import browser_flow, pkce
from llm_ls.auth.entries import ONLY_ACCOUNT
from llm_ls.auth.fetching import Fetch
from llm_ls.auth.secret import Secret
from tests.rigs import authorize
from tests.rigs.authorize import (
    address,
    asked,
    client,
    comes_back,
    ended,
    failed,
    form,
    gives,
    goes_on,
    id_token,
    tokens,
)
from tests.rigs.vendor import PAUSE, LoopbackVendor


@pytest.fixture
async def fetch() -> AsyncGenerator[Fetch]:
    async with authorize.fetching() as made:
        yield made


async def test_code_becomes_tokens(vendor: LoopbackVendor, fetch: Fetch) -> None:
    gives(vendor, id_token=id_token(email="ada@acme.test"))
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        page = asked(attempt)
        response = await comes_back(attempt, iss="https://acme.test")
        identity = await attempt.finished()
    (request,) = vendor.requests
    sent = form(request)
    entry = tokens(identity)

    assert "You are signed in to Acme" in response.text
    assert identity.account == "ada@acme.test"
    assert (entry.access, entry.refresh) == (Secret("acc3ss"), Secret("r3fresh"))
    assert {name: entry.details[name] for name in ("clientId", "tokenUrl", "audience")} == {
        "clientId": "llm-ls-1",
        "tokenUrl": f"{vendor.url}/token",
        "audience": "https://api.acme.test/v1",
    }
    assert {name: page[name] for name in ("response_type", "client_id", "scope", "code_challenge_method")} == {
        "response_type": "code",
        "client_id": "llm-ls-1",
        "scope": "models",
        "code_challenge_method": "S256",
    }
    assert pkce.challenge_of(Secret(sent.pop("code_verifier"))) == page["code_challenge"]
    assert sent == {
        "grant_type": "authorization_code",
        "code": "c0de",
        "redirect_uri": page["redirect_uri"],
        "client_id": "llm-ls-1",
    }


async def test_two_attempts_share_nothing(vendor: LoopbackVendor, fetch: Fetch) -> None:
    async with browser_flow.begin(client(vendor), fetch) as a, browser_flow.begin(client(vendor), fetch) as b:
        first, second = asked(a), asked(b)

    assert len(first["state"]) == len(second["state"]) == 43
    for name in ("state", "code_challenge", "redirect_uri"):
        assert first[name] != second[name]


async def test_rows_add_to_page_and_fields(vendor: LoopbackVendor, fetch: Fetch) -> None:
    gives(vendor)
    row = client(
        vendor,
        authorization_url=f"{vendor.url}/authorize?tenant=a",
        authorize_params={"access_type": "offline"},
        token_params={"resource": "r"},
        client_secret=Secret("s3cret"),
        headers={"x-beta": "1"},
        encoding="json",
    )
    async with browser_flow.begin(row, fetch) as attempt:
        page = asked(attempt)
        await comes_back(attempt)
        await attempt.finished()
    (request,) = vendor.requests

    assert (page["tenant"], page["access_type"]) == ("a", "offline")
    assert (request.json["resource"], request.json["client_secret"]) == ("r", "s3cret")
    assert request.headers["x-beta"] == "1"


@pytest.mark.parametrize("state", ["", "wrong", "\udcff"])
async def test_wrong_state_is_turned_away_and_costs_nothing(state: str, vendor: LoopbackVendor, fetch: Fetch) -> None:
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        redirect_uri = asked(attempt)["redirect_uri"]
        query = f"code=evil&error=access_denied&state={state.encode('utf-8', 'surrogateescape').decode('latin-1')}"
        response = await authorize.visit(f"{redirect_uri}?{query}")
        bare = await authorize.visit(redirect_uri)

        assert (response.status_code, bare.status_code) == (400, 400)
        assert "does not belong to the sign-in" in response.text
        assert vendor.requests == []
        await goes_on(attempt, vendor)


async def test_state_twice_is_no_state(vendor: LoopbackVendor, fetch: Fetch) -> None:
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        response = await authorize.visit(f"{address(attempt)}&state=other")

        assert response.status_code == 400
        await goes_on(attempt, vendor)


async def test_another_server_than_the_one_asked_is_turned_away(vendor: LoopbackVendor, fetch: Fetch) -> None:
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        response = await comes_back(attempt, iss="https://acme.test.evil.test")

        assert (response.status_code, "does not come from Acme" in response.text) == (400, True)
        assert vendor.requests == []
        await goes_on(attempt, vendor)


async def test_issuer_of_a_server_that_is_not_known_is_not_asked_for(vendor: LoopbackVendor, fetch: Fetch) -> None:
    gives(vendor)
    async with browser_flow.begin(client(vendor, issuer=""), fetch) as attempt:
        assert (await comes_back(attempt, iss="https://anybody.test")).status_code == 200


async def test_visit_without_a_code_costs_nothing(vendor: LoopbackVendor, fetch: Fetch) -> None:
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        assert (await comes_back(attempt, code="")).status_code == 400
        await goes_on(attempt, vendor)


@pytest.mark.parametrize("method", ["POST", "HEAD"])
async def test_other_methods_cost_nothing(method: str, vendor: LoopbackVendor, fetch: Fetch) -> None:
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        assert (await comes_back(attempt, method)).status_code == 405
        await goes_on(attempt, vendor)


async def test_person_refuses(vendor: LoopbackVendor, fetch: Fetch) -> None:
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        response = await comes_back(attempt, code="", error="access_denied")
        refusal = await ended(attempt)

    assert (refusal.status, str(refusal)) == ("denied", "the sign-in to Acme was refused on its page")
    assert "You are not signed in to Acme" in response.text


async def test_vendor_refuses_on_its_page(vendor: LoopbackVendor, fetch: Fetch) -> None:
    said = "<b>No</b>\x1b[31m such scope."
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        response = await comes_back(attempt, error="invalid_scope", error_description=said)
        error = await failed(attempt)

    assert (error.kind, error.message) == (
        "authentication",
        "Acme did not sign you in (invalid_scope: <b>No</b>[31m such scope)",
    )
    assert "&lt;b&gt;No&lt;/b&gt;" in response.text


@pytest.mark.parametrize(
    ("status", "body", "message", "hint"),
    [
        (400, {"error": "invalid_grant"}, "Acme did not sign you in (invalid_grant)", "sign in again"),
        (
            401,
            {"error": "invalid_client", "error_description": "No secret for code c0de-c0de."},
            "Acme did not sign you in (invalid_client: No secret for code ****)",
            "check `providers.acme.clientId`, and whether its client has a secret",
        ),
        (
            400,
            {"error": {"code": "invalid_grant", "message": "Too late"}},
            "Acme did not sign you in (invalid_grant: Too late)",
            "sign in again",
        ),
        (503, {}, "Acme could not sign you in (HTTP 503)", "try again"),
        (200, {"access_token": "a b"}, "Acme gave no token that can be used", "sign in again"),
    ],
)
async def test_page_tells_the_truth_about_the_exchange(
    status: int, body: object, message: str, hint: str, vendor: LoopbackVendor, fetch: Fetch
) -> None:
    vendor.refuses(status, body)
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        response = await comes_back(attempt, code="c0de-c0de")
        error = await failed(attempt)

    assert (error.message, error.hint) == (message, hint)
    assert "You are not signed in to Acme" in response.text
    assert message in response.text.replace("&#x27;", "'")


async def test_exchange_that_takes_long_leaves_the_last_word_to_the_editor(
    vendor: LoopbackVendor, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_flow, "_PAGE_WAITS_S", 0.05)
    vendor.says(PAUSE, b'{"access_token": "acc3ss"}', headers=authorize.JSON)
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        response = await comes_back(attempt)
        vendor.go_on()
        identity = await attempt.finished()

    assert "Go back to your editor: it will say whether you are signed in" in response.text
    assert identity.account == ONLY_ACCOUNT


async def test_second_visit_is_told_what_came_of_the_first(vendor: LoopbackVendor, fetch: Fetch) -> None:
    vendor.says(PAUSE, b'{"access_token": "acc3ss"}', headers=authorize.JSON)
    async with browser_flow.begin(client(vendor), fetch) as attempt:
        first = asyncio.create_task(comes_back(attempt))
        await vendor.paused()
        meanwhile = await comes_back(attempt)
        vendor.go_on()
        await first
        afterwards = await comes_back(attempt, error="access_denied")
        await attempt.finished()

    assert (meanwhile.status_code, "Your editor has its answer already" in meanwhile.text) == (410, True)
    assert (afterwards.status_code, "You are signed in to Acme already" in afterwards.text) == (410, True)
    assert len(vendor.requests) == 1


async def test_lasts_its_time_and_no_longer(vendor: LoopbackVendor, fetch: Fetch) -> None:
    async with browser_flow.begin(client(vendor), fetch, lasts_s=0.05) as attempt:
        refusal = await ended(attempt)
        response = await comes_back(attempt)

    assert attempt.invitation.lasts_s == 0.05
    assert (refusal.status, str(refusal)) == ("expired", "nobody signed in to Acme in time")
    assert (response.status_code, "Nobody signed in to Acme in time" in response.text) == (410, True)
    assert vendor.requests == []


async def test_leaving_closes_the_port_and_drops_the_exchange(vendor: LoopbackVendor, fetch: Fetch) -> None:
    vendor.says(PAUSE, b"{}")
    async with asyncio.timeout(10):
        async with browser_flow.begin(client(vendor), fetch) as attempt:
            visiting = asyncio.create_task(comes_back(attempt))
            await vendor.paused()
        response = await visiting
        await vendor.client_closed()
    parts = urlsplit(asked(attempt)["redirect_uri"])

    assert "It was ended in your editor" in response.text
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(parts.hostname, parts.port)


async def test_cancelled_wait_leaves_nothing_behind(vendor: LoopbackVendor, fetch: Fetch) -> None:
    invited = asyncio.Event()
    redirect_uri = ""

    async def sign_in() -> None:
        nonlocal redirect_uri
        async with browser_flow.begin(client(vendor), fetch) as attempt:
            redirect_uri = asked(attempt)["redirect_uri"]
            invited.set()
            await attempt.finished()

    signing_in = asyncio.create_task(sign_in())
    await invited.wait()
    signing_in.cancel()
    with pytest.raises(asyncio.CancelledError):
        await signing_in
    parts = urlsplit(redirect_uri)

    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(parts.hostname, parts.port)


async def test_scope_without_which_nothing_works_is_required(vendor: LoopbackVendor, fetch: Fetch) -> None:
    row = client(vendor, scope="models use", required_scope="use")
    gives(vendor, scope="models")
    gives(vendor)
    async with browser_flow.begin(row, fetch) as attempt:
        await comes_back(attempt)
        error = await failed(attempt)
    async with browser_flow.begin(row, fetch) as attempt:
        await comes_back(attempt)
        await attempt.finished()

    assert (error.kind, error.message) == (
        "permission",
        "Acme has signed you in without what llm-ls needs (use)",
    )


@pytest.mark.parametrize("field", ["authorization_url", "token_url"])
async def test_address_that_others_can_read_is_refused(field: str, vendor: LoopbackVendor, fetch: Fetch) -> None:
    with pytest.raises(errors.SettingsInvalid):
        async with browser_flow.begin(client(vendor, **{field: "http://acme.test/"}), fetch):
            pass


async def test_client_that_is_missing_is_named(vendor: LoopbackVendor, fetch: Fetch) -> None:
    row = client(vendor, client_id="", how_to_get_client="register one")
    with pytest.raises(errors.MissingCredentials) as caught:
        async with browser_flow.begin(row, fetch):
            pass

    assert caught.value.sentence == "Signing in to Acme takes an OAuth client of your own. Register one."


async def test_nothing_shows_a_secret(vendor: LoopbackVendor, fetch: Fetch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "llm_ls")
    gives(vendor)
    async with browser_flow.begin(client(vendor, client_secret=Secret("s3cret")), fetch) as attempt:
        response = await comes_back(attempt)
        identity = await attempt.finished()
    verifier = form(vendor.requests[0])["code_verifier"]
    shown = caplog.text + response.text + repr(identity) + repr(vars(attempt))

    for secret in ("acc3ss", "r3fresh", "c0de", "s3cret", verifier):
        assert secret not in shown
    assert verifier not in attempt.invitation.url
    assert "signed in to acme" in caplog.text
