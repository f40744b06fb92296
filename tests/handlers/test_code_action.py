"""`textDocument/codeAction`: what is offered where, in which form."""

import asyncio

from llm_ls.documents import Position, Span
from tests.rigs.editor import editor, lsp_range
from tests.rigs.openai import environment, whole, words
from tests.rigs.vendor import PAUSE, LoopbackVendor

BEFORE = "a = 1 + 1\nb = 2\n"
AFTER = "a = 2\nb = 2\n"
APPLY = {"codeActions": {"review": "apply"}}


async def test_closed_document_is_said(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        await one.command("llm-ls.edit", {"uri": "file:///nowhere.py", "instruction": "x"})
        await one.idle()
        actions = await one.request(
            "textDocument/codeAction",
            {
                "textDocument": {"uri": "file:///nowhere.py"},
                "range": lsp_range(Span(Position(0, 0), Position(0, 0))),
                "context": {"diagnostics": []},
            },
        )
        messages = one.messages()

    assert "not open" in messages[0]
    assert actions == []
    assert vendor.requests == []


async def test_nothing_is_offered_unasked_without_a_selection(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        one.open(BEFORE)
        unasked = await one.actions(Span(Position(0, 0), Position(0, 0)), triggerKind=2)
        selected = await one.actions(Span(Position(0, 0), Position(0, 9)), triggerKind=2)
        only = await one.actions(only=["source"])

    assert unasked == []
    assert selected
    assert {action["kind"] for action in only} <= {"source"}


async def test_nothing_is_offered_for_an_excluded_file(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        one.open("KEY=1\n", uri="file:///project/.env")
        actions = await one.actions(uri="file:///project/.env")

    assert actions == []


async def test_client_without_literals_gets_commands(vendor: LoopbackVendor) -> None:
    async with editor({}, environ=environment(vendor)) as one:
        one.open(BEFORE)
        actions = await one.actions()

    assert actions
    assert all(isinstance(action["command"], str) for action in actions)


async def test_resolve_answers_what_was_sent(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        one.open(BEFORE)
        action = (await one.actions())[0]
        resolved = await one.request("codeAction/resolve", action)

    assert resolved == action


async def test_menu_is_answered_while_an_answer_streams(vendor: LoopbackVendor) -> None:
    vendor.says(*words("a"), PAUSE, *whole("b"))
    async with editor(environ=environment(vendor)) as one:
        one.open(BEFORE)
        number = one.start("llm-ls/chat", {"message": "?"})
        await vendor.paused()
        async with asyncio.timeout(2):
            actions = await one.actions()
        vendor.go_on()
        await one.answer(number)

    assert actions
