"""`textDocument/inlineCompletion`: suggestions at the cursor, asked for sparingly."""

import asyncio

import pytest

from tests.rigs.editor import Editor, Refused, editor
from tests.rigs.ghosts import AT_ONCE, INVOKED, MODEL, ghosts, items, show, start
from tests.rigs.openai import environment, whole, words
from tests.rigs.vendor import PAUSE, LoopbackVendor


async def counts(one: Editor) -> dict[str, int]:
    return (await one.request("llm-ls/usage", {}))["suggestions"]


async def test_is_text_with_a_range_and_a_command(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("1 + 2\ny = 3\n"))
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        (item,) = await items(one, "é = │\n")
        place = {"line": 0, "character": 4}
        commands = one.greeting["capabilities"]["executeCommandProvider"]["commands"]

    assert item["insertText"] == "1 + 2"
    assert item["range"] == {"start": place, "end": place}
    assert item["command"]["command"] in commands
    assert one.greeting["capabilities"]["inlineCompletionProvider"] is True


async def test_leaves_the_vendor_as_soon_as_it_is_complete(vendor: LoopbackVendor) -> None:
    vendor.says(*words("1", "\n", "2"), PAUSE, *whole("3"))
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        said = await ghosts(one, "x = │\n")
        await vendor.client_closed()

    assert said == ["1"]


async def test_typing_along_asks_nobody(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("total(a, b)"))
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        said = [await ghosts(one, text) for text in ("x = │\n", "x = t│\n", "x = tot│\n", "x = total(│)\n", "x = │\n")]

    assert said == [["total(a, b)"], ["otal(a, b)"], ["al(a, b)"], ["a, b"], ["total(a, b)"]]
    assert len(vendor.requests) == 1


async def test_typing_something_else_asks_again(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("total"))
    vendor.says(*whole("m(a)"))
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        said = [await ghosts(one, text) for text in ("x = │\n", "x = su│\n")]

    assert said == [["total"], ["m(a)"]]


async def test_a_change_elsewhere_asks_again(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("1"))
    vendor.says(*whole("2"))
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        said = [await ghosts(one, text) for text in ("a\nx = │\n", "b\nx = │\n")]

    assert said == [["1"], ["2"]]


async def test_nothing_to_say_is_remembered_too(vendor: LoopbackVendor) -> None:
    vendor.says(*whole(" \n "))
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        said = [await ghosts(one, "x = │\n"), await ghosts(one, "x = │\n")]

    assert said == [[], []]
    assert len(vendor.requests) == 1


async def test_a_newer_request_supersedes_and_drops_the_vendor_connection(vendor: LoopbackVendor) -> None:
    vendor.says(*words("1"), PAUSE)
    vendor.says(*whole("2"))
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        older = start(one, "x = │\n")
        await vendor.paused()
        newer = start(one, "yy = │\n")
        with pytest.raises(Refused) as refused:
            await one.answer(older)
        await vendor.client_closed()
        said = await one.answer(newer)

    assert refused.value.code == -32802
    assert [item["insertText"] for item in said["items"]] == ["2"]


async def test_cancelled_request_drops_the_vendor_connection(vendor: LoopbackVendor) -> None:
    vendor.says(*words("1"), PAUSE)
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        number = start(one, "x = │\n")
        await vendor.paused()
        one.notify("$/cancelRequest", {"id": number})
        with pytest.raises(Refused) as refused:
            await one.answer(number)
        await vendor.client_closed()

    assert refused.value.code == -32800


async def test_a_burst_of_keys_is_one_request(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("tal"))
    async with editor(environ=environment(vendor), settings={**MODEL, "inlineCompletion": {"debounceMs": 200}}) as one:
        numbers = [start(one, f"x = {typed}│\n") for typed in ("s", "su", "sub", "subt", "subto")]
        said = await one.answer(numbers[-1])
        codes: list[int] = []
        for number in numbers[:-1]:
            with pytest.raises(Refused) as refused:
                await one.answer(number)
            codes.append(refused.value.code)

    assert [item["insertText"] for item in said["items"]] == ["tal"]
    assert codes == [-32802] * 4
    assert len(vendor.requests) == 1


async def test_a_document_that_changes_while_the_typing_rests_is_not_asked_about(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor), settings={**MODEL, "inlineCompletion": {"debounceMs": 50}}) as one:
        number = start(one, "x = │\n")
        one.type("x = 1\n")
        with pytest.raises(Refused) as refused:
            await one.answer(number)

    assert refused.value.code == -32802
    assert vendor.requests == []


async def test_what_is_being_said_is_waited_for_while_what_is_typed_agrees(vendor: LoopbackVendor) -> None:
    vendor.says(*words("tot"), PAUSE, *whole("al(a)"))
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        older = start(one, "x = │\n")
        await vendor.paused()
        newer = start(one, "x = to│\n")
        with pytest.raises(Refused) as refused:
            await one.answer(older)
        vendor.go_on()
        said = await one.answer(newer)

    assert refused.value.code == -32802
    assert [item["insertText"] for item in said["items"]] == ["tal(a)"]
    assert len(vendor.requests) == 1


async def test_what_is_being_said_is_dropped_once_what_is_typed_disagrees(vendor: LoopbackVendor) -> None:
    vendor.says(PAUSE, *words("tot"), PAUSE)
    vendor.says(*whole("m(a)"))
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        start(one, "x = │\n")
        await vendor.paused()
        newer = start(one, "x = su│\n")
        vendor.go_on()
        await vendor.client_closed()
        said = await one.answer(newer)

    assert [item["insertText"] for item in said["items"]] == ["m(a)"]


async def test_a_request_that_is_cancelled_for_a_newer_one_keeps_what_is_being_said(vendor: LoopbackVendor) -> None:
    vendor.says(*words("tot"), PAUSE, *whole("al(a)"))
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        older = start(one, "x = │\n")
        await vendor.paused()
        show(one, "x = t│\n")
        one.notify("$/cancelRequest", {"id": older})
        newer = start(one, "x = t│\n")
        vendor.go_on()
        said = await one.answer(newer)

    assert [item["insertText"] for item in said["items"]] == ["otal(a)"]
    assert len(vendor.requests) == 1


async def test_what_nobody_comes_back_for_is_dropped(vendor: LoopbackVendor) -> None:
    vendor.says(*words("tot"), PAUSE)
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        number = start(one, "x = │\n")
        await vendor.paused()
        show(one, "x = t│\n")
        one.notify("$/cancelRequest", {"id": number})
        await vendor.client_closed()


async def test_two_documents_do_not_supersede_each_other(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("1"))
    vendor.says(*whole("2"))
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        numbers = [start(one, "x = │\n"), start(one, "y = │\n", document=("file:///project/b.py",))]
        said = [(await one.answer(number))["items"][0]["insertText"] for number in numbers]

    assert sorted(said) == ["1", "2"]


async def test_invoked_asks_for_several_that_differ(vendor: LoopbackVendor) -> None:
    for text in ("a", "b", "a"):
        vendor.says(*whole(text))
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        said = await ghosts(one, "x = │\n", INVOKED)
        again = await ghosts(one, "x = │\n", INVOKED)

    assert sorted(said) == sorted(again) == ["a", "b"]
    assert sorted(request.json["temperature"] for request in vendor.requests) == [0.1, 0.5, 0.9]


async def test_goes_on_from_what_the_menu_has_selected(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("(a, b)"))
    selected = {"range": {"start": {"line": 0, "character": 4}, "end": {"line": 0, "character": 5}}, "text": "total"}
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        (item,) = await items(one, "x = t│\n", selectedCompletionInfo=selected)

    assert item["insertText"] == "total(a, b)"
    assert item["range"] == selected["range"]
    assert "x = total<" in vendor.requests[0].json["messages"][-1]["content"]


async def test_line_ends_are_those_of_the_document(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("\n    return 1\n\nx"))
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        said = await ghosts(one, "def f():│\r\n")

    assert said == ["\r\n    return 1"]


async def test_what_becomes_of_them_is_counted(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("total(a, b)"))
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        (item,) = await items(one, "x = │\n")
        offered = await counts(one)
        await items(one, "x = t│\n")
        command = item["command"]
        await one.request(
            "workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]}
        )
        accepted = await counts(one)

    assert (offered["offered"], offered["accepted"]) == (1, 0)
    assert (accepted["offered"], accepted["accepted"], accepted["acceptedCharacters"]) == (1, 1, 11)


async def test_nothing_runs_on_after_the_client_has_gone(vendor: LoopbackVendor) -> None:
    vendor.says(*words("1"), PAUSE)
    async with editor(environ=environment(vendor), settings=AT_ONCE) as one:
        start(one, "x = │\n")
        await vendor.paused()
    async with asyncio.timeout(2):
        await vendor.client_closed()
