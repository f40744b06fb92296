"""What comes of an exchange that goes wrong, or elsewhere: plain words, and no token for a stranger."""

import json
import traceback
from collections.abc import Mapping
from typing import Any

import pytest

from llm_ls import errors
from llm_ls.auth.copilot_exchange import CopilotTokens
from llm_ls.auth.fetching import Fetch, Fetched
from llm_ls.auth.grant import Grant
from llm_ls.auth.secret import Secret
from tests.rigs.github import EXCHANGE, GitHub, Reply

OWN = "https://copilot-api.octocorp.ghe.com"


@pytest.fixture
def tokens(github: GitHub, fetch: Fetch) -> CopilotTokens:
    return CopilotTokens("github-copilot", github.url, fetch)


async def failure(tokens: CopilotTokens, token: Secret) -> errors.LlmLsError:
    with pytest.raises(errors.LlmLsError) as caught:
        await tokens.grant(token)
    return caught.value


async def test_says_plainly_that_there_is_no_seat(github: GitHub, tokens: CopilotTokens) -> None:
    github.seat = False
    failed = await failure(tokens, Secret(github.gives()))

    assert failed.kind == "permission"
    assert failed.message == (
        "this GitHub account has no seat for Copilot: "
        "No access to GitHub Copilot found. You are currently logged in as octocat"
    )
    assert "https://github.com/settings/copilot" in failed.hint


@pytest.mark.parametrize(
    ("reply", "kind", "message", "retry_after_s"),
    [
        (Reply({"message": "You must accept the terms"}, 403), "permission", "must accept the terms", None),
        (Reply({"error_details": [], "message": 7}, 403), "permission", "no seat for Copilot", None),
        (Reply(text="<h1>no</h1>", status=403), "permission", "no seat for Copilot", None),
        (Reply({"message": "slow"}, 403, {"x-ratelimit-remaining": "0"}), "unavailable", "slow", None),
        (Reply({}, 429, {"retry-after": "7"}), "unavailable", "HTTP 429", 7),
        (Reply({}, 502), "unavailable", "HTTP 502", None),
        (Reply({}, 302, {"location": "https://evil.example"}), "protocol", "HTTP 302", None),
        (Reply({"message": "?"}, 418), "protocol", "HTTP 418", None),
        (Reply({}), "protocol", "HTTP 200", None),
        (Reply([]), "protocol", "HTTP 200", None),
        (Reply({"token": "two words"}), "protocol", "HTTP 200", None),
        (Reply({"token": "tid=1\r\nX-Evil: 1"}), "protocol", "HTTP 200", None),
        (Reply({"token": 7}), "protocol", "HTTP 200", None),
        (Reply(text="[" * 100_000), "protocol", "HTTP 200", None),
    ],
)
async def test_names_what_went_wrong(
    reply: Reply, kind: str, message: str, retry_after_s: float | None, github: GitHub, tokens: CopilotTokens
) -> None:
    github.says(EXCHANGE, reply)
    failed = await failure(tokens, Secret(github.gives()))

    assert (failed.kind, failed.provider, failed.retry_after_s) == (kind, "github-copilot", retry_after_s)
    assert message in failed.message
    assert failed.hint


@pytest.mark.parametrize(
    ("api", "used"),
    [
        ("https://api.business.githubcopilot.com/", "https://api.business.githubcopilot.com"),
        ("https://api.githubcopilot.com", "https://api.githubcopilot.com"),
        ("https://copilot-api.octocorp.ghe.com", OWN),
        ("https://evil.example", OWN),
        ("https://evil.example/.githubcopilot.com", OWN),
        ("https://evil.example\\.githubcopilot.com", OWN),
        ("https://api.githubcopilot.com.evil.example", OWN),
        ("https://api.githubcopilot.com/?x=", OWN),
        ("http://api.githubcopilot.com", OWN),
        ("http://127.0.0.1:8080", OWN),
        ("", OWN),
        (7, OWN),
    ],
)
async def test_asks_where_it_is_told_if_that_is_githubs(api: object, used: str) -> None:
    asked: list[str] = []

    async def fetch(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Fetched:
        asked.append(url)
        return Fetched(200, {}, json.dumps({"token": "tid=1", "endpoints": {"api": api}}).encode())

    grant = await CopilotTokens("github-copilot", "octocorp.ghe.com", fetch).grant(Secret("ghu_1"))

    assert grant == Grant(Secret("tid=1"), used)
    assert asked == ["https://api.octocorp.ghe.com/copilot_internal/v2/token"]


@pytest.mark.parametrize("by", ["location", "endpoints", "message"])
async def test_follows_a_misdirected_request_once(by: str, github: GitHub, tokens: CopilotTokens) -> None:
    token = Secret(github.gives())
    async with GitHub() as other:
        other.knows(token.reveal())
        told: dict[str, Reply] = {
            "location": Reply({}, 421, {"location": f"{other.url}{EXCHANGE}"}),
            "endpoints": Reply({"endpoints": {"api": other.url}}, 421),
            "message": Reply({"message": f'This account is served by "{other.url}".'}, 421),
        }
        github.says(EXCHANGE, told[by], told[by])
        grant = await tokens.grant(token)

        assert grant.base_url == other.url
        assert [len(github.requests), len(other.requests)] == [1, 1]

        tokens.forget(grant.secret)
        other.says(EXCHANGE, Reply({}, 421, {"location": f"{github.url}{EXCHANGE}"}))
        assert (await failure(tokens, token)).status == 421
        assert [len(github.requests), len(other.requests)] == [2, 2]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, {}),
        ({"location": "https://evil.example/copilot_internal/v2/token"}, {}),
        ({"location": "/copilot_internal/v2/token"}, {}),
        ({}, {"endpoints": {"api": "https://evil.example"}}),
        ({}, {"endpoints": [], "message": "ask https://evil.example"}),
    ],
)
async def test_follows_nobody_to_a_stranger(told: dict[str, str], said: dict[str, Any]) -> None:
    asked: list[str] = []

    async def fetch(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Fetched:
        asked.append(url)
        return Fetched(421, told, json.dumps(said).encode())

    failed = await failure(CopilotTokens("github-copilot", "", fetch), Secret("gho_1"))

    assert (failed.kind, failed.status) == ("protocol", 421)
    assert asked == ["https://api.github.com/copilot_internal/v2/token"]


async def test_no_failure_shows_a_token(github: GitHub, fetch: Fetch) -> None:
    said, token = "", Secret(github.gives())
    for status in (200, 302, 401, 403, 418, 421, 429, 500):
        tokens = CopilotTokens("github-copilot", github.url, fetch)
        repeated = f"{token.reveal()} is no good, nor is gho_0123456789abcdef"
        github.says(EXCHANGE, Reply({"message": repeated}, status))
        failed = await failure(tokens, token)
        said += f"{vars(failed)} {failed!r} {tokens!r}" + "".join(traceback.format_exception(failed))

    assert "**** is no good" in said
    assert [secret for secret in (*github.given_out, "gho_0123456789abcdef") if secret in said] == []
