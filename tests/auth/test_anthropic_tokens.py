"""Tokens of Anthropic profiles: refreshed ahead of time by one process at a time, and kept before they are used."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from llm_ls import errors
from llm_ls.auth.anthropic_tokens import ProfileTokens
from llm_ls.auth.fetching import Fetch
from llm_ls.auth.grant import Grant
from llm_ls.auth.secret import Secret
from llm_ls.providers.fetcher import Fetcher
from tests.auth.profiles import Profiles
from tests.rigs.places import REPOSITORY
from tests.rigs.vendor import PAUSE, Answer, LoopbackVendor

JSON = {"content-type": "application/json"}
PROCESSES = 4


@pytest.fixture
async def fetch() -> AsyncGenerator[Fetch]:
    async with httpx2.AsyncClient() as http:
        yield Fetcher(http)


@pytest.fixture
def profiles(tmp_path: Path, vendor: LoopbackVendor) -> Profiles:
    folder = tmp_path / "anthropic"
    folder.mkdir()
    return Profiles(folder, vendor)


def token(access: str, refresh: str | None = "r-new", **members: Any) -> Answer:
    given = {"access_token": access, "token_type": "Bearer", "expires_in": 3600, "refresh_token": refresh, **members}
    said = {name: value for name, value in given.items() if value is not None}
    return Answer((json.dumps(said).encode(),), headers=JSON)


async def failure(tokens: ProfileTokens) -> errors.LlmLsError:
    with pytest.raises(errors.LlmLsError) as caught:
        await tokens.get()
    return caught.value


async def test_gives_a_token_that_lasts_without_asking(profiles: Profiles, fetch: Fetch) -> None:
    file = profiles.settings(workspace_id="wrkspc_1"), profiles.tokens()
    before = [one.read_bytes() for one in file]
    grant = await ProfileTokens("anthropic", profiles.environment, fetch).get()

    assert grant == Grant(Secret("sk-ant-oat01-old"), profiles.vendor.url, {"anthropic-workspace-id": "wrkspc_1"})
    assert profiles.vendor.requests == []
    assert [one.read_bytes() for one in file] == before
    assert [one.name for one in (profiles.folder / "credentials").iterdir()] == ["default.json"]


async def test_token_without_the_mark_of_a_sign_in_brings_the_beta_along(profiles: Profiles, fetch: Fetch) -> None:
    profiles.settings()
    profiles.tokens(access_token="opaque")

    assert (await ProfileTokens("anthropic", profiles.environment, fetch).get()).headers == {
        "anthropic-beta": "oauth-2025-04-20"
    }


async def test_goes_to_anthropic_itself_where_the_profile_names_no_other(profiles: Profiles, fetch: Fetch) -> None:
    profiles.settings(base_url="")
    profiles.tokens()
    environment = {**profiles.environment, "ANTHROPIC_BASE_URL": "https://gateway.example.org"}

    assert (await ProfileTokens("anthropic", environment, fetch).get()).base_url == "https://api.anthropic.com"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is no JSON"),
        ('"s3cret"', "holds no JSON object"),
        ("{}", "holds no token"),
        ('{"access_token": 1}', "holds no token"),
        ('{"access_token": "s3 cret"}', "holds no token"),
        ('{"type": "private_key", "access_token": "s3cret"}', "holds no token"),
        ('{"access_token": "s3cret", "expires_at": "2026-11-27T10:00:00Z"}', "is no time in seconds"),
        ('{"access_token": "s3cret", "expires_at": true}', "is no time in seconds"),
        ('{"access_token": "s3cret", "expires_at": NaN}', "is no time in seconds"),
        ('{"access_token": "s3cret", "expires_at": 1' + "0" * 400 + "}", "is no time in seconds"),
        ('{"access_token": "s3cret' + "x" * (1 << 20) + '"}', "is too large"),
    ],
)
async def test_tokens_of_the_wrong_shape_are_named(profiles: Profiles, fetch: Fetch, content: str, said: str) -> None:
    profiles.settings()
    profiles.written(profiles.folder / "credentials" / "default.json", content, 0o600)
    error = await failure(ProfileTokens("anthropic", profiles.environment, fetch))

    assert error.kind == "missing_credentials"
    assert said in error.message
    assert "s3cret" not in error.sentence


async def test_tokens_that_others_may_read_are_refused(profiles: Profiles, fetch: Fetch) -> None:
    profiles.settings()
    file = profiles.tokens()
    file.chmod(0o644)

    assert (await failure(ProfileTokens("anthropic", profiles.environment, fetch))).sentence == (
        f"No credential for anthropic: {file} is not private: others may open it. Run `chmod 600 {file}`."
    )


async def test_link_to_tokens_is_refused(profiles: Profiles, fetch: Fetch) -> None:
    profiles.settings()
    file = profiles.tokens()
    file.rename(file.with_name("real.json"))
    file.symlink_to("real.json")

    assert "is a link" in (await failure(ProfileTokens("anthropic", profiles.environment, fetch))).message


async def test_refreshes_ahead_of_time_and_keeps_what_it_got(profiles: Profiles, fetch: Fetch) -> None:
    settings = profiles.settings()
    before = settings.read_bytes()
    file = profiles.tokens(left_s=100, scope="user:inference")
    profiles.vendor.answers(token("sk-ant-oat01-new"))
    tokens = ProfileTokens("anthropic", profiles.environment, fetch)
    grants = await asyncio.gather(*(tokens.get() for _ in range(5)))
    (asked,) = profiles.vendor.requests
    kept = json.loads(file.read_text())

    assert {grant.secret.reveal() for grant in grants} == {"sk-ant-oat01-new"}
    assert (asked.method, asked.path) == ("POST", "/v1/oauth/token")
    assert asked.json == {"grant_type": "refresh_token", "refresh_token": "r-old", "client_id": "c1"}
    assert asked.headers["anthropic-beta"] == "oauth-2025-04-20"
    assert abs(kept.pop("expires_at") - time.time() - 3600) < 60
    assert kept == {
        "version": "1.0",
        "type": "oauth_token",
        "access_token": "sk-ant-oat01-new",
        "refresh_token": "r-new",
        "scope": "user:inference",
    }
    assert file.stat().st_mode & 0o777 == 0o600
    assert settings.read_bytes() == before
    assert not list(file.parent.glob("*.tmp"))


async def test_keeps_the_refresh_token_where_no_other_comes(profiles: Profiles, fetch: Fetch) -> None:
    profiles.settings()
    file = profiles.tokens(left_s=-1)
    profiles.vendor.answers(token("sk-ant-oat01-new", refresh=None, expires_in=None))
    await ProfileTokens("anthropic", profiles.environment, fetch).get()
    kept = json.loads(file.read_text())

    assert kept["refresh_token"] == "r-old"
    assert abs(kept["expires_at"] - time.time() - 3600) < 60


async def test_what_came_is_kept_before_it_is_used_though_nobody_waits(profiles: Profiles, fetch: Fetch) -> None:
    profiles.settings()
    file = profiles.tokens(left_s=-1)
    body = token("sk-ant-oat01-new").pieces
    profiles.vendor.answers(Answer((PAUSE, *body), headers=JSON))
    tokens = ProfileTokens("anthropic", profiles.environment, fetch)
    asking = asyncio.create_task(tokens.get())
    await profiles.vendor.paused()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    profiles.vendor.go_on()
    await tokens.aclose()

    assert json.loads(file.read_text())["refresh_token"] == "r-new"
    assert (await tokens.get()).secret.reveal() == "sk-ant-oat01-new"
    assert len(profiles.vendor.requests) == 1


async def test_serves_the_old_token_a_little_longer_while_anthropic_fails(profiles: Profiles, fetch: Fetch) -> None:
    profiles.settings()
    profiles.tokens(left_s=100)
    profiles.vendor.refuses(503, {"error": "temporarily_unavailable"})
    tokens = ProfileTokens("anthropic", profiles.environment, fetch)

    assert (await tokens.get()).secret.reveal() == "sk-ant-oat01-old"
    assert (await tokens.get()).secret.reveal() == "sk-ant-oat01-old"
    assert len(profiles.vendor.requests) == 1


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (503, {"error": "temporarily_unavailable"}, "unavailable"),
        (529, {"type": "error", "error": {"type": "overloaded_error"}}, "unavailable"),
        (200, ["no", "tokens"], "protocol"),
        (200, {"access_token": "two words"}, "protocol"),
        (400, {"error": "invalid_grant", "error_description": "r-old is spent"}, "sign_in_required"),
        (401, {"error": "invalid_client"}, "sign_in_required"),
    ],
)
async def test_token_that_cannot_be_replaced_in_time_is_an_error(
    profiles: Profiles, fetch: Fetch, status: int, body: object, kind: str
) -> None:
    profiles.settings()
    file = profiles.tokens(left_s=20)
    before = file.read_bytes()
    profiles.vendor.refuses(status, body)
    error = await failure(ProfileTokens("anthropic", profiles.environment, fetch))

    assert error.kind == kind
    assert "r-old" not in error.sentence
    assert file.read_bytes() == before
    assert not list(file.parent.glob("*.tmp"))


async def test_ended_sign_in_says_what_to_do(profiles: Profiles, fetch: Fetch) -> None:
    profiles.settings()
    profiles.tokens(left_s=100)
    profiles.vendor.refuses(400, {"error": "invalid_grant"})

    assert (await failure(ProfileTokens("anthropic", profiles.environment, fetch))).sentence == (
        "The sign-in of Anthropic's profile 'default' has ended (invalid_grant). Run `ant auth login`."
    )


async def test_refused_token_is_refreshed_though_it_would_last(profiles: Profiles, fetch: Fetch) -> None:
    profiles.settings()
    profiles.tokens()
    profiles.vendor.answers(token("sk-ant-oat01-new"))
    tokens = ProfileTokens("anthropic", profiles.environment, fetch)
    tokens.forget((await tokens.get()).secret)

    assert (await tokens.get()).secret.reveal() == "sk-ant-oat01-new"
    assert (await tokens.get()).secret.reveal() == "sk-ant-oat01-new"
    assert len(profiles.vendor.requests) == 1


async def test_takes_what_another_tool_has_put_there_after_a_refusal(profiles: Profiles, fetch: Fetch) -> None:
    profiles.settings()
    profiles.tokens()
    tokens = ProfileTokens("anthropic", profiles.environment, fetch)
    tokens.forget((await tokens.get()).secret)
    profiles.tokens(access_token="sk-ant-oat01-theirs")

    assert (await tokens.get()).secret.reveal() == "sk-ant-oat01-theirs"
    assert profiles.vendor.requests == []


async def test_takes_what_a_tool_without_the_lock_has_put_there_meanwhile(profiles: Profiles, fetch: Fetch) -> None:
    profiles.settings()
    file = profiles.tokens(left_s=-1)
    profiles.vendor.answers(Answer((PAUSE, b'{"error": "invalid_grant"}'), status=400, headers=JSON))
    asking = asyncio.create_task(ProfileTokens("anthropic", profiles.environment, fetch).get())
    await profiles.vendor.paused()
    profiles.tokens(access_token="sk-ant-oat01-theirs", refresh_token="r-theirs")
    before = file.read_bytes()
    profiles.vendor.go_on()

    assert (await asking).secret.reveal() == "sk-ant-oat01-theirs"
    assert file.read_bytes() == before


async def test_what_somebody_else_renews_is_read_again_and_never_refreshed(profiles: Profiles, fetch: Fetch) -> None:
    profiles.settings(authentication={"client_id": ""})
    profiles.tokens(left_s=20)
    tokens = ProfileTokens("anthropic", profiles.environment, fetch)
    first = await tokens.get()
    profiles.tokens(access_token="sk-ant-oat01-renewed")
    second = await tokens.get()
    profiles.tokens(left_s=-1)

    assert [grant.secret.reveal() for grant in (first, second)] == ["sk-ant-oat01-old", "sk-ant-oat01-renewed"]
    assert (await failure(tokens)).kind == "sign_in_required"
    assert profiles.vendor.requests == []


async def test_nothing_is_asked_where_what_comes_could_not_be_kept(profiles: Profiles, fetch: Fetch) -> None:
    profiles.settings()
    file = profiles.tokens(left_s=-1)
    (file.parent / f".{file.name}.lock").mkdir()
    error = await failure(ProfileTokens("anthropic", profiles.environment, fetch))

    assert error.kind == "storage"
    assert profiles.vendor.requests == []


async def test_processes_refresh_once_and_all_have_the_token(profiles: Profiles) -> None:
    profiles.settings()
    profiles.tokens(left_s=-1)
    profiles.vendor.answers(
        Answer((PAUSE, *token("sk-ant-oat01-new").pieces), headers=JSON),
        Answer((b'{"error": "invalid_grant"}',), status=400, headers=JSON),
    )
    starting = [
        asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.auth.profile_process",
            cwd=REPOSITORY,
            env={**os.environ, **profiles.environment},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(PROCESSES)
    ]
    processes = await asyncio.gather(*starting)
    async with asyncio.timeout(60):
        for process in processes:
            assert process.stdout is not None
            await process.stdout.readline()
        telling = [asyncio.create_task(process.communicate(b"\n")) for process in processes]
        await profiles.vendor.paused()
        profiles.vendor.go_on()
        said = [(await told)[0] for told in telling]

    assert said == [b"sk-ant-oat01-new\n"] * PROCESSES
    assert len(profiles.vendor.requests) == 1


async def test_workload_of_a_profile_exchanges_its_identity_once(profiles: Profiles, fetch: Fetch) -> None:
    identity = profiles.written(profiles.folder / "identity", "eyJ.i.d\n", 0o644)
    how = {
        "type": "oidc_federation",
        "federation_rule_id": "fdrl_1",
        "service_account_id": "svac_1",
        "identity_token": {"source": "file", "path": str(identity)},
    }
    profiles.settings(authentication=how, workspace_id="wrkspc_1")
    profiles.vendor.answers(token("sk-ant-oat01-w", refresh=None))
    tokens = ProfileTokens("anthropic", profiles.environment, fetch)
    grants = [await tokens.get() for _ in range(2)]
    (asked,) = profiles.vendor.requests

    assert grants == [Grant(Secret("sk-ant-oat01-w"), profiles.vendor.url)] * 2
    assert asked.json == {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": "eyJ.i.d",
        "federation_rule_id": "fdrl_1",
        "organization_id": "o1",
        "service_account_id": "svac_1",
        "workspace_id": "wrkspc_1",
    }
    assert asked.headers["anthropic-beta"] == "oauth-2025-04-20,oidc-federation-2026-04-01"
    assert list((profiles.folder / "credentials").iterdir()) == []


async def test_workload_exchanges_again_after_a_refusal_with_the_identity_of_then(
    profiles: Profiles, fetch: Fetch
) -> None:
    identity = profiles.written(profiles.folder / "identity", "eyJ.i.1", 0o644)
    how = {"type": "oidc_federation", "federation_rule_id": "fdrl_1"}
    profiles.settings(authentication=how)
    profiles.vendor.answers(token("sk-ant-oat01-1"), token("sk-ant-oat01-2"))
    environment = {**profiles.environment, "ANTHROPIC_IDENTITY_TOKEN_FILE": str(identity)}
    tokens = ProfileTokens("anthropic", environment, fetch)
    tokens.forget((await tokens.get()).secret)
    profiles.written(identity, "eyJ.i.2", 0o644)

    assert (await tokens.get()).secret.reveal() == "sk-ant-oat01-2"
    assert [asked.json["assertion"] for asked in profiles.vendor.requests] == ["eyJ.i.1", "eyJ.i.2"]


@pytest.mark.parametrize(
    ("identity", "status", "kind"),
    [("eyJ.i.d", 400, "authentication"), ("eyJ.i.d", 503, "unavailable"), ("two words", 200, "missing_credentials")],
)
async def test_workload_that_is_refused_is_named(
    profiles: Profiles, fetch: Fetch, identity: str, status: int, kind: str
) -> None:
    profiles.settings(authentication={"type": "oidc_federation", "federation_rule_id": "fdrl_1"})
    file = profiles.written(profiles.folder / "identity", identity, 0o644)
    profiles.vendor.refuses(status, {"error": "invalid_grant", "error_description": f"{identity} does not match"})
    environment = {**profiles.environment, "ANTHROPIC_IDENTITY_TOKEN_FILE": str(file)}
    error = await failure(ProfileTokens("anthropic", environment, fetch))

    assert error.kind == kind
    assert identity not in error.sentence


async def test_shows_no_token(profiles: Profiles, fetch: Fetch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    profiles.settings()
    profiles.tokens(left_s=-1, access_token="s3cret-1", refresh_token="s3cret-2")
    profiles.vendor.answers(token("s3cret-3", refresh="s3cret-4"))
    tokens = ProfileTokens("anthropic", profiles.environment, fetch)
    grant = await tokens.get()

    assert "s3cret" not in caplog.text + repr(tokens.__dict__) + repr(grant)
