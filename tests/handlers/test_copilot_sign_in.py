"""Signing in as Copilot's clients do it: with a code where the provider wants one, else not at all."""

from typing import Any

import pytest

from tests.handlers.signing_in import settings
from tests.rigs.editor import ABLE, Refused, editor
from tests.rigs.github import DEVICE, PAGE, TOKEN, GitHub, refusal

OF_COPILOT = {
    "editorInfo": {"name": "Vim", "version": "9.1"},
    "editorPluginInfo": {"name": "copilot.vim", "version": "1.41"},
}
FINISH = "github.copilot.finishDeviceFlow"
KEY = {"OPENAI_API_KEY": "sk-test-not-a-key", "LLM_LS_MODEL": "openai/gpt-test"}


@pytest.mark.parametrize("method", ["signIn", "signInInitiate"])
@pytest.mark.parametrize("params", [{}, None, {"dummy": "dummy"}, [], {"_": True}])
async def test_a_code_at_once_and_a_user_once_the_person_has_typed_it(github: GitHub, method: str, params: Any) -> None:
    async with editor(settings=settings(github)) as one:
        before = await one.request("checkStatus", params)
        begun = await one.request(method, params)
        confirmed = one.start("signInConfirm", {"userCode": begun["userCode"]})
        await github.next(TOKEN)
        github.approve()
        ended = await one.answer(confirmed)
        after = await one.request("checkStatus", params)
        again = await one.request(method, params)

    assert before == {"status": "NotSignedIn"}
    assert begun["status"] == "PromptUserDeviceFlow"
    assert begun["verificationUri"] == f"{github.url}{PAGE}"
    assert begun["command"] == {"title": "Sign in", "command": FINISH, "arguments": []}
    assert 0 < begun["expiresIn"] <= 900
    assert ended == after == {"status": "OK", "user": "octocat"}
    assert again == {"status": "AlreadySignedIn", "user": "octocat"}
    assert [secret for secret in github.given_out if secret in one.traffic()] == []


async def test_the_command_opens_the_page_and_waits(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        one.answers["window/showDocument"] = lambda _: {"success": True}
        await one.request("signIn", {})
        finished = one.start("workspace/executeCommand", {"command": FINISH, "arguments": []})
        await one.until(lambda: one.opened() == [f"{github.url}{PAGE}"])
        github.approve()

        assert await one.answer(finished) == {"status": "OK", "user": "octocat"}


async def test_the_same_code_is_given_as_long_as_it_is_good(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        first = await one.request("signIn", {})
        second = await one.request("signInInitiate", {})

    assert second["userCode"] == first["userCode"]
    assert len(github.asked(DEVICE)) == 1


async def test_who_does_not_ask_how_it_ended_is_signed_in_all_the_same(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        await one.request("signInInitiate", {})
        number = one.start("signInConfirm", {})
        one.notify("$/cancelRequest", {"id": number})
        with pytest.raises(Refused, match="cancelled"):
            await one.answer(number)
        await github.next(TOKEN)
        github.approve()
        await one.until(lambda: one.server.session.registry.accounts.account("github-copilot") is not None)

        assert await one.request("checkStatus", {}) == {"status": "OK", "user": "octocat"}


async def test_a_refusal_is_an_error_and_a_new_code_can_be_had(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        first = await one.request("signIn", {})
        number = one.start("signInConfirm", {})
        await github.next(TOKEN)
        github.deny()
        with pytest.raises(Refused, match="was refused") as refused:
            await one.answer(number)
        second = await one.request("signIn", {})

    assert refused.value.code == 1001
    assert second["userCode"] != first["userCode"]


async def test_an_expired_code_is_an_error(github: GitHub) -> None:
    github.says(TOKEN, refusal("expired_token"))
    async with editor(settings=settings(github)) as one:
        await one.request("signIn", {})
        with pytest.raises(Refused, match="has expired"):
            await one.request("signInConfirm", {})


async def test_what_keeps_a_sign_in_from_beginning_is_said(github: GitHub) -> None:
    github.says(DEVICE, refusal("device_flow_disabled"))
    async with editor(settings=settings(github)) as one:
        with pytest.raises(Refused, match=r"device_flow_disabled.*Enable device flow"):
            await one.request("signIn", {})


@pytest.mark.parametrize("method", ["signIn", "signInInitiate"])
async def test_a_key_is_as_good_as_being_signed_in(method: str) -> None:
    async with editor(environ=KEY) as one:
        begun = await one.request(method, {})
        status = await one.request("checkStatus", {"options": {"localChecksOnly": True}})
        confirmed = await one.request("signInConfirm", {})
        out = await one.request("signOut", {})

    assert begun == {"status": "AlreadySignedIn", "user": "openai"}
    assert status == confirmed == {"status": "OK", "user": "openai"}
    assert out == {"status": "OK", "user": "openai"}
    assert one.messages() == ["llm-ls: nobody was signed in."]


@pytest.mark.parametrize("method", ["signIn", "signInInitiate", "signInConfirm"])
async def test_without_any_provider_it_says_what_to_do(method: str) -> None:
    async with editor() as one:
        with pytest.raises(Refused, match=r"No model is configured: .*Give a key or sign in") as refused:
            await one.request(method, {})
        status = await one.request("checkStatus", {})

    assert refused.value.data["kind"] == "missing_credentials"
    assert status == {"status": "NotSignedIn"}


async def test_a_provider_that_wants_a_key_says_which() -> None:
    async with editor(settings={"model": "openai/gpt-test"}) as one:
        with pytest.raises(Refused, match="OPENAI_API_KEY"):
            await one.request("signIn", {})


async def test_a_provider_prepared_for_a_code_is_meant_where_none_is_chosen(github: GitHub) -> None:
    given = {"providers": settings(github)["providers"]}
    async with editor(settings=given) as one:
        assert await one.request("checkStatus", {}) == {"status": "NotSignedIn"}
        assert (await one.request("signIn", {}))["status"] == "PromptUserDeviceFlow"


async def test_signing_out_forgets_and_ends_what_is_under_way(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        await one.request("signIn", {})
        await one.request("signOut", {})
        with pytest.raises(Refused, match="No sign-in to github-copilot is under way"):
            await one.request("signInConfirm", {})
        await one.request("signIn", {})
        github.approve()
        await one.request("signInConfirm", {})
        out = await one.request("signOut", {})

        assert out == await one.request("checkStatus", {}) == {"status": "NotSignedIn"}


async def test_the_end_of_a_sign_in_is_told_to_whoever_shows_the_status(github: GitHub) -> None:
    async with editor(ABLE, {**settings(github), **OF_COPILOT}) as one:
        await one.request("signIn", {})
        before = len(one.said)
        github.approve()
        await one.request("signInConfirm", {})

    assert ("didChangeStatus", {"busy": False, "kind": "Normal", "message": "github-copilot/gpt-4.1"}) in one.said[
        before:
    ]


async def test_a_sign_in_that_a_request_has_shown_to_be_over_is_asked_for_again(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        await one.request("signIn", {})
        github.approve()
        await one.request("signInConfirm", {})
        one.server.session.sign_in_wanted = "github-copilot"
        over = await one.request("checkStatus", {})
        again = await one.request("signIn", {})
        confirmed = one.start("signInConfirm", {})
        await github.next(TOKEN)
        github.approve()

        assert await one.answer(confirmed) == {"status": "OK", "user": "octocat"}
    assert over == {"status": "NotSignedIn"}
    assert again["status"] == "PromptUserDeviceFlow"
