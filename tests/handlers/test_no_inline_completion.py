"""Where there is no ghost text, and why: settings, places, and failures, of which nobody is told at each key."""

from typing import Any

import pytest

from llm_ls.prompts import chat_filling
from tests.rigs.editor import ABLE, URI, Refused, editor
from tests.rigs.ghosts import AT_ONCE, AUTOMATIC, INVOKED, MODEL, ghosts, start
from tests.rigs.openai import environment, whole, words
from tests.rigs.vendor import PAUSE, LoopbackVendor


async def test_a_failure_that_a_newer_request_has_waited_for_is_its_failure(vendor: LoopbackVendor) -> None:
    vendor.says(*words("tot"), PAUSE)
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        start(one, "x = │\n")
        await vendor.paused()
        newer = start(one, "x = t│\n")
        vendor.go_on()
        said = await one.answer(newer)

    assert said == {"items": []}
    assert len(vendor.requests) == 1


@pytest.mark.parametrize(
    ("settings", "document"),
    [
        pytest.param({"enabled": False}, (URI,), id="switched off"),
        pytest.param({"disabledLanguages": ["python"]}, (URI,), id="language"),
        pytest.param({}, ("file:///project/.env",), id="excluded"),
    ],
)
async def test_asks_nothing_where_it_is_not_wanted(
    vendor: LoopbackVendor, settings: dict[str, Any], document: tuple[str]
) -> None:
    async with editor(environ=environment(vendor), settings={"inlineCompletion": settings}) as one:
        said = [await ghosts(one, "KEY = │\n", kind, document=document) for kind in (AUTOMATIC, INVOKED)]

    assert said == [[], []]
    assert vendor.requests == []


async def test_asks_nothing_within_a_word_unless_asked(vendor: LoopbackVendor) -> None:
    for _ in range(3):
        vendor.says(*whole("tal_"))
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        automatic = await ghosts(one, "x = to│tal\n")
        asked = len(vendor.requests)
        invoked = await ghosts(one, "x = to│tal\n", INVOKED)

    assert (automatic, asked) == ([], 0)
    assert invoked == ["tal_"]


async def test_document_that_is_not_open_gets_nothing(vendor: LoopbackVendor) -> None:
    params = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}, "context": {"triggerKind": 2}}
    async with editor(environ=environment(vendor)) as one:
        assert await one.request("textDocument/inlineCompletion", params) == {"items": []}


async def test_a_failure_is_told_once_and_nothing_is_asked_for_a_while(vendor: LoopbackVendor) -> None:
    vendor.refuses(401, {"error": {"message": "no such key", "type": "authentication_error"}})
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        said = [await ghosts(one, f"x{n} = │\n") for n in range(3)]
        messages = one.messages()

    assert said == [[], [], []]
    assert len(vendor.requests) == 1
    assert len(messages) == 1
    assert "no such key" in messages[0]


async def test_a_failure_is_the_answer_to_who_has_asked(vendor: LoopbackVendor) -> None:
    for _ in range(3):
        vendor.refuses(401, {"error": {"message": "no such key", "type": "authentication_error"}})
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        with pytest.raises(Refused) as refused:
            await ghosts(one, "x = │\n", INVOKED)

    assert refused.value.data["kind"] == "authentication"


async def test_without_a_model_the_user_is_told_once() -> None:
    async with editor(settings=AT_ONCE) as one:
        said = [await ghosts(one, f"x{n} = │\n") for n in range(3)]
        messages = one.messages()

    assert said == [[], [], []]
    assert len(messages) == 1


async def test_a_client_that_shows_the_status_says_there_that_there_is_no_model() -> None:
    status = {**ABLE, "experimental": {"llm-ls": {"status": True}}}
    async with editor(status, settings=AT_ONCE) as one:
        await ghosts(one, "x = │\n")
        shown = [params for method, params in one.said if method == "llm-ls/status"]
        messages = one.messages()

    assert messages == []
    assert shown[-1]["kind"] == "error"


async def test_neovim_is_told_in_one_line(vendor: LoopbackVendor) -> None:
    vendor.refuses(401, {"error": {"message": "no such key", "type": "authentication_error"}})
    async with editor(environ=environment(vendor), settings=AT_ONCE, name="Neovim") as one:
        await ghosts(one, "x = │\n")

    assert one.messages() == ["No suggestions: openai refused the credential"]


async def test_settings_that_are_still_being_read_are_waited_for(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor), settings=MODEL) as one:
        one.open("x = \n")
        one.notify("workspace/didChangeConfiguration", {"settings": {"inlineCompletion": {"enabled": False}}})
        said = await ghosts(one, "x = │\n")

    assert said == []
    assert vendor.requests == []


async def test_settings_that_change_lead_to_other_answers(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("1"))
    vendor.says(*whole("2"))
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        before = await ghosts(one, "x = │\n")
        one.notify("workspace/didChangeConfiguration", {"settings": {"inlineCompletion": {"maxTokens": 7}}})
        await one.configured()
        after = await ghosts(one, "x = │\n")

    assert (before, after) == (["1"], ["2"])
    assert vendor.requests[1].json["max_tokens"] == 7 + chat_filling.ROOM_TO_THINK
