"""Signing in by a code: patient with GitHub and everybody else, for as long as the code lasts and not a poll longer."""

import asyncio
import traceback
from typing import Any

import pytest

from llm_ls import errors
from llm_ls.auth import device_flow
from llm_ls.auth.attempts import Ended, Identity
from llm_ls.auth.entries import SignedIn
from llm_ls.auth.fetching import Fetch
from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.auth.secret import Secret
from tests.rigs.clock import FastClock
from tests.rigs.github import CLIENT_ID, DEVICE, HANG_UP, TOKEN, USER, GitHub, Reply, refusal
from tests.rigs.vendor import PAUSE, LoopbackVendor

PENDING = refusal("authorization_pending")
HTML = Reply(text="<html>Welcome to the hotel</html>", headers={"content-type": "text/html"})


@pytest.fixture
def clock() -> FastClock:
    return FastClock()


async def signed_in(github: GitHub, fetch: Fetch, clock: FastClock, *polled: Reply | None, **changes: Any) -> Identity:
    """What comes of a sign-in that is approved at once, where polls are answered so at first."""
    github.says(TOKEN, *polled)
    async with device_flow.begin(github.client(**changes), fetch, clock) as attempt:
        github.approve()
        return await attempt.finished()


def entry_of(identity: Identity) -> SignedIn:
    assert isinstance(identity.entry, SignedIn)
    return identity.entry


async def failure(
    github: GitHub, fetch: Fetch, clock: FastClock, *polled: Reply | None, **changes: Any
) -> errors.ProviderError:
    with pytest.raises(errors.ProviderError) as caught:
        await signed_in(github, fetch, clock, *polled, **changes)
    return caught.value


async def test_shows_the_code_and_the_page_before_anything_is_asked(github: GitHub, fetch: Fetch) -> None:
    async with device_flow.begin(github.client(), fetch, FastClock()) as attempt:
        invitation = attempt.invitation

    (asked,) = github.requests
    assert (asked.path, asked.headers["accept"]) == (DEVICE, "application/json")
    assert asked.body == f"client_id={CLIENT_ID}&scope=read%3Auser".encode()
    assert invitation.url == f"{github.url}/login/device"
    assert len(invitation.code) == 9
    assert invitation.lasts_s == 900
    assert not invitation.takes_paste


async def test_waits_an_interval_before_each_poll(github: GitHub, fetch: Fetch, clock: FastClock) -> None:
    github.interval = 7
    found = await signed_in(github, fetch, clock, PENDING, PENDING)

    assert clock.slept == [7, 7, 7]
    assert found.account == "octocat"
    assert entry_of(found).access.reveal() in github.given_out
    assert entry_of(found).details == {
        "clientId": CLIENT_ID,
        "audience": github.url,
        "domain": github.url,
    }


@pytest.mark.parametrize(
    ("interval", "waited"),
    [(None, 5), (0, 1), (0.2, 1), (2.5, 2.5), ("7", 7), ("soon", 5), (-3, 5), (True, 5), ([], 5), ("nan", 5)],
)
async def test_polls_as_often_as_it_is_told(
    interval: Any, waited: float, github: GitHub, fetch: Fetch, clock: FastClock
) -> None:
    github.interval = interval
    await signed_in(github, fetch, clock, PENDING)

    assert clock.slept == [waited, waited]


@pytest.mark.parametrize(
    ("slow_down", "waited"),
    [
        ({}, 10),
        ({"interval": 12}, 12),
        ({"interval": "12"}, 12),
        ({"interval": 5.5}, 5.5),
        ({"interval": 5}, 10),
        ({"interval": 3}, 10),
        ({"interval": "later"}, 10),
        ({"interval": -1}, 10),
    ],
)
async def test_slows_down_for_good(
    slow_down: dict[str, Any], waited: float, github: GitHub, fetch: Fetch, clock: FastClock
) -> None:
    await signed_in(github, fetch, clock, refusal("slow_down", **slow_down), PENDING, PENDING)

    assert clock.slept == [5, waited, waited, waited]


async def test_slows_down_each_time(github: GitHub, fetch: Fetch, clock: FastClock) -> None:
    slow_down = refusal("slow_down", 400)
    await signed_in(github, fetch, clock, slow_down, PENDING, slow_down, refusal("slow_down", 429, interval=40))

    assert clock.slept == [5, 10, 10, 15, 40]


@pytest.mark.parametrize("status", [200, 400, 401, 403, 428])
async def test_reads_errors_under_any_status(status: int, github: GitHub, fetch: Fetch, clock: FastClock) -> None:
    pending = refusal("authorization_pending", status)
    with pytest.raises(Ended) as denied:
        await signed_in(github, fetch, clock, pending, refusal("access_denied", status))
    with pytest.raises(Ended) as expired:
        await signed_in(github, fetch, clock, refusal("slow_down", status), refusal("expired_token", status))

    assert (denied.value.status, expired.value.status) == ("denied", "expired")
    assert clock.slept == [5, 5, 5, 10]


async def test_person_may_refuse(github: GitHub, fetch: Fetch, clock: FastClock) -> None:
    async with device_flow.begin(github.client(), fetch, clock) as attempt:
        github.deny(attempt.invitation.code)
        with pytest.raises(Ended, match="refused"):
            await attempt.finished()


async def test_stops_when_the_code_has_expired(github: GitHub, fetch: Fetch, clock: FastClock) -> None:
    github.expires_in, github.interval = 100, 30
    with pytest.raises(Ended) as caught:
        await signed_in(github, fetch, clock, *[PENDING] * 9)

    assert caught.value.status == "expired"
    assert clock.slept == [30, 30, 30, 10]
    assert len(github.asked(TOKEN)) == 3


@pytest.mark.parametrize(
    "broken",
    [
        HANG_UP,
        Reply({}, 500),
        Reply(text="<h1>Bad gateway</h1>", status=502),
        Reply({"error": "oops"}, 503),
        refusal("temporarily_unavailable"),
        refusal("server_error", 400),
    ],
)
async def test_outlives_a_network_that_fails(
    broken: Reply | None, github: GitHub, fetch: Fetch, clock: FastClock
) -> None:
    found = await signed_in(github, fetch, clock, broken, broken, PENDING, broken)

    assert clock.slept == [5, 10, 20, 5, 10]
    assert found.account == "octocat"


async def test_backs_off_a_minute_at_most_and_as_long_as_it_is_told(
    github: GitHub, fetch: Fetch, clock: FastClock
) -> None:
    told = Reply({"message": "slow"}, 429, {"retry-after": "90"})
    limited = Reply({"error": "rate_limited"}, 429, {"retry-after": "70"})
    await signed_in(github, fetch, clock, *[HANG_UP] * 5, told, limited)

    assert clock.slept == [5, 10, 20, 40, 60, 60, 90, 70]


async def test_gives_up_a_dead_network_with_the_code(github: GitHub, fetch: Fetch, clock: FastClock) -> None:
    with pytest.raises(Ended) as caught:
        await signed_in(github, fetch, clock, *[HANG_UP] * 99)

    assert caught.value.status == "expired"
    assert sum(clock.slept) == 900


@pytest.mark.parametrize(
    ("polled", "kind", "hint"),
    [
        (refusal("device_flow_disabled"), "invalid_request", "enable device flow"),
        (refusal("unauthorized_client", 400), "invalid_request", "enable device flow"),
        (refusal("incorrect_client_credentials"), "authentication", "set `providers.github-copilot.clientId`"),
        (refusal("invalid_client", 401), "authentication", "set `providers.github-copilot.clientId`"),
        (refusal("incorrect_device_code"), "authentication", "sign in again"),
        (refusal("invalid_grant", 400), "authentication", "sign in again"),
        (refusal("unsupported_grant_type"), "invalid_request", "check `providers.github-copilot.oauth`"),
        (refusal("invented_here"), "authentication", "sign in again"),
        (HTML, "protocol", "check `providers.github-copilot.oauth`"),
        (Reply({}, 302, {"location": "https://elsewhere.example/"}), "protocol", ""),
        (Reply({"access_token": "two words", "token_type": "bearer"}), "protocol", "sign in again"),
        (Reply({"access_token": "gho_1", "token_type": "mac"}), "protocol", "sign in again"),
        (Reply({}), "protocol", "sign in again"),
        (Reply([]), "protocol", ""),
    ],
)
async def test_says_what_to_do_about_what_no_waiting_mends(
    polled: Reply, kind: str, hint: str, github: GitHub, fetch: Fetch, clock: FastClock
) -> None:
    failed = await failure(github, fetch, clock, PENDING, polled)

    assert (failed.kind, failed.provider) == (kind, "github-copilot")
    assert failed.hint.startswith(hint)
    assert len(github.asked(TOKEN)) == 2


@pytest.mark.parametrize(
    ("answer", "kind", "hint"),
    [
        (Reply({"error": "Not Found"}, 404), "authentication", "set `providers.github-copilot.clientId`"),
        (refusal("device_flow_disabled", 400), "invalid_request", "enable device flow"),
        (refusal("invalid_scope", 400), "invalid_request", "correct the scope"),
        (HTML, "protocol", "check"),
        (Reply({}, 503), "unavailable", "try again"),
        (HANG_UP, "connection", ""),
    ],
)
async def test_says_why_there_is_no_code(
    answer: Reply | None, kind: str, hint: str, github: GitHub, fetch: Fetch, clock: FastClock
) -> None:
    github.says(DEVICE, answer)
    failed = await failure(github, fetch, clock)

    assert (failed.kind, failed.provider or "github-copilot") == (kind, "github-copilot")
    assert failed.hint.startswith(hint)


async def test_needs_a_client_of_the_users_own(github: GitHub, fetch: Fetch, clock: FastClock) -> None:
    failed = await failure(github, fetch, clock, client_id="")
    unknown = await failure(github, fetch, clock, client_id="somebody-else")

    assert (failed.kind, unknown.kind) == ("missing_credentials", "authentication")
    assert "`providers.github-copilot.clientId`" in failed.hint
    assert len(github.requests) == 1


async def test_sends_the_secret_of_a_client_and_what_its_row_adds(
    github: GitHub, fetch: Fetch, clock: FastClock
) -> None:
    added = {"client_secret": Secret("s3cret"), "token_params": {"audience": "api"}, "headers": {"X-App": "llm-ls"}}
    await signed_in(github, fetch, clock, encoding="json", **added)

    code, poll = github.asked(DEVICE)[0], github.asked(TOKEN)[0]
    assert code.json == {"client_id": CLIENT_ID, "client_secret": "s3cret", "scope": "read:user"}
    assert poll.json == {
        "client_id": CLIENT_ID,
        "client_secret": "s3cret",
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": github.given_out[0],
        "audience": "api",
    }
    assert code.headers["x-app"] == poll.headers["x-app"] == "llm-ls"


async def test_keeps_what_a_refresh_needs(github: GitHub, fetch: Fetch, clock: FastClock) -> None:
    github.prefix, github.token_lasts_s, github.scope = "ghu_", 28_800, ""
    found = await signed_in(github, fetch, clock)

    entry = entry_of(found)
    assert entry.refresh is not None
    assert entry.refresh.reveal().startswith("ghr_")
    assert entry.expires_at is not None
    assert entry.details["tokenUrl"] == f"{github.url}{TOKEN}"


@pytest.mark.parametrize(
    ("granted", "enough"), [("read:user", True), ("repo,read:user", True), ("repo read:user", True), ("repo", False)]
)
async def test_sees_that_the_permission_is_there(
    granted: str, enough: bool, github: GitHub, fetch: Fetch, clock: FastClock
) -> None:
    github.scope = granted
    if enough:
        assert (await signed_in(github, fetch, clock, required_scope="read:user")).account == "octocat"
    else:
        failed = await failure(github, fetch, clock, required_scope="read:user")
        assert (failed.kind, failed.hint) == ("permission", "sign in again, and grant all that is asked for")


async def test_takes_what_was_asked_for_as_granted_where_nothing_else_is_said(
    github: GitHub, fetch: Fetch, clock: FastClock
) -> None:
    unsaid = Reply({"access_token": "gho_1", "token_type": "Bearer"})

    assert await signed_in(github, fetch, clock, unsaid, required_scope="read:user")


@pytest.mark.parametrize("said", [Reply({}, 500), HANG_UP, HTML, Reply([]), Reply({"login": 7}), Reply({}, 401)])
async def test_signs_in_also_when_nobody_says_whom(
    said: Reply | None, github: GitHub, fetch: Fetch, clock: FastClock
) -> None:
    github.says(USER, said)
    found = await signed_in(github, fetch, clock)

    assert found.account in ("default", "7")
    assert github.asked(USER)[0].headers["user-agent"].startswith("llm-ls/")


async def test_leaving_ends_the_polling_at_once(github: GitHub, fetch: Fetch) -> None:
    async with device_flow.begin(github.client(), fetch) as attempt:
        before = asyncio.all_tasks()
        waiting = asyncio.create_task(attempt.finished())
        await asyncio.sleep(0)
    (over,) = await asyncio.gather(waiting, return_exceptions=True)

    assert isinstance(over, asyncio.CancelledError)
    assert github.asked(TOKEN) == []
    assert asyncio.all_tasks() <= before


async def test_cancelling_ends_a_poll_that_is_under_way(
    vendor: LoopbackVendor, github: GitHub, fetch: Fetch, clock: FastClock
) -> None:
    vendor.says(PAUSE)
    async with device_flow.begin(github.client(token_url=f"{vendor.url}/token"), fetch, clock) as attempt:
        waiting = asyncio.create_task(attempt.finished())
        await vendor.asked()
        waiting.cancel()

        assert await vendor.client_closed() == 1
    with pytest.raises(errors.InvalidRequest, match="over"):
        await attempt.finished()


async def test_is_used_once(github: GitHub, fetch: Fetch, clock: FastClock) -> None:
    async with device_flow.begin(github.client(), fetch, clock) as attempt:
        github.approve()
        await attempt.finished()
        with pytest.raises(errors.InvalidRequest, match="over"):
            await attempt.finished()
        with pytest.raises(errors.InvalidRequest, match="nothing is to be pasted"):
            attempt.paste(github.given_out[0])


async def test_sends_nothing_in_the_clear(github: GitHub, fetch: Fetch, clock: FastClock) -> None:
    for field in ("device_url", "token_url"):
        far = {field: "http://github.example/login"}
        with pytest.raises(errors.SettingsInvalid):
            await signed_in(github, fetch, clock, **far)

    assert github.asked(TOKEN) == []


async def test_no_failure_shows_a_secret(github: GitHub, fetch: Fetch, clock: FastClock) -> None:
    def echoing(status: int, code: str) -> Reply:
        return Reply({"error": code, "error_description": f"{github.given_out[-1]} s3cret-of-app"}, status)

    async def shown(client: OAuthClient, *polled: tuple[int, str]) -> str:
        async with device_flow.begin(client, fetch, clock) as attempt:
            github.says(TOKEN, *(echoing(status, code) for status, code in polled))
            try:
                await attempt.finished()
            except (errors.LlmLsError, Ended) as caught:
                said = f"{vars(caught)} {caught!r} {attempt!r} {client!r}"
                return said + "".join(traceback.format_exception(caught))
        raise AssertionError("it should have failed")

    client = github.client(client_secret=Secret("s3cret-of-app"))
    everything = ""
    for code in ("access_denied", "expired_token", "invented_here", "invalid_grant", "device_flow_disabled"):
        everything += await shown(client, (200, code))
    everything += await shown(client, (500, "x"), (200, "access_denied"))

    assert "****" in everything
    assert [secret for secret in (*github.given_out, "s3cret-of-app") if secret in everything] == []
