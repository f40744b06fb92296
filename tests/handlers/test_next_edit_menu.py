"""The edit to make next, in the menu of code actions and by a command."""

import asyncio
from typing import Any

import pytest

from llm_ls.documents import Position, Span
from llm_ls.handlers import next_edit
from tests.handlers.test_next_edit import AFTER, ANSWER, CHANGED, ON, change, counted, edits
from tests.rigs.editor import ABLE, URI, Editor, able, editor
from tests.rigs.openai import environment, whole, words
from tests.rigs.vendor import PAUSE, LoopbackVendor


async def next_edits(one: Editor, line: int = 0, **context: Any) -> list[dict[str, Any]]:
    place = Position(line, 0)
    actions = await one.actions(Span(place, place), **context)
    return [action for action in actions if "Next edit" in action["title"]]


async def ready(one: Editor, vendor: LoopbackVendor) -> None:
    """Wait until what the menu may offer has been asked for and is known."""
    await vendor.asked()
    async with asyncio.timeout(10):
        while tasks := [task for task in asyncio.all_tasks() if task.get_name() == "next edit"]:
            await asyncio.wait(tasks)


async def test_is_in_the_menu_once_the_typing_has_rested(
    vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(next_edit, "REST_S", 0.05)
    vendor.says(*whole(ANSWER))
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        before = await next_edits(one)
        await ready(one, vendor)
        [action] = await next_edits(one)
        unasked = [await next_edits(one, line, triggerKind=2) for line in (0, 6)]
        one.apply({"edit": action["edit"]})
        await one.request(
            "workspace/executeCommand",
            {"command": action["command"]["command"], "arguments": action["command"]["arguments"]},
        )
        await counted(one, offered=1, accepted=1)
        after = await next_edits(one)

    assert before == []
    assert action["title"] == "AI: Next edit (line 7): print(add(x, y))"
    assert [len(found) for found in unasked] == [0, 1]
    assert one.text() == AFTER
    assert after == []


async def test_the_menu_asks_nobody(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        await next_edits(one)

    assert vendor.requests == []


async def test_nothing_is_got_ready_for_a_client_that_shows_next_edits_itself(
    vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(next_edit, "REST_S", 0.02)
    vendor.says(*whole("NOTHING"))
    vendor.says(*whole("NOTHING"))
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        await edits(one)
        one.type(CHANGED + "z\n")
        await asyncio.sleep(0.1)
        await edits(one)

    assert len(vendor.requests) == 2


async def test_what_is_got_ready_for_the_menu_ends_where_the_client_asks(
    vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(next_edit, "REST_S", 0.0)
    vendor.says(*words("PLACE 1"), PAUSE)
    vendor.says(*whole(ANSWER))
    async with editor(environ=environment(vendor), settings=ON) as one:
        change(one)
        await vendor.paused()
        found = await edits(one)
        await vendor.client_closed()

    assert len(found) == 1


@pytest.mark.parametrize("setting", ["on", "off"])
async def test_the_command_makes_it_in_one_edit_also_where_it_is_off(vendor: LoopbackVendor, setting: str) -> None:
    vendor.says(*whole(ANSWER))
    settings = {"nextEdit": {"enabled": setting}, "codeActions": {"review": "apply"}}
    async with editor(environ=environment(vendor), settings=settings) as one:
        change(one)
        await one.command("llm-ls.nextEdit", {"uri": URI})
        await one.idle()
        await counted(one, accepted=1)
        [recent, _] = one.server.documents.recent_edits.recent()

    assert one.text() == AFTER
    assert len(one.edits()) == 1
    assert recent.ours


@pytest.mark.parametrize(
    ("typed", "after", "said"),
    [
        ("# above\n" + CHANGED, "# above\n" + AFTER, []),
        (
            CHANGED.replace("total(x, y)", "total(x, 2)"),
            CHANGED.replace("total(x, y)", "total(x, 2)"),
            ["The next edit is left out, because the text was changed meanwhile."],
        ),
    ],
)
async def test_what_is_typed_meanwhile_moves_it_or_makes_it_stale(
    vendor: LoopbackVendor, typed: str, after: str, said: list[str]
) -> None:
    vendor.says(PAUSE, *whole(ANSWER))
    async with editor(environ=environment(vendor), settings={"codeActions": {"review": "apply"}}) as one:
        change(one)
        await one.command("llm-ls.nextEdit")
        await vendor.paused()
        one.type(typed)
        vendor.go_on()
        await one.idle()
        messages = one.messages()

    assert one.text() == after
    assert messages == said


async def test_the_command_says_where_it_is_in_a_client_that_takes_no_edits(vendor: LoopbackVendor) -> None:
    vendor.says(*whole(ANSWER))
    async with editor(able(applyEdit=False), environ=environment(vendor)) as one:
        change(one)
        await one.command("llm-ls.nextEdit")
        await one.idle()
        messages, found = one.messages(), await next_edits(one)

    assert messages == ["The next edit is in line 7. Open the code actions there to apply it."]
    assert len(found) == 1


async def test_the_command_says_that_there_is_none(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("NOTHING"))
    async with editor(ABLE, environ=environment(vendor)) as one:
        await one.command("llm-ls.nextEdit")
        change(one)
        await one.command("llm-ls.nextEdit")
        await one.idle()
        messages = one.messages()

    assert "No document is open" in messages[0]
    assert messages[1:] == ["No next edit follows from what was changed lately."]
    assert one.edits() == []


async def test_the_command_says_what_went_wrong(vendor: LoopbackVendor) -> None:
    vendor.refuses(401, {"error": {"message": "no such key", "type": "authentication_error"}})
    async with editor(environ=environment(vendor)) as one:
        change(one)
        await one.command("llm-ls.nextEdit")
        await one.idle()
        messages = one.messages()

    assert len(messages) == 1
    assert "no such key" in messages[0]
