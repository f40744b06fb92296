"""Commands that ask a model: what it is asked, what comes of its answer, and what can go wrong."""

from pathlib import Path
from urllib.request import url2pathname

import pytest

from llm_ls.documents import Position, Span
from tests.rigs.editor import ABLE, CANNOT, NEVER, URI, able, editor, lsp_range
from tests.rigs.openai import environment, whole, words
from tests.rigs.vendor import PAUSE, LoopbackVendor

BEFORE = "a = 1 + 1\nb = 2\n"
AFTER = "a = 2\nb = 2\n"
APPLY = {"codeActions": {"review": "apply"}}


async def check(vendor: LoopbackVendor, before: str, instruction: str, answer: tuple[str, ...], after: str) -> None:
    vendor.says(*whole(*answer))
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        await one.act("llm-ls.edit", before, instruction=instruction)
        text = one.text()

    assert text == after


async def test_replaces_only_the_selection(vendor: LoopbackVendor) -> None:
    await check(vendor, "a = «1 + 1»\nb = 2\n", "simplify", ("```python\n", "2", "\n```"), AFTER)


async def test_keeps_crlf(vendor: LoopbackVendor) -> None:
    await check(vendor, "«a = 1 + 1»\r\nb = 2\r\n", "simplify", ("a = 2\n",), "a = 2\r\nb = 2\r\n")


async def test_takes_out_what_a_local_model_thinks_aloud(vendor: LoopbackVendor) -> None:
    await check(vendor, "«a = 1 + 1»\nb = 2\n", "simplify", ("<think>hm</think>", "```\na = 2\n```"), AFTER)


async def test_cuts_a_fence_that_is_glued_to_the_code(vendor: LoopbackVendor) -> None:
    await check(vendor, "«a = 1 + 1»\nb = 2\n", "simplify", ("```python\na = 2```",), AFTER)


async def test_keeps_a_byte_order_mark(vendor: LoopbackVendor) -> None:
    await check(vendor, "\ufeff«a = 1 + 1»\nb = 2\n", "simplify", ("a = 2",), f"\ufeff{AFTER}")


async def test_command_is_acknowledged_before_the_model_answers(vendor: LoopbackVendor) -> None:
    vendor.says(PAUSE, *whole("a = 2"))
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        one.open(BEFORE)
        argument = {"uri": URI, "range": lsp_range(Span(Position(0, 0), Position(0, 9))), "instruction": "simplify"}
        acknowledged = await one.command("llm-ls.edit", argument)
        await vendor.paused()
        running = list(one.server.session.operations)
        vendor.go_on()
        await one.idle()

    assert acknowledged == {"operation": running[0]}


async def test_explanation_opens_as_a_file_of_the_user_alone(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("It adds."))
    async with editor(environ=environment(vendor)) as one:
        one.answers["window/showDocument"] = lambda _: {"success": True}
        await one.act("llm-ls.explain", "«a = 1 + 1»\n")
        uri = one.opened()[0]
        file = Path(url2pathname(uri.removeprefix("file://")))
        text, mode = file.read_text(), file.stat().st_mode & 0o777

    assert text == "It adds.\n"
    assert mode == 0o600
    assert vendor.requests
    assert one.text() == "a = 1 + 1\n"


async def test_explanation_is_served_to_clients_that_fetch_it(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("It adds."))
    async with editor(able(textDocumentContent={}), environ=environment(vendor)) as one:
        one.answers["window/showDocument"] = lambda _: {"success": True}
        await one.act("llm-ls.explain", "«a = 1 + 1»\n")
        uri = one.opened()[0]
        content = await one.request("workspace/textDocumentContent", {"uri": uri})

    assert uri.startswith("llm-ls:/")
    assert content == {"text": "It adds.\n"}


async def test_explanation_is_a_message_where_nothing_can_be_opened(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("It adds."))
    async with editor({}, environ=environment(vendor)) as one:
        await one.act("llm-ls.explain", "«a = 1 + 1»\n")
        messages = one.messages()

    assert messages == ["It adds.\n"]


async def test_progress_can_be_cancelled_and_nothing_changes(vendor: LoopbackVendor) -> None:
    vendor.says(*words("a"), PAUSE)
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        one.open(BEFORE)
        await one.command("llm-ls.edit", {"uri": URI, "instruction": "simplify"})
        await vendor.paused()
        token = next(params["token"] for method, params in one.asked if method == "window/workDoneProgress/create")
        one.notify("window/workDoneProgress/cancel", {"token": token})
        await vendor.client_closed()
        await one.idle()
        kinds = [value["kind"] for value in one.progress(token)]
        text, messages = one.text(), one.messages()

    assert (text, messages) == (BEFORE, [])
    assert (kinds[0], kinds[-1]) == ("begin", "end")


async def test_cancel_command_stops_what_runs(vendor: LoopbackVendor) -> None:
    vendor.says(*words("a"), PAUSE)
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        one.open(BEFORE)
        await one.command("llm-ls.edit", {"uri": URI, "instruction": "simplify"})
        await vendor.paused()
        titles = [action["title"] for action in await one.actions()]
        answer = await one.command("llm-ls.cancel")
        await vendor.client_closed()
        await one.idle()

    assert titles[0].startswith("AI: Stop (gpt-test, ")
    assert answer == {"cancelled": 1}


async def test_client_that_never_grants_progress_gets_its_edit(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 2"))
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        one.answers["window/workDoneProgress/create"] = lambda _: NEVER
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n", instruction="simplify")
        text, progress = one.text(), one.progress()

    assert (text, progress) == (AFTER, [])


async def test_failure_of_a_command_is_said_and_changes_nothing(vendor: LoopbackVendor) -> None:
    vendor.refuses(401, {"error": {"message": "Incorrect API key provided"}})
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n", instruction="simplify")
        messages, text = one.messages(), one.text()

    assert text == BEFORE
    assert len(messages) == 1
    assert "Incorrect API key provided" in messages[0]


@pytest.mark.parametrize(
    ("command", "text", "answer", "says"),
    [
        ("llm-ls.explain", "«»", "ok", "empty"),
        ("llm-ls.edit", "«a\0b»\n", "ok", "no text"),
        ("llm-ls.edit", "«a = 2»\n", "a = 2\n", "changed nothing"),
        ("llm-ls.edit", "«a = 2»\n", "", "holds no code"),
        ("llm-ls.edit", f"«{'x = 1  # long' * 800_000}»\n", "ok", "Select less"),
    ],
    ids=["empty", "binary", "identical", "empty answer", "10 MB"],
)
async def test_what_cannot_be_done_is_said_in_a_sentence(
    vendor: LoopbackVendor, command: str, text: str, answer: str, says: str
) -> None:
    vendor.says(*whole(answer))
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        await one.act(command, text, instruction="simplify")
        messages, left = one.messages(), one.text()

    assert len(messages) == 1
    assert says in messages[0]
    assert left == text.replace("«", "").replace("»", "")


async def test_range_outside_the_document_is_the_nearest_place(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("b = 3"))
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        one.open("a = 1\nb = 2")
        outside = {"start": {"line": 90, "character": 0}, "end": {"line": 99, "character": 9}}
        await one.command("llm-ls.edit", {"uri": URI, "range": outside, "instruction": "three"})
        await one.idle()
        text = one.text()

    assert text.endswith("b = 3")


async def test_instruction_is_chosen_where_none_is_given(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 2"))
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        one.answers["window/showMessageRequest"] = lambda params: params["actions"][0]
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n")
        text = one.text()

    assert text == AFTER
    assert "Simplify this code" in str(vendor.requests[0].json["messages"])


async def test_our_clients_are_asked_for_a_line(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 2"))
    async with editor({**ABLE, "experimental": {"llm-ls": {"input": True}}}, APPLY, environ=environment(vendor)) as one:
        one.answers["llm-ls/input"] = lambda _: {"text": "fold constants"}
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n")

    assert "fold constants" in str(vendor.requests[0].json["messages"])


async def test_dismissed_choice_asks_no_model_and_says_nothing_more(vendor: LoopbackVendor) -> None:
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n")
        messages = one.messages()

    assert messages == []
    assert vendor.requests == []


async def test_where_nobody_can_be_asked_it_is_said_how_to_instruct(vendor: LoopbackVendor) -> None:
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        one.answers["window/showMessageRequest"] = lambda _: CANNOT
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n")
        messages = one.messages()

    assert "# llm:" in messages[0]
    assert vendor.requests == []


@pytest.mark.parametrize(
    ("command", "says"),
    [("llm-ls.edit", "# llm:"), ("llm-ls.selectModel", '{"model": "openai/'), ("llm-ls.signIn", '{"provider": "')],
)
async def test_a_client_that_does_not_say_that_it_asks_is_not_waited_for(
    vendor: LoopbackVendor, command: str, says: str
) -> None:
    """ALE 3.3 leaves `window/showMessageRequest` without an answer."""
    body = {"object": "list", "data": [{"id": "gpt-test", "object": "model"}]}
    vendor.refuses(200, body)
    able_but_to_ask = {**ABLE, "window": {"workDoneProgress": True}}
    async with editor(able_but_to_ask, APPLY, environ=environment(vendor)) as one:
        one.answers["window/showMessageRequest"] = lambda _: NEVER
        one.open(BEFORE)
        await one.command(command, {})
        await one.idle()
        messages = one.messages()

    assert len(messages) == 1
    assert says in messages[0]


async def test_the_range_is_that_of_the_text_as_it_was_when_asked(vendor: LoopbackVendor) -> None:
    before = "def a():\n    return 1\n\n\ndef b():\n    return 2\n"
    vendor.says(*whole("def b():\n    return 3"))
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        one.open(before)
        where = lsp_range(Span(Position(4, 0), Position(5, 12)))
        acknowledged = one.start(
            "workspace/executeCommand",
            {"command": "llm-ls.edit", "arguments": [{"uri": URI, "range": where, "instruction": "three"}]},
        )
        one.type("import os\n\n\n\n" + before)
        await one.answer(acknowledged)
        await one.idle()
        text = one.text()

    assert text == "import os\n\n\n\n" + before.replace("return 2", "return 3")


async def test_comment_prompt_is_the_instruction_and_goes(vendor: LoopbackVendor) -> None:
    await check(vendor, "# llm: fold constants\n«a = 1 + 1»\nb = 2\n", "", ("a = 2",), AFTER)


async def test_fix_tells_the_model_what_is_wrong(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 2\nb = 2\n"))
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        one.open(BEFORE)
        where = lsp_range(Span(Position(0, 4), Position(0, 9)))
        problem = {"range": where, "message": "constant expression", "severity": 2, "source": "lint"}
        fix = (await one.actions(diagnostics=[problem]))[0]
        await one.request("workspace/executeCommand", fix["command"])
        await one.idle()
        text = one.text()

    assert (fix["title"], fix["kind"]) == ('AI: Fix "constant expression"', "quickfix")
    assert fix["diagnostics"] == [problem]
    assert "constant expression" in str(vendor.requests[0].json["messages"])
    assert text == AFTER


async def test_own_action_runs_its_prompt(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 2"))
    own = {"title": "Fold", "prompt": "Fold all constants.", "appliesTo": "selection"}
    settings = {"codeActions": {"review": "apply", "custom": [own]}}
    async with editor(settings=settings, environ=environment(vendor)) as one:
        one.open(BEFORE)
        actions = await one.actions(Span(Position(0, 0), Position(0, 9)))
        fold = next(action for action in actions if action["title"] == "AI: Fold")
        await one.request("workspace/executeCommand", fold["command"])
        await one.idle()
        text = one.text()

    assert "Fold all constants." in str(vendor.requests[0].json["messages"])
    assert text == AFTER
