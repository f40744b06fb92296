"""GitHub's token becomes Copilot's: once for everybody who asks, and in time by GitHub's clock."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

import llm_ls
from llm_ls import errors
from llm_ls.auth.copilot_exchange import CopilotTokens, is_github_token
from llm_ls.auth.fetching import Fetch, Fetched
from llm_ls.auth.grant import Grant
from llm_ls.auth.secret import Secret
from tests.rigs.github import EXCHANGE, HANG_UP, GitHub, Reply
from tests.rigs.vendor import PAUSE, LoopbackVendor

MINUTE_S, HOUR_S = 60, 3600
DATE = "Sun, 09 Sep 2001 01:46:40 GMT"


class Watch:
    """Time that goes by as the test says."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def tokens(github: GitHub, fetch: Fetch, watch: Watch) -> CopilotTokens:
    return CopilotTokens("github-copilot", github.url, fetch, watch)


async def failure(tokens: CopilotTokens, token: Secret) -> errors.LlmLsError:
    with pytest.raises(errors.LlmLsError) as caught:
        await tokens.grant(token)
    return caught.value


@pytest.mark.parametrize(
    ("token", "githubs"),
    [
        ("gho_16C7e42F292c6912E7710c838347Ae178B4a", True),
        ("ghu_16C7e42F292c6912E7710c838347Ae178B4a", True),
        ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", True),
        ("github_pat_11ABCDEFG0_abcdefghijklmnop", True),
        ("3584d83530557fdd1f46af8289938c8ef79f9dc5", True),
        ("tid=1;exp=2;sku=free:abc", False),
        ("gho_1;exp=2", False),
        ("sk-live-1234", False),
        ("", False),
    ],
)
def test_tells_whose_token_it_is(token: str, githubs: bool) -> None:
    assert is_github_token(Secret(token)) is githubs


async def test_exchanges_a_token_once(github: GitHub, tokens: CopilotTokens) -> None:
    token = Secret(github.gives())
    grant = await tokens.grant(token)

    assert grant.secret.reveal().startswith("tid=")
    assert grant.base_url == github.url
    assert await tokens.grant(token) == grant
    (asked,) = github.requests
    assert asked.headers["authorization"] == f"token {token.reveal()}"
    assert asked.headers["accept"] == "application/json"
    assert asked.headers["user-agent"] == asked.headers["editor-version"] == f"llm-ls/{llm_ls.__version__}"


async def test_uses_a_token_of_copilots_as_it_is(github: GitHub, tokens: CopilotTokens) -> None:
    assert await tokens.grant(Secret("tid=1;exp=2")) == Grant(Secret("tid=1;exp=2"), github.url)
    assert github.requests == []


async def test_all_who_ask_at_once_get_the_same(github: GitHub, tokens: CopilotTokens) -> None:
    token = Secret(github.gives())
    grants = await asyncio.gather(*(tokens.grant(token) for _ in range(10)))

    assert len({grant.secret for grant in grants}) == len(github.requests) == 1


async def test_all_who_ask_at_once_are_refused_at_once(github: GitHub, tokens: CopilotTokens) -> None:
    token = Secret(github.gives())
    github.seat = False
    found = await asyncio.gather(*(tokens.grant(token) for _ in range(10)), return_exceptions=True)

    assert {type(failed) for failed in found} == {errors.PermissionDenied}
    assert len(github.requests) == 1
    assert (await failure(tokens, token)).kind == "permission"
    assert len(github.requests) == 2


async def test_who_gives_up_leaves_the_others_waiting(vendor: LoopbackVendor, fetch: Fetch, watch: Watch) -> None:
    tokens = CopilotTokens("github-copilot", vendor.url, fetch, watch)
    vendor.says(PAUSE)
    vendor.refuses(200, {"token": "tid=2"})
    first, second = (asyncio.create_task(tokens.grant(Secret("gho_1"))) for _ in range(2))
    await vendor.paused()
    first.cancel()

    assert (await second).secret == Secret("tid=2")
    assert first.cancelled()


async def test_each_account_has_its_own(github: GitHub, tokens: CopilotTokens) -> None:
    ada, bob = Secret(github.gives("ada")), Secret(github.gives("bob"))
    of_ada, of_bob = await tokens.grant(ada), await tokens.grant(bob)

    assert of_ada != of_bob
    assert (await tokens.grant(ada), await tokens.grant(bob)) == (of_ada, of_bob)


@pytest.mark.parametrize("off_s", [-HOUR_S, 0, HOUR_S])
@pytest.mark.parametrize("without", [(), ("refresh_in",), ("date",), ("expires_at",), ("date", "expires_at")])
async def test_renews_in_time_by_a_clock_that_is_an_hour_off(
    off_s: float, without: tuple[str, ...], fetch: Fetch, watch: Watch
) -> None:
    async def less(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Fetched:
        found = await fetch(method, url, headers, body)
        answer = {name: value for name, value in json.loads(found.body).items() if name not in without}
        kept = {name: value for name, value in found.headers.items() if name not in without}
        return Fetched(found.status, kept, json.dumps(answer).encode())

    async with GitHub(clock_off_s=off_s) as github:
        tokens, token = CopilotTokens("github-copilot", github.url, less, watch), Secret(github.gives())
        first = await tokens.grant(token)
        watch.now = 20 * MINUTE_S
        still = await tokens.grant(token)
        watch.now = 28 * MINUTE_S + 5
        renewed = await tokens.grant(token)

    assert first == still != renewed


@pytest.mark.parametrize(
    ("answer", "renewed_s"),
    [
        ({}, 1500),
        ({"refresh_in": 300}, 300),
        ({"refresh_in": "300"}, 300),
        ({"refresh_in": 0}, 1500),
        ({"refresh_in": -5, "expires_at": "soon"}, 1500),
        ({"expires_at": True, "refresh_in": True}, 1500),
        ({"expires_at": 1e300, "refresh_in": 600}, 600),
    ],
)
async def test_renews_in_time_whatever_is_said_of_it(
    answer: dict[str, Any], renewed_s: float, github: GitHub, tokens: CopilotTokens, watch: Watch
) -> None:
    github.says(EXCHANGE, Reply({"token": "tid=1", **answer}))
    token = Secret(github.gives())
    first = await tokens.grant(token)
    watch.now = renewed_s - 1
    still = await tokens.grant(token)
    watch.now = renewed_s + 1
    renewed = await tokens.grant(token)

    assert first == still != renewed


async def test_short_lived_token_is_used_for_half_its_life(github: GitHub, tokens: CopilotTokens, watch: Watch) -> None:
    github.says(EXCHANGE, Reply({"token": "tid=1", "expires_at": 1_000_000_100}, headers={"date": DATE}))
    token = Secret(github.gives())
    first = await tokens.grant(token)
    watch.now = 49
    still = await tokens.grant(token)
    watch.now = 51
    renewed = await tokens.grant(token)

    assert first == still != renewed


@pytest.mark.parametrize("broken", [HANG_UP, Reply({}, 500), Reply({}, 429), Reply({}, 403, {"retry-after": "60"})])
async def test_serves_the_old_token_while_a_new_one_cannot_be_had(
    broken: Reply | None, github: GitHub, tokens: CopilotTokens, watch: Watch
) -> None:
    token = Secret(github.gives())
    old = await tokens.grant(token)
    github.says(EXCHANGE, broken, broken)
    watch.now = 28 * MINUTE_S + 5
    meanwhile = [await tokens.grant(token) for _ in range(3)]
    asked = len(github.requests)
    watch.now = 31 * MINUTE_S

    assert (meanwhile, asked) == ([old] * 3, 2)
    assert (await failure(tokens, token)).retryable
    assert await tokens.grant(token) != old


async def test_does_not_wait_for_a_new_token_while_the_old_is_good(
    vendor: LoopbackVendor, fetch: Fetch, watch: Watch
) -> None:
    tokens, token = CopilotTokens("github-copilot", vendor.url, fetch, watch), Secret("gho_1")
    vendor.refuses(200, {"token": "tid=1", "refresh_in": 1500})
    old = await tokens.grant(token)
    watch.now = 1501
    vendor.says(PAUSE, b'{"token": "tid=2"}')
    renewing = asyncio.create_task(tokens.grant(token))
    await vendor.paused()

    assert await tokens.grant(token) == old
    vendor.go_on()
    assert (await renewing).secret == Secret("tid=2")


async def test_a_sign_in_that_was_revoked_has_ended(github: GitHub, tokens: CopilotTokens, watch: Watch) -> None:
    token = Secret(github.gives())
    await tokens.grant(token)
    github.revoke()
    watch.now = 28 * MINUTE_S + 5
    failed = await failure(tokens, token)

    assert (failed.kind, failed.hint) == ("sign_in_required", "sign in to GitHub Copilot again")
    assert (await failure(tokens, token)).kind == "sign_in_required"


async def test_token_that_is_not_exchanged_is_used_itself(github: GitHub, tokens: CopilotTokens) -> None:
    github.says(EXCHANGE, Reply({"message": "Not Found"}, 404), Reply({"message": "Not Found"}, 404))
    token = Secret(github.gives())
    grants = [await tokens.grant(token) for _ in range(3)]
    asked = len(github.requests)

    assert (grants, asked) == ([Grant(token, github.url)] * 3, 1)
    assert not tokens.forget(token)
    assert await tokens.grant(token) == grants[0]
    assert len(github.requests) == 2


async def test_exchanges_again_after_a_refusal(github: GitHub, tokens: CopilotTokens) -> None:
    token = Secret(github.gives())
    first = await tokens.grant(token)

    assert not tokens.forget(Secret("tid=of-somebody-else"))
    assert tokens.forget(first.secret)
    second = await tokens.grant(token)
    assert second != first
    assert tokens.forget(first.secret)
    assert await tokens.grant(token) == second
    assert len(github.requests) == 2


async def test_refused_token_is_not_served_again(github: GitHub, tokens: CopilotTokens) -> None:
    token = Secret(github.gives())
    refused = await tokens.grant(token)
    tokens.forget(refused.secret)
    github.says(EXCHANGE, Reply({}, 503))

    assert (await failure(tokens, token)).kind == "unavailable"
