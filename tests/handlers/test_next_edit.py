"""The edit to make next, in Copilot's words."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.editor import URI, Editor, Refused, edited, editor
from tests.rigs.openai import environment, whole, words
from tests.rigs.vendor import PAUSE, LoopbackVendor

OPENED = "def total(a, b):\n    return a + b\n\n\nx = 0\ny = 1\nprint(total(x, y))\nprint(x)\n"
CHANGED = OPENED.replace("total(a, b)", "add(a, b)")
AFTER = CHANGED.replace("print(total(", "print(add(")
ANSWER = f"PLACE 1\n```python\n{AFTER}```\n"
ON = {"nextEdit": {"enabled": "on"}}
OTHER = "file:///project/other.py"


def change(one: Editor, text: str = CHANGED) -> None:
    one.open(OPENED)
    one.type(text)


def start(one: Editor, uri: str = URI, **more: Any) -> int:
    document = {"uri": uri, "version": one.texts[uri].version}
    params = {"textDocument": document, "position": {"line": 0, "character": 7}, "context": {"triggerKind": 2}}
    return one.start("textDocument/copilotInlineEdit", {**params, **more})


async def edits(one: Editor, uri: str = URI, **more: Any) -> list[dict[str, Any]]:
    return (await one.answer(start(one, uri, **more)))["edits"]


def made(one: Editor, edit: dict[str, Any]) -> str:
    return edited(one.texts[URI], [{"range": edit["range"], "newText": edit["text"]}])


async def counted(one: Editor, **wanted: int) -> None:
    """Wait until the ledger has these counts, which are written beside the answers."""
    async with asyncio.timeout(10):
        while not wanted.items() <= (await one.request("llm-ls/usage", {}))["suggestions"].items():
            pass


def nearby(vendor: LoopbackVendor) -> dict[str, str]:
    """A server of one's own, which costs nothing."""
    return {"LLAMACPP_BASE_URL": f"{vendor.url}/v1", "LLM_LS_MODEL": "llamacpp/mine"}


async def test_is_copilots_answer(vendor: LoopbackVendor) -> None:
    vendor.says(*whole(ANSWER))
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        [edit] = await edits(one)
        commands = one.greeting["capabilities"]["executeCommandProvider"]["commands"]

    assert made(one, edit) == AFTER
    assert edit == {
        "text": "add",
        "textDocument": {"uri": URI, "version": 2},
        "range": {"start": {"line": 6, "character": 6}, "end": {"line": 6, "character": 11}},
        "command": {"title": "Accept", "command": "llm-ls.acceptNextEdit", "arguments": ["next-edit-1"]},
    }
    assert edit["command"]["command"] in commands


async def test_shows_the_model_what_was_changed_and_what_is_reported(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("NOTHING"))
    problem = {
        "range": {"start": {"line": 6, "character": 6}, "end": {"line": 6, "character": 11}},
        "message": "undefined name",
        "severity": 1,
        "source": "ruff",
    }
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        found = await edits(one, diagnostics=[problem])

    question = vendor.requests[0].json["messages"][-1]["content"]
    assert found == []
    assert "-def total(a, b):\n+def add(a, b):\n" in question
    assert "- line 7: undefined name [ruff]" in question


@pytest.mark.parametrize(
    ("setting", "free", "asked"),
    [("on", False, 1), ("on", True, 1), ("auto", False, 0), ("auto", True, 1), ("off", False, 0), ("off", True, 0)],
)
async def test_is_asked_for_where_the_setting_says(
    vendor: LoopbackVendor, setting: str, free: bool, asked: int
) -> None:
    vendor.says(*whole(ANSWER))
    environ = nearby(vendor) if free else environment(vendor)
    async with editor(environ=environ, settings={"nextEdit": {"enabled": setting}}) as one:
        change(one)
        found = await edits(one)

    assert (len(found), len(vendor.requests)) == (asked, asked)


async def test_without_a_model_nothing_is_said() -> None:
    async with editor() as one:
        change(one)
        found = [await edits(one), await edits(one)]
        messages = one.messages()

    assert (found, messages) == ([[], []], [])


async def test_asks_the_model_for_next_edits(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("NOTHING"))
    models = {"models": {"inlineCompletion": "openai/gpt-typing", "nextEdit": "openai/gpt-edits"}}
    async with editor(environ=environment(vendor), settings={**ON, **models}) as one:
        change(one)
        await edits(one)

    assert [request.json["model"] for request in vendor.requests] == ["gpt-edits"]


async def test_the_same_text_is_not_asked_about_twice(vendor: LoopbackVendor) -> None:
    vendor.says(*whole(ANSWER))
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        first = await edits(one)
        again = await edits(one, position={"line": 5, "character": 0})
        one.type(CHANGED.replace("y = 1\n", "y = 1\n\n"))
        [moved] = await edits(one)

    assert again == first
    assert made(one, moved) == AFTER.replace("y = 1\n", "y = 1\n\n")
    assert moved["command"] == first[0]["command"]
    assert len(vendor.requests) == 1


async def test_nothing_is_remembered_too_and_another_change_asks_again(vendor: LoopbackVendor) -> None:
    for _ in range(3):
        vendor.says(*whole("NOTHING"))
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        for _ in range(2):
            await edits(one)
        one.type(CHANGED.replace("y = 1", "y = 2"))
        await edits(one)
        one.open("a\n", OTHER)
        one.type("b\n", OTHER)
        await edits(one)

    assert len(vendor.requests) == 3


async def test_stale_version_gets_nothing(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        found = await edits(one, textDocument={"uri": URI, "version": 1})
        unknown = await edits(one, textDocument={"uri": "file:///nowhere.py", "version": 1})

    assert (found, unknown) == ([], [])
    assert vendor.requests == []


async def test_typing_on_drops_the_vendor_connection(vendor: LoopbackVendor) -> None:
    vendor.says(*words("PLACE 1"), PAUSE)
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        number = start(one)
        await vendor.paused()
        one.type(CHANGED + "z\n")
        found = await one.answer(number)
        await vendor.client_closed()

    assert found == {"edits": []}


async def test_a_newer_request_supersedes_without_an_error(vendor: LoopbackVendor) -> None:
    vendor.says(*words("PLACE 1"), PAUSE)
    vendor.says(*whole(ANSWER))
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        older = start(one)
        await vendor.paused()
        newer = start(one)
        found = [await one.answer(older), await one.answer(newer)]

    assert [len(answer["edits"]) for answer in found] == [0, 1]


async def test_cancelled_request_drops_the_vendor_connection(vendor: LoopbackVendor) -> None:
    vendor.says(*words("PLACE 1"), PAUSE)
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        number = start(one)
        await vendor.paused()
        one.notify("$/cancelRequest", {"id": number})
        with pytest.raises(Refused) as refused:
            await one.answer(number)
        await vendor.client_closed()

    assert refused.value.code == -32800


async def test_leaves_the_vendor_once_the_code_is_complete(vendor: LoopbackVendor) -> None:
    vendor.says(*words(ANSWER), PAUSE, *whole("This renames the caller."))
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        found = await edits(one)
        await vendor.client_closed()

    assert len(found) == 1


async def test_excluded_files_are_neither_asked_about_nor_shown(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("NOTHING"))
    secret = "file:///project/.env"
    async with editor(environ=environment(vendor), settings=ON) as one:
        one.open("KEY=old\n", secret)
        one.type("KEY=hunter2\n", secret)
        of_secret = await edits(one, secret)
        asked = len(vendor.requests)
        change(one)
        await edits(one)

    assert (of_secret, asked) == ([], 0)
    assert len(vendor.requests) == 1
    assert "hunter2" not in str(vendor.requests[0].json)


async def test_what_changed_in_a_link_to_an_excluded_file_is_not_shown(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*whole("NOTHING"))
    (tmp_path / ".env").write_text("KEY=old\n", encoding="utf-8")
    (tmp_path / "notes.txt").symlink_to(tmp_path / ".env")
    linked = (tmp_path / "notes.txt").as_uri()
    async with editor(environ=environment(vendor), settings=ON, folder=tmp_path) as one:
        one.open("KEY=old\n", linked)
        one.type("KEY=hunter2\n", linked)
        of_link = await edits(one, linked)
        change(one)
        await edits(one)

    assert of_link == []
    assert len(vendor.requests) == 1
    assert "hunter2" not in str(vendor.requests[0].json)


async def test_closing_the_document_ends_it_in_silence(vendor: LoopbackVendor) -> None:
    vendor.says(*words("PLACE 1"), PAUSE)
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        number = start(one)
        await vendor.paused()
        one.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        found = await one.answer(number)
        await vendor.client_closed()
        messages = one.messages()

    assert found == {"edits": []}
    assert messages == []


async def test_a_failure_is_told_once_and_an_answer_of_no_use_never(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("I would rename the variable, but I cannot see it."))
    vendor.refuses(401, {"error": {"message": "no such key", "type": "authentication_error"}})
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        useless = await edits(one)
        before = one.messages()
        one.type(CHANGED + "z\n")
        failed = await edits(one)
        one.type(CHANGED + "zz\n")
        rested = await edits(one)
        messages = one.messages()

    assert (useless, before, failed, rested) == ([], [], [], [])
    assert len(messages) == 1
    assert "no such key" in messages[0]
    assert len(vendor.requests) == 2


async def test_what_becomes_of_it_is_counted_and_a_refused_one_is_not_offered_again(vendor: LoopbackVendor) -> None:
    for _ in range(3):
        vendor.says(*whole(ANSWER))
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        [edit] = await edits(one)
        one.notify("textDocument/didShowInlineEdit", {"item": {"command": edit["command"]}})
        said = await one.request("notifyNextEditRejected", {"uuid": edit["command"]["arguments"][0], "reason": "x"})
        await counted(one, offered=1, shown=1, rejected=1)
        again = await edits(one)
        one.type(CHANGED + "z = 2\n")
        same = await edits(one)

    assert said == "OK"
    assert (again, same) == ([], [])
    assert len(vendor.requests) == 2


@pytest.mark.parametrize("command", ["llm-ls.acceptNextEdit", "github.copilot.didAcceptNextEditSuggestionItem"])
@pytest.mark.parametrize("as_notification", [False, True])
async def test_its_command_counts_it(vendor: LoopbackVendor, command: str, as_notification: bool) -> None:
    vendor.says(*whole(ANSWER))
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        [edit] = await edits(one)
        params = {"command": command, "arguments": edit["command"]["arguments"]}
        if as_notification:  # as copilot.el does
            one.notify("workspace/executeCommand", params)
        else:
            await one.request("workspace/executeCommand", params)
        await counted(one, accepted=1, acceptedCharacters=3)

    assert one.messages() == []


@pytest.mark.parametrize(("command", "rejected"), [("didReject", 1), ("didIgnore", 0)])
async def test_copilots_other_commands(vendor: LoopbackVendor, command: str, rejected: int) -> None:
    vendor.says(*whole(ANSWER))
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        [edit] = await edits(one)
        arguments = edit["command"]["arguments"]
        await one.request(
            "workspace/executeCommand",
            {"command": f"github.copilot.{command}NextEditSuggestionItem", "arguments": arguments},
        )
        await counted(one, offered=1, rejected=rejected)
        again = await edits(one)

    assert len(again) == 1 - rejected
