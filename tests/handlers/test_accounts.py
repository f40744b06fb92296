"""Whom the user is at a provider: one account of several, nobody any more, without a seat or a client of their own."""

import pytest

from llm_ls.auth.credential_store import CredentialStore
from llm_ls.auth.entries import SignedIn
from llm_ls.auth.secret import Secret
from tests.handlers.signing_in import ASK, begin, questions, settings, signed_in
from tests.rigs.editor import Refused, editor
from tests.rigs.github import DEVICE, GitHub


async def test_account_without_a_seat_is_told_plainly(github: GitHub) -> None:
    github.seat = False
    async with editor(settings=settings(github)) as one:
        await signed_in(one, github)
        with pytest.raises(Refused, match=r"(?i)copilot") as failure:
            await one.request("llm-ls/chat", {"message": "Hello?"})

    assert failure.value.data["kind"] == "permission"


async def test_several_accounts_and_the_one_that_is_used(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        await signed_in(one, github)
        number = begin(one, again=True)
        await github.next(DEVICE)
        await github.next(DEVICE)
        await one.until(lambda: len(questions(one)) == 2)
        github.approve(login="hubot")
        second = await one.answer(number)
        both = await one.request("llm-ls/authStatus", {"provider": "github-copilot"})
        back = await one.request("llm-ls/signIn", {"provider": "github-copilot", "account": "octocat"})
        used = await one.request("llm-ls/authStatus", {"provider": "github-copilot"})
        left = await one.request("llm-ls/signOut", {"provider": "github-copilot", "account": "hubot"})

    assert second == {"status": "signedIn", "account": "hubot"}
    assert (both[0]["account"], both[0]["accounts"]) == ("hubot", ["hubot", "octocat"])
    assert back == {"status": "alreadySignedIn", "account": "octocat"}
    assert used[0]["account"] == "octocat"
    assert left[0]["accounts"] == ["octocat"]


async def test_signing_out_deletes_what_was_given(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        await signed_in(one, github)
        status = await one.request("llm-ls/signOut", {})
        with pytest.raises(Refused, match="nobody is signed in"):
            await one.request("llm-ls/chat", {"message": "Hello?"})

    assert not any(row["signedIn"] for row in status)


async def test_command_to_sign_out_asks_which_where_there_are_several(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        await signed_in(one, github)
        await keep_signed_in("chatgpt")
        one.answers[ASK] = lambda _: {"title": "chatgpt"}
        await one.command("llm-ls.signOut")
        await one.idle()
        status = await one.request("llm-ls/authStatus", {})
        one.answers[ASK] = lambda _: None
        await one.command("llm-ls.signOut")
        await one.idle()
        after = await one.request("llm-ls/authStatus", {})

    assert {row["provider"] for row in status if row["signedIn"]} == {"github-copilot"}
    assert one.messages()[-2:] == ["llm-ls has signed out of chatgpt.", "llm-ls has signed out of github-copilot."]
    assert not any(row["signedIn"] for row in after)


async def keep_signed_in(provider: str) -> None:
    """What another process has signed in to."""
    audience = {"audience": "https://api.openai.com/v1"}
    await CredentialStore({}).save(provider, "ada", SignedIn(Secret("t0ken"), details=audience))


async def test_client_of_ones_own_is_asked_for_with_the_way_to_get_it(github: GitHub) -> None:
    async with editor(settings=settings(github, clientId=None)) as one:
        with pytest.raises(Refused, match="GITHUB_COPILOT_OAUTH_CLIENT_ID"):
            await one.answer(begin(one))

    assert github.asked(DEVICE) == []


async def test_no_token_is_in_anything_that_the_editor_gets(github: GitHub) -> None:
    async with editor(settings={**settings(github), "log": {"level": "debug"}}) as one:
        await signed_in(one, github)
        await one.request("llm-ls/chat", {"message": "Hello?"})
        github.end_copilot_tokens()
        github.revoke()
        with pytest.raises(Refused, match="has ended"):
            await one.request("llm-ls/chat", {"message": "Hello?"})
        await one.request("llm-ls/authStatus", {})
        traffic = one.traffic()

    assert len(github.given_out) >= 3
    assert [secret for secret in github.given_out if secret in traffic] == []


async def test_key_that_is_given_instead_takes_the_offer_back(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        await one.act("llm-ls.edit", "«a = 1»\n", instruction="x")
        offered = await one.actions()
        await one.request("llm-ls/saveApiKey", {"provider": "github-copilot", "apiKey": github.gives()})
        after = await one.actions()

    assert "Sign in" in offered[0]["title"]
    assert "Sign in" not in after[0]["title"]


async def test_signs_out_of_a_provider_that_is_no_longer_in_the_settings(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        await keep_signed_in("gone")
        left = await one.request("llm-ls/signOut", {"provider": "gone"})

    assert left == []
    assert one.messages() == ["llm-ls has signed out of gone."]


async def test_sign_in_that_cannot_begin_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anthropic's takes a client of one's own, and a key is the usual way."""
    async with editor(settings={"model": "anthropic/claude-opus-5-5"}) as one:
        await one.act("llm-ls.edit", "«a = 1»\n", instruction="x")
        without = await one.actions()
        one.answers[ASK] = lambda _: None
        await one.command("llm-ls.signIn")
        await one.idle()
        choices = [action["title"] for action in questions(one)[0]["actions"]]

    assert not any("Sign in" in action["title"] for action in without)
    assert {"github-copilot", "chatgpt", "openrouter"} <= set(choices)
    assert "anthropic" not in choices
