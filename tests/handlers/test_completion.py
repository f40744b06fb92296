"""`textDocument/completion`: suggestions in the menu, for editors without ghost text whose users want them there."""

import asyncio
from typing import Any

import pytest

from tests.rigs.editor import ABLE, URI, Editor, editor
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

MODEL = {"models": {"inlineCompletion": "openai/gpt-test"}}
SETTINGS = {**MODEL, "inlineCompletion": {"debounceMs": 0, "completionItems": True}}
DYNAMIC = {**ABLE, "textDocument": {**ABLE["textDocument"], "completion": {"dynamicRegistration": True}}}
STATIC: dict[str, Any] = {**ABLE, "textDocument": {**ABLE["textDocument"], "completion": {"completionItem": {}}}}
GHOSTS = {**ABLE, "textDocument": {**DYNAMIC["textDocument"], "inlineCompletion": {}}}


async def menu(one: Editor, text: str, character: int) -> dict[str, Any]:
    """What is offered at a place of the first line, in the text as it is now."""
    if URI in one.texts:
        one.type(text)
    else:
        one.open(text)
    params = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": character}}
    return await one.request("textDocument/completion", params)


async def background() -> None:
    """Wait until what was asked for the next key has come."""
    if running := [task for task in asyncio.all_tasks() if task.get_name() == "suggestions for the menu"]:
        await asyncio.wait(running)


async def registered(one: Editor) -> list[Any]:
    """The documents that completion has been registered for, each time; `None` is all."""
    if running := [task for task in asyncio.all_tasks() if task.get_name() == "register for completion"]:
        await asyncio.wait(running)
    asked = [params for method, params in one.asked if method == "client/registerCapability"]
    all_asked = [each for params in asked for each in params["registrations"]]
    return [
        each["registerOptions"].get("documentSelector")
        for each in all_asked
        if each["method"] == "textDocument/completion"
    ]


async def test_answers_at_once_and_has_it_with_the_next_key(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("total(a, b)\n"))
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        first = await menu(one, "x = \n", 4)
        await background()
        second = await menu(one, "x = to\n", 6)

    assert first == {"isIncomplete": True, "items": []}
    (item,) = second["items"]
    assert item["label"] == item["filterText"] == "total(a, b)"
    assert item["textEdit"] == {
        "range": {"start": {"line": 0, "character": 4}, "end": {"line": 0, "character": 6}},
        "newText": "total(a, b)",
    }
    assert item["insertTextFormat"] == 1
    assert len(vendor.requests) == 1


async def test_long_ones_have_a_short_label_of_one_line(vendor: LoopbackVendor) -> None:
    body = f"    return {'a' * 90}\n    more()"
    vendor.says(*whole(f"\n{body}\n\nx"))
    async with editor(environ=environment(vendor), settings=SETTINGS) as one:
        await menu(one, "def f():\n", 8)
        await background()
        (item,) = (await menu(one, "def f():\n", 8))["items"]

    assert item["label"] == f"return {'a' * 53}…"
    assert item["documentation"] == f"\n{body}"
    assert item["textEdit"]["newText"] == f"\n{body}"


@pytest.mark.parametrize(
    ("capabilities", "settings"),
    [
        pytest.param(DYNAMIC, MODEL, id="the user has not asked for it"),
        pytest.param(GHOSTS, SETTINGS, id="the editor has ghost text"),
        pytest.param(DYNAMIC, {**SETTINGS, "inlineCompletion": {"completionItems": True, "enabled": False}}, id="off"),
    ],
)
async def test_nothing_is_asked_where_it_is_not_wanted(
    vendor: LoopbackVendor, capabilities: dict[str, Any], settings: dict[str, Any]
) -> None:
    async with editor(capabilities, environ=environment(vendor), settings=settings) as one:
        offered = await menu(one, "x = \n", 4)
        await background()

    assert offered["items"] == []
    assert vendor.requests == []


async def test_is_registered_for_as_soon_as_the_settings_want_it(vendor: LoopbackVendor) -> None:
    async with editor(DYNAMIC, environ=environment(vendor), settings=MODEL) as one:
        before = await registered(one), "completionProvider" in one.greeting["capabilities"]
        one.notify("workspace/didChangeConfiguration", {"settings": {"inlineCompletion": {"completionItems": True}}})
        await one.configured()
        after = await registered(one)
        taken_back = [params for method, params in one.asked if method == "client/unregisterCapability"]
    async with editor(GHOSTS, environ=environment(vendor), settings=SETTINGS) as one:
        with_ghosts = await registered(one)

    chats = [{"language": "markdown"}]
    assert before == ([chats], False)
    assert after == [chats, None]
    assert [each["id"] for each in taken_back[0]["unregisterations"]] == ["llm-ls/completion"]
    assert with_ghosts == [chats]


@pytest.mark.parametrize(
    ("capabilities", "settings", "advertised"),
    [
        pytest.param(ABLE, SETTINGS, True, id="brings the setting along"),
        pytest.param(ABLE, MODEL, False, id="has no completion"),
        pytest.param(STATIC, MODEL, True, id="must be told at once"),
        pytest.param(DYNAMIC, SETTINGS, False, id="is told later"),
        pytest.param(STATIC, {"editorInfo": {"name": "x", "version": "1"}}, False, id="is one of Copilot's"),
    ],
)
async def test_is_advertised_to_an_editor_that(
    capabilities: dict[str, Any], settings: dict[str, Any], *, advertised: bool
) -> None:
    async with editor(capabilities, settings=settings) as one:
        provider = one.greeting["capabilities"].get("completionProvider")

    assert provider == ({"triggerCharacters": ["@", "/"]} if advertised else None)
