"""Every method that the server has, sent as it should not be: each request gets one answer, a notification none."""

import itertools
from typing import Any, cast

import pytest

from tests.handlers.test_copilot_sign_in import OF_COPILOT
from tests.rigs.editor import URI, Editor, Refused, editor

EXECUTE = "workspace/executeCommand"
ABSENT: Any = object()
PLACE = {"line": 0, "character": 4}
WRONG: tuple[Any, ...] = (
    ABSENT,
    None,
    {},
    [],
    7,
    "x",
    {"_": True},
    {"dummy": "dummy"},
    {"doc": None, "textDocument": None, "position": None, "uuid": None, "uuids": None, "item": None},
    {"doc": {}, "textDocument": {}, "position": {}, "uuid": {}, "uuids": {}, "item": {}, "requestId": {}},
    {"doc": {"uri": 1, "position": 1}, "textDocument": {"uri": 1}, "position": 1, "uuid": 1, "uuids": [1]},
    {
        "doc": {"uri": URI, "position": PLACE, "version": None, "surplus": {}},
        "textDocument": {"uri": URI, "version": None},
        "position": PLACE,
        "uuid": "suggestion-99",
        "uuids": ["suggestion-99"],
        "requestId": "suggestion-99",
        "acceptedLength": None,
        "surplus": [None],
    },
    {"doc": {"uri": "untitled:?", "position": {"line": -1, "character": 2**40}, "source": "é\r", "version": 1.0}},
)


def registered(one: Editor) -> tuple[list[str], list[str]]:
    """The methods, and the commands."""
    manager = cast("Any", one.server.protocol).fm
    return sorted(manager.features), sorted(manager.commands)


def wrong(one: Editor) -> list[dict[str, Any]]:
    """All that is wrong, as messages without an id."""
    methods, commands = registered(one)
    sent: list[dict[str, Any]] = []
    for method, params in itertools.product((*methods, EXECUTE), WRONG):
        given = {} if params is ABSENT else {"params": params}
        sent.append({"jsonrpc": "2.0", "method": method, **given})
    for command, argument in itertools.product(commands, WRONG[1:]):
        sent.append({"jsonrpc": "2.0", "method": EXECUTE, "params": {"command": command, "arguments": [argument]}})
    return sent


async def codes(one: Editor, ids: list[int]) -> list[int]:
    """What each request was answered with: the code of the error, or 0. The editor fails on a second answer."""
    found: list[int] = []
    for id in ids:
        try:
            await one.answer(id)
            found.append(0)
        except Refused as refused:
            found.append(refused.code)
    return found


async def test_every_request_gets_one_answer_that_is_no_bug() -> None:
    async with editor(settings=OF_COPILOT) as one:
        one.open("a = 1\n")
        asked = wrong(one)
        for number, message in enumerate(asked):
            one.receive({**message, "id": number})
        answered = await codes(one, list(range(len(asked))))
        bugs = [message for message, code in zip(asked, answered, strict=True) if code == -32603]

    assert {"getCompletions", "llm-ls/getCompletions", "checkStatus"} <= set(registered(one)[0])
    assert bugs == []


async def test_no_notification_gets_an_answer() -> None:
    async with editor(settings=OF_COPILOT) as one:
        one.open("a = 1\n")
        for message in wrong(one):
            one.receive(message)
        await one.request("getVersion", {})

        assert one.answered == 1


@pytest.mark.parametrize(
    "method", ["getPrompt", "recordTelemetryConsent", "conversation/create", "conversation/persistance"]
)
async def test_what_is_of_another_server_is_no_method_here(method: str) -> None:
    async with editor(settings=OF_COPILOT) as one:
        with pytest.raises(Refused) as refused:
            await one.request(method, {"doc": {}})

    assert refused.value.code == -32601
