"""Signing in, out, and looking who is, in a terminal: by a code, by what is pasted, and where others have signed in."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.cli.command import Done, configure, run, started
from tests.rigs import authorize
from tests.rigs.github import CHAT, CLIENT_ID, DEVICE, PAGE, TOKEN, GitHub, refusal
from tests.rigs.openai import whole
from tests.rigs.places import REPOSITORY
from tests.rigs.vendor import LoopbackVendor

KEPT_PLAIN = (
    "It is kept in a file that only you can read, not encrypted, since there is no usable keyring and "
    "LLM_LS_PASSPHRASE is not set."
)


@pytest.fixture
async def github() -> AsyncGenerator[GitHub]:
    async with GitHub() as fake:
        fake.interval = 1
        configure(f"""
            model = "github-copilot/gpt-4.1"
            [providers.github-copilot]
            domain = "{fake.url}"
            clientId = "{CLIENT_ID}"
        """)
        yield fake


@pytest.fixture
def team(vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch) -> LoopbackVendor:
    """A provider that signs in on a page, and whose page, tokens and models are all the vendor's."""
    monkeypatch.setenv("TEAM_OAUTH_CLIENT_ID", "llm-ls-1")
    configure(f"""
        [providers.team]
        kind = "openai"
        baseUrl = "{vendor.url}"
        models = ["m"]
        [providers.team.oauth]
        authorizationUrl = "{vendor.url}/authorize"
        tokenUrl = "{vendor.url}/token"
    """)
    return vendor


async def login(github: GitHub, *arguments: str, as_whom: str = "octocat") -> Done:
    """Sign in, with a person who approves."""
    running = asyncio.ensure_future(run("login", "github-copilot", *arguments))
    await asyncio.wait((running, asyncio.ensure_future(github.next(DEVICE))), return_when=asyncio.FIRST_COMPLETED)
    github.approve(login=as_whom)
    return await running


async def test_code_is_shown_and_the_token_is_used_by_the_next_command(github: GitHub) -> None:
    signed_in = await login(github)
    chat = await run("chat", "hi")

    assert re.fullmatch(
        rf"To sign in to github-copilot, open {github.url}{PAGE} and enter the code \w{{4}}-\w{{4}}\n", signed_in.err
    )
    assert (signed_in.code, signed_in.out) == (
        0,
        f"Signed in to github-copilot as octocat. {KEPT_PLAIN}\n",
    )
    assert (chat.code, chat.out) == (0, "Hello from Copilot.\n")
    assert len(github.asked(CHAT)) == 1


async def test_passphrase_encrypts_what_is_kept(github: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_LS_PASSPHRASE", "correct horse")
    signed_in = await login(github)
    chat = await run("chat", "hi")
    monkeypatch.delenv("LLM_LS_PASSPHRASE")
    without = await run("chat", "hi")
    kept = (Path(os.environ["XDG_DATA_HOME"]) / "llm-ls" / "credentials.json").read_text()

    assert signed_in.out.endswith("It is kept in a file that only you can read, encrypted.\n")
    assert chat.out == "Hello from Copilot.\n"
    assert (without.code, "LLM_LS_PASSPHRASE" in without.err) == (1, True)
    assert [secret for secret in github.given_out if secret in kept] == []


async def test_who_is_signed_in_is_not_asked_again_unless_told_to(github: GitHub) -> None:
    await login(github)
    again = await run("login", "github-copilot")
    other = await login(github, "--again", as_whom="hubot")
    listed = await run("auth", "github-copilot")
    back = await run("auth", "github-copilot", "--use", "octocat")
    nobody = await run("auth", "github-copilot", "--use", "ada")

    assert again.out == "Already signed in to github-copilot as octocat; --again signs in anew.\n"
    assert other.out.startswith("Signed in to github-copilot as hubot.")
    assert listed.out == "github-copilot\thubot\toauth\t\toctocat\n"
    assert back.out == "github-copilot\toctocat\toauth\t\thubot\n"
    assert (nobody.code, "octocat" in nobody.err) == (1, True)


async def test_refusal_and_the_end_of_a_code_are_failures(github: GitHub) -> None:
    github.says(TOKEN, refusal("access_denied"))
    denied = await run("login", "github-copilot")
    github.says(TOKEN, refusal("expired_token"))
    expired = await run("login", "github-copilot")

    assert (denied.code, expired.code) == (1, 1)
    assert len({denied.err.splitlines()[-1], expired.err.splitlines()[-1]}) == 2


async def test_signing_out_says_of_what(github: GitHub) -> None:
    await login(github)
    out = await run("logout", "github-copilot")
    again = await run("logout", "--all")
    neither = await run("logout")
    chat = await run("chat", "hi")

    assert (out.out, again.out) == ("Signed out of github-copilot.\n", "Nobody was signed in.\n")
    assert neither.code == 2
    assert "nobody is signed in" in chat.err


async def test_interrupted_sign_in_ends_at_once(github: GitHub) -> None:
    async with started("login", "github-copilot") as process:
        await github.next(TOKEN)
        process.send_signal(2)
        await process.communicate()
    polls = len(github.asked(TOKEN))

    assert process.returncode == 130
    assert len(github.asked(TOKEN)) == polls


async def test_pasted_address_signs_in(team: LoopbackVendor) -> None:
    async with started("login", "team", "--no-browser") as process:
        assert process.stdin is not None
        assert process.stderr is not None
        await process.stderr.readline()
        page = (await process.stderr.readline()).decode().strip()
        asked = {name: value for name, (value,) in parse_qs(urlsplit(page).query).items()}
        process.stdin.write(b"nonsense\n")
        await process.stderr.readline()
        wrong = (await process.stderr.readline()).decode()
        authorize.gives(team)
        back = urlencode({"code": "c0de", "state": asked["state"]})
        process.stdin.write(f"{asked['redirect_uri']}?{back}\n".encode())
        out, _ = await process.communicate()
    team.says(*whole("hello"))
    chat = await run("chat", "hi", "-m", "team/m")

    assert page.startswith(f"{team.url}/authorize?")
    assert asked["client_id"] == "llm-ls-1"
    assert wrong.strip()
    assert out.decode().startswith("Signed in to team. It is kept in a file")
    assert chat.out == "hello\n"
    assert team.requests[-1].headers["authorization"] == "Bearer acc3ss"


async def test_browser_that_comes_back_signs_in(team: LoopbackVendor) -> None:
    async with started("login", "team", "--no-browser") as process:
        assert process.stderr is not None
        await process.stderr.readline()
        page = (await process.stderr.readline()).decode().strip()
        asked = {name: value for name, (value,) in parse_qs(urlsplit(page).query).items()}
        authorize.gives(team)
        shown = await authorize.visit(f"{asked['redirect_uri']}?{urlencode({'code': 'c0de', 'state': asked['state']})}")
        await process.communicate()

    assert shown.status_code == 200
    assert process.returncode == 0


async def test_closed_standard_input_is_no_hindrance(team: LoopbackVendor) -> None:
    command = 'exec "$0" -m llm_ls login team <&-'
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", command, sys.executable, stderr=asyncio.subprocess.PIPE, cwd=REPOSITORY
    )
    assert process.stderr is not None
    await process.stderr.readline()
    page = (await process.stderr.readline()).decode().strip()
    asked = {name: value for name, (value,) in parse_qs(urlsplit(page).query).items()}
    authorize.gives(team)
    await authorize.visit(f"{asked['redirect_uri']}?{urlencode({'code': 'c0de', 'state': asked['state']})}")
    await process.communicate()

    assert process.returncode == 0


async def test_environment_that_counts_first_is_said(github: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_COPILOT_API_TOKEN", "tid=other")
    done = await login(github)

    assert "warning: it is not used while the environment variable GITHUB_COPILOT_API_TOKEN is set" in done.err


async def test_login_of_another_tool_is_shown_and_used(github: GitHub) -> None:
    token = github.gives("ada")
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "github-copilot"
    folder.mkdir()
    host = github.url.removeprefix("http://")
    (folder / "apps.json").write_text(json.dumps({f"{host}:Iv1.x": {"user": "ada", "oauth_token": token}}))
    listed = await run("auth", "github-copilot")
    chat = await run("chat", "hi")

    assert listed.out == "github-copilot\t\tGitHub Copilot's login in ~/.config/github-copilot/apps.json\t\t\n"
    assert chat.out == "Hello from Copilot.\n"


async def test_without_a_client_of_ones_own_it_says_how_to_get_one() -> None:
    done = await run("login", "github-copilot")
    keyed = await run("login", "openai")
    unknown = await run("login", "nobody")

    assert "https://github.com/settings/applications/new" in done.err
    assert "GITHUB_COPILOT_OAUTH_CLIENT_ID" in done.err
    assert "the provider `chatgpt` signs in with a plan" in keyed.err
    assert [done.code, keyed.code, unknown.code] == [1, 1, 1]


async def test_nothing_to_paste_is_a_failure_and_no_wait(team: LoopbackVendor) -> None:
    done = await run("login", "team", "--method", "paste")

    assert done.code == 1
    assert done.err.endswith("Nothing was pasted. Run it in a terminal, and paste the address.\n")


async def test_provider_that_is_signed_in_to_says_so_while_nobody_is(team: LoopbackVendor) -> None:
    chat = await run("chat", "hi", "-m", "team/m")

    assert chat.code == 1
    assert "nobody is signed in. Run `llm-ls login team`" in chat.err
    assert team.requests == []
