"""Signing in to (a fake of) GitHub Copilot as an editor shows it: dialogs answered, dismissed, refused and ignored."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from llm_ls import errors
from tests.handlers.signing_in import ASK, begin, questions, settings, signed_in
from tests.rigs import authorize
from tests.rigs.editor import ABLE, CANNOT, NEVER, Refused, editor
from tests.rigs.github import CHAT, DEVICE, EXCHANGE, PAGE, TOKEN, GitHub, refusal
from tests.rigs.openai import whole
from tests.rigs.vendor import LoopbackVendor

MUTE = {**ABLE, "window": {"workDoneProgress": True}}
"""An editor that can show nothing but messages and progress."""

OPEN = "window/showDocument"


async def test_code_and_page_are_text_and_the_browser_opens_only_on_request(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        one.answers[ASK] = lambda _: NEVER
        number = begin(one)
        await github.next(TOKEN)
        opened_unasked = one.opened()
        one.answers[OPEN] = lambda _: {"success": True}
        question = questions(one)[0]
        one.notify("$/cancelRequest", {"id": number})
        one.answers[ASK] = lambda _: {"title": "Open browser"}
        again = begin(one)
        await one.until(lambda: bool(one.opened()))
        github.approve()
        result = await one.answer(again)

    assert opened_unasked == []
    assert f"open {github.url}{PAGE} and enter the code " in question["message"]
    assert question["message"].endswith("It is good for 15 minutes.")
    assert question["actions"] == [{"title": "Open browser"}, {"title": "Cancel"}]
    assert [params for method, params in one.asked if method == OPEN] == [
        {"uri": f"{github.url}{PAGE}", "external": True, "takeFocus": True}
    ]
    assert result == {"status": "signedIn", "account": "octocat"}
    assert one.messages()[-1].startswith("llm-ls is signed in to github-copilot as octocat. It is kept in a file")


async def test_progress_says_the_code_while_it_waits(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        await signed_in(one, github)
        reports = [value["message"] for value in one.progress("w") if value["kind"] == "report"]
        kinds = [value["kind"] for value in one.progress("w")]

    told = re.search(r"enter the code (\S+)\. ", questions(one)[0]["message"])
    assert told
    assert f"enter {told[1]} at {github.url}{PAGE}" in reports
    assert (kinds[0], kinds[-1]) == ("begin", "end")


@pytest.mark.parametrize("answer", [None, CANNOT, NEVER, {"title": "Something else"}])
async def test_any_answer_but_cancel_lets_the_person_finish(github: GitHub, answer: Any) -> None:
    async with editor(settings=settings(github)) as one:
        one.answers[ASK] = lambda _: answer
        await signed_in(one, github)
        told = [message for message in one.messages() if PAGE in message]

    assert len(told) == (0 if answer is NEVER else 1)


async def test_client_without_dialogs_shows_the_code_as_a_message(github: GitHub) -> None:
    async with editor(MUTE, settings=settings(github)) as one:
        await signed_in(one, github)

    assert questions(one) == []
    assert f"{github.url}{PAGE} and enter the code " in one.messages()[0]


async def test_cancel_in_the_dialog_stops_the_polling(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        one.answers[ASK] = lambda _: {"title": "Cancel"}
        result = await one.answer(begin(one))
        polls = len(github.asked(TOKEN))
        later = await one.request("llm-ls/authStatus", {"provider": "github-copilot"})

    assert result == {"status": "cancelled"}
    assert len(github.asked(TOKEN)) == polls
    assert later[0]["signedIn"] is False


async def test_cancel_of_the_progress_stops_the_polling_and_takes_the_question_back(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        one.answers[ASK] = lambda _: NEVER
        number = begin(one)
        await github.next(TOKEN)
        one.notify("window/workDoneProgress/cancel", {"token": "w"})
        with pytest.raises(Refused, match="cancelled"):
            await one.answer(number)
        polls = len(github.asked(TOKEN))
        await one.request("llm-ls/authStatus", {})
        withdrawn = [method for method, _ in one.said if method == "$/cancelRequest"]

    assert len(github.asked(TOKEN)) == polls
    assert withdrawn == ["$/cancelRequest"]


async def test_refusal_on_the_page_is_said(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        one.answers[ASK] = lambda _: NEVER
        number = begin(one)
        await github.next(TOKEN)
        github.deny()
        result = await one.answer(number)

    assert result == {"status": "denied"}
    assert "github-copilot" in one.messages()[-1].lower().replace(" ", "-")


async def test_expired_code_can_be_had_anew(github: GitHub) -> None:
    github.says(TOKEN, refusal("expired_token"))
    async with editor(settings=settings(github)) as one:
        answers = iter([NEVER, {"title": "New code"}, NEVER])
        one.answers[ASK] = lambda _: next(answers)
        number = begin(one)
        await one.until(lambda: len(questions(one)) == 3)
        github.approve()
        result = await one.answer(number)

    assert questions(one)[1]["actions"] == [{"title": "New code"}, {"title": "Cancel"}]
    assert questions(one)[0]["message"] != questions(one)[2]["message"]
    assert result["status"] == "signedIn"
    assert len(github.asked(DEVICE)) == 2


async def test_expired_code_that_nobody_wants_anew_ends_it(github: GitHub) -> None:
    github.says(TOKEN, refusal("expired_token"))
    async with editor(settings=settings(github)) as one:
        answers = iter([NEVER, None])
        one.answers[ASK] = lambda _: next(answers)
        result = await one.answer(begin(one))

    assert result == {"status": "expired"}


async def test_editor_that_closes_meanwhile_leaves_nothing_behind(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        one.answers[ASK] = lambda _: NEVER
        begin(one)
        await github.next(TOKEN)
    polls = len(github.asked(TOKEN))
    async with editor(settings=settings(github)) as one:
        status = await one.request("llm-ls/authStatus", {"provider": "github-copilot"})

    assert len(github.asked(TOKEN)) == polls
    assert status[0]["signedIn"] is False


async def test_slow_network_and_errors_in_between_do_not_end_it(
    github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("llm_ls.auth.device_flow._SLOWER_S", 0.02)
    github.says(TOKEN, refusal("slow_down", interval=0.05), refusal("authorization_pending", 400), None)
    async with editor(settings=settings(github)) as one:
        await signed_in(one, github)

    assert len(github.asked(TOKEN)) >= 4


async def test_signed_in_once_is_signed_in_for_the_next_server(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        await signed_in(one, github)
    async with editor(settings=settings(github)) as one:
        answer = await one.request("llm-ls/chat", {"message": "Hello?"})
        again = await one.answer(begin(one))

    assert answer["text"] == "Hello from Copilot."
    assert github.asked(CHAT)[-1].headers["authorization"].startswith("Bearer tid=")
    assert again == {"status": "alreadySignedIn", "account": "octocat"}
    assert len(github.asked(DEVICE)) == 1


async def test_request_that_needs_a_sign_in_offers_it_as_a_code_action(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        one.answers[ASK] = lambda _: NEVER
        await one.act("llm-ls.edit", "«a = 1»\n", instruction="x")
        (first, *_) = await one.actions()
        await one.command(first["command"]["command"], *first["command"]["arguments"])
        await github.next(TOKEN)
        github.approve()
        await one.idle()
        (after, *_) = await one.actions()

    assert "Run `llm-ls login github-copilot`" in one.messages()[0]
    assert first["title"] == "AI: Sign in to github-copilot"
    assert one.messages()[-1].startswith("llm-ls is signed in")
    assert "Sign in" not in after["title"]


async def test_command_says_which_argument_does_not_fit() -> None:
    async with editor() as one:
        with pytest.raises(Refused, match=r"arguments\[0\]\.method") as refused:
            await one.command("llm-ls.signIn", {"provider": "github-copilot", "method": "carrier pigeon"})

    assert refused.value.code == -32602


async def test_command_without_a_provider_lets_the_user_choose(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        answers = iter([{"title": "github-copilot"}, NEVER])
        one.answers[ASK] = lambda _: next(answers)
        await one.command("llm-ls.signIn")
        await github.next(TOKEN)
        github.approve()
        await one.idle()

    assert {"title": "openrouter"} in questions(one)[0]["actions"]
    assert one.messages()[-1].startswith("llm-ls is signed in to github-copilot as octocat.")


async def test_copilot_token_that_was_refused_is_exchanged_once_more(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        await signed_in(one, github)
        await one.request("llm-ls/chat", {"message": "Hello?"})
        github.end_copilot_tokens()
        answer = await one.request("llm-ls/chat", {"message": "Hello?"})

    assert answer["text"] == "Hello from Copilot."
    assert len(github.asked(EXCHANGE)) == 2


async def test_address_that_the_user_has_set_counts_before_the_one_that_github_names(
    github: GitHub, vendor: LoopbackVendor
) -> None:
    vendor.says(*whole("by way of the proxy"))
    async with editor(settings=settings(github, baseUrl=vendor.url)) as one:
        await signed_in(one, github)
        answer = await one.request("llm-ls/chat", {"message": "Hello?"})

    assert answer["text"] == "by way of the proxy"
    assert github.asked(CHAT) == []


async def test_token_of_github_that_is_tried_is_exchanged_as_a_saved_one_is(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        await signed_in(one, github)
        token = next(secret for secret in github.given_out if secret.startswith(github.prefix))
        await one.request("llm-ls/signOut", {})
        report = await one.request(
            "llm-ls/testProviderConnection",
            {"provider": "github-copilot", "model": "gpt-4.1", "apiKey": token},
        )

    assert report["ok"] is True


async def test_sign_in_that_github_has_ended_is_named_and_offered_again(github: GitHub) -> None:
    async with editor(settings=settings(github)) as one:
        await signed_in(one, github)
        github.revoke()
        with pytest.raises(Refused, match="has ended") as failure:
            await one.request("llm-ls/chat", {"message": "Hello?"})
        one.open("a = 1\n")
        (offer, *_) = await one.actions()
        number = begin(one)
        await one.until(lambda: len(questions(one)) == 2)
        github.approve()
        again = await one.answer(number)
        answer = await one.request("llm-ls/chat", {"message": "Hello?"})

    assert failure.value.data["kind"] == "sign_in_required"
    assert offer["title"] == "AI: Sign in to github-copilot"
    assert again["status"] == "signedIn"
    assert answer["text"] == "Hello from Copilot."


async def test_provider_that_has_gone_meanwhile_is_no_reason_for_another_failure() -> None:
    async with editor() as one:
        one.server.session.failed(errors.SignInRequired("the sign-in has ended", provider="no-longer-there"))

        assert one.server.session.failure == "The sign-in has ended."
        assert one.server.session.sign_in_wanted is None


def team(vendor: LoopbackVendor) -> dict[str, Any]:
    """A provider that signs in on a page."""
    pages = {"authorizationUrl": f"{vendor.url}/authorize", "tokenUrl": f"{vendor.url}/token"}
    return {"providers": {"team": {"kind": "openai", "baseUrl": vendor.url, "clientId": "c", "oauth": pages}}}


def back(question: dict[str, Any]) -> str:
    """The address that the browser comes back with."""
    page = re.search(r"http\S+", question["message"])
    assert page is not None
    asked = dict(parse_qsl(urlsplit(page[0]).query))
    return f"{asked['redirect_uri']}?{urlencode({'code': 'c0de', 'state': asked['state']})}"


async def test_two_sign_ins_to_one_provider_take_what_is_pasted_each(vendor: LoopbackVendor) -> None:
    async with editor(settings=team(vendor)) as one:
        first, second = [one.start("llm-ls/signIn", {"provider": "team", "method": "paste"}) for _ in range(2)]
        await one.until(lambda: len(questions(one)) == 2)
        one.notify("$/cancelRequest", {"id": second})
        with pytest.raises(Refused):
            await one.answer(second)
        authorize.gives(vendor)
        pasted = await one.request("llm-ls/signIn", {"provider": "team", "paste": back(questions(one)[0])})

        assert (await one.answer(first))["status"] == pasted["status"] == "signedIn"


async def test_paste_that_the_vendor_refuses_does_not_count_as_signed_in(vendor: LoopbackVendor) -> None:
    async with editor(settings=team(vendor)) as one:
        number = one.start("llm-ls/signIn", {"provider": "team", "method": "paste"})
        await one.until(lambda: len(questions(one)) == 1)
        vendor.refuses(400, {"error": "invalid_grant"})
        with pytest.raises(Refused, match="did not sign you in"):
            await one.request("llm-ls/signIn", {"provider": "team", "paste": back(questions(one)[0])})
        with pytest.raises(Refused, match="did not sign you in"):
            await one.answer(number)
