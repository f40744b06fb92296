"""`llm-ls/chat`: what is asked of the model, how the answer comes, and what a failure looks like."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.editor import URI, Editor, Refused, editor
from tests.rigs.openai import END, chunk, environment, whole, words
from tests.rigs.vendor import CUT, PAUSE, LoopbackVendor


async def asked_of(vendor: LoopbackVendor, params: dict[str, Any], *, text: str = "a = 1\n") -> list[dict[str, Any]]:
    """The messages that the vendor gets for a chat with `params`."""
    vendor.says(*whole("ok"))
    async with editor(environ=environment(vendor)) as one:
        one.open(text)
        await one.request("llm-ls/chat", params)
    return vendor.requests[0].json["messages"]


async def failure_of(one: Editor, params: dict[str, Any]) -> Refused:
    with pytest.raises(Refused) as failure:
        await one.request("llm-ls/chat", params)
    return failure.value


async def test_answers_whole_without_a_token(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("A tuple ", "is fixed."))
    async with editor(environ=environment(vendor)) as one:
        result = await one.request("llm-ls/chat", {"message": "What is a tuple?"})

    assert result["text"] == "A tuple is fixed."
    assert (result["model"], result["provider"], result["stopReason"]) == ("openai/gpt-test", "openai", "end_turn")
    assert result["usage"] == {"inputTokens": 12, "outputTokens": 5}
    assert result["toolCalls"] == []


async def test_action_asks_what_its_code_action_asks_of_the_context(vendor: LoopbackVendor) -> None:
    context = [
        {
            "type": "range",
            "uri": URI,
            "range": {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}},
        }
    ]
    *_, question = await asked_of(vendor, {"action": "explain", "message": "Be brief.", "context": context})

    shown, task, words = question["content"].partition("Explain what it does and why it is written this way.")
    assert "a = 1\n" in shown
    assert task
    assert words.endswith("\n\nBe brief.")


async def test_fix_wants_problems_or_words(vendor: LoopbackVendor) -> None:
    context: list[dict[str, Any]] = [
        {"type": "file", "uri": URI},
        {"type": "diagnostics", "uri": URI, "diagnostics": []},
    ]
    vendor.says(*whole("ok"))
    async with editor(environ=environment(vendor)) as one:
        one.open("a = 1\n")
        failure = await failure_of(one, {"action": "fix", "context": context})
        await one.request("llm-ls/chat", {"action": "fix", "message": "the sign", "context": context})

    assert str(failure) == "No problem is reported here. Say what is to be fixed."
    assert "the sign" in str(vendor.requests[0].json)


async def test_action_needs_no_words(vendor: LoopbackVendor) -> None:
    *_, question = await asked_of(vendor, {"action": "test", "context": [{"type": "file", "uri": URI}]})

    assert question["content"].rstrip().endswith("in one fenced code block.")


async def test_streams_every_delta_in_order(vendor: LoopbackVendor) -> None:
    texts = [f"word{number} " for number in range(50)]
    vendor.says(*whole(*texts))
    async with editor(environ=environment(vendor)) as one:
        result = await one.request("llm-ls/chat", {"message": "Go.", "partialResultToken": "p"})
        events = one.progress("p")

    assert result["text"] == ""
    assert [events[0]["type"], events[-1]["type"]] == ["message_start", "message_end"]
    assert "".join(event["text"] for event in events if event["type"] == "text_delta") == "".join(texts)
    assert {"type": "usage", "usage": {"inputTokens": 12, "outputTokens": 5}} in events


async def test_first_delta_leaves_before_the_second_arrives(vendor: LoopbackVendor) -> None:
    vendor.says(*words("first"), PAUSE, *whole("second"))
    async with editor(environ=environment(vendor)) as one:
        number = one.start("llm-ls/chat", {"message": "Go.", "partialResultToken": 7})
        await vendor.paused()
        await one.until(lambda: {"type": "text_delta", "text": "first"} in one.progress(7))
        vendor.go_on()
        await one.answer(number)


async def test_shows_progress_beside_the_answer(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("ok"))
    async with editor(environ=environment(vendor)) as one:
        await one.request("llm-ls/chat", {"message": "Go.", "workDoneToken": "w", "partialResultToken": "p"})
        work = one.progress("w")

    assert work[0] == {"kind": "begin", "title": "AI: Chat", "cancellable": True}
    assert work[-1]["kind"] == "end"
    assert work[-1]["message"].startswith("5 tok · openai/gpt-test · ")


async def test_cancel_closes_the_vendors_connection(vendor: LoopbackVendor) -> None:
    vendor.says(*words("first"), PAUSE)
    async with editor(environ=environment(vendor)) as one:
        number = one.start("llm-ls/chat", {"message": "Go.", "partialResultToken": "p"})
        await vendor.paused()
        one.notify("$/cancelRequest", {"id": number})
        with pytest.raises(Refused) as failure:
            await one.answer(number)
        await vendor.client_closed()

        assert failure.value.code == -32800
        assert one.server.session.operations == {}


async def test_sends_the_whole_conversation(vendor: LoopbackVendor) -> None:
    conversation = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": "1"},
        {"role": "user", "content": [{"type": "text", "text": "Two?"}]},
    ]
    sent = await asked_of(vendor, {"messages": conversation})

    assert [message["role"] for message in sent] == ["system", "user", "assistant", "user"]
    assert [message["content"] for message in sent[:3]] == ["Be brief.", "One?", "1"]
    assert "Two?" in str(sent[3]["content"])


async def test_attaches_files_ranges_diagnostics_and_texts(vendor: LoopbackVendor, tmp_path: Path) -> None:
    on_disk = tmp_path / "notes.txt"
    on_disk.write_text("from disk")
    where = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 5}}
    context = [
        {"type": "file", "uri": on_disk.as_uri()},
        {"type": "range", "uri": URI, "range": where},
        {"type": "diagnostics", "uri": URI, "diagnostics": [{"range": where, "message": "unused", "severity": 2}]},
        {"type": "text", "title": "Log", "text": "it broke"},
    ]
    sent = await asked_of(vendor, {"message": "Why?", "context": context}, text="a = 1\nb = 2\n")

    question = str(sent[-1]["content"])
    assert "from disk" in question
    assert "a = 1" in question
    assert "b = 2" not in question
    assert "line 1: warning: unused" in question
    assert "it broke" in question
    assert question.rstrip("'}]").endswith("Why?")


async def test_the_projects_own_instructions_are_sent(vendor: LoopbackVendor, tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_text("Write British English.")
    vendor.says(*whole("ok"))
    async with editor(environ=environment(vendor), folder=tmp_path) as one:
        await one.request("llm-ls/chat", {"message": "?"})

    assert "Write British English." in vendor.requests[0].json["messages"][0]["content"]


async def test_a_link_out_of_the_project_is_not_followed(vendor: LoopbackVendor, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "AGENTS.md").symlink_to(tmp_path / "secret")
    vendor.says(*whole("ok"))
    async with editor(environ=environment(vendor), folder=tmp_path / "project") as one:
        await one.request("llm-ls/chat", {"message": "?"})

    assert "hunter2" not in str(vendor.requests[0].json)


async def test_no_link_leads_to_an_excluded_file(vendor: LoopbackVendor, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PASSWORD=hunter2")
    for name in ("AGENTS.md", "notes.txt"):
        (tmp_path / name).symlink_to(tmp_path / ".env")
    vendor.says(*whole("ok"))
    where = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
    problems = {
        "type": "diagnostics",
        "uri": (tmp_path / ".env").as_uri(),
        "diagnostics": [{"range": where, "message": "m"}],
    }
    async with editor(environ=environment(vendor), folder=tmp_path) as one:
        await one.request("llm-ls/chat", {"message": "?"})
        attached = await failure_of(
            one, {"message": "?", "context": [{"type": "file", "uri": (tmp_path / "notes.txt").as_uri()}]}
        )
        diagnosed = await failure_of(one, {"message": "?", "context": [problems]})

    assert len(vendor.requests) == 1
    assert "hunter2" not in str(vendor.requests[0].json)
    assert "context.exclude" in str(attached)
    assert "context.exclude" in str(diagnosed)


async def test_sends_no_file_that_is_excluded(vendor: LoopbackVendor, tmp_path: Path) -> None:
    secret = tmp_path / ".env"
    secret.write_text("PASSWORD=hunter2")
    async with editor(environ=environment(vendor)) as one:
        failure = await failure_of(one, {"message": "?", "context": [{"type": "file", "uri": secret.as_uri()}]})

    assert failure.data["kind"] == "invalid_request"
    assert "context.exclude" in str(failure)
    assert vendor.requests == []


@pytest.mark.parametrize(
    ("content", "says"), [(b"\xff\xfe\x00", "not text"), (b"x" * 262_145, "larger than"), (None, "no such file")]
)
async def test_attaches_only_text_of_reasonable_size(
    vendor: LoopbackVendor, tmp_path: Path, content: bytes | None, says: str
) -> None:
    file = tmp_path / "file.bin"
    if content is not None:
        file.write_bytes(content)
    async with editor(environ=environment(vendor)) as one:
        failure = await failure_of(one, {"message": "?", "context": [{"type": "file", "uri": file.as_uri()}]})

    assert says in str(failure)
    assert vendor.requests == []


async def test_runs_a_tool_loop_through_the_client(vendor: LoopbackVendor) -> None:
    call = {"index": 0, "id": "t1", "type": "function", "function": {"name": "read", "arguments": '{"path": "a"}'}}
    vendor.says(chunk({"tool_calls": [call]}), chunk({}, "tool_calls"), *END[1:])
    vendor.says(*whole("It says b."))
    tool = {"name": "read", "description": "Reads a file.", "inputSchema": {"type": "object"}}
    async with editor(environ=environment(vendor)) as one:
        first = await one.request("llm-ls/chat", {"message": "Read a.", "tools": [tool], "partialResultToken": "p"})
        conversation = [
            {"role": "user", "content": "Read a."},
            {"role": "assistant", "content": "", "toolCalls": first["toolCalls"]},
        ]
        results = [{"toolUseId": "t1", "content": "b"}]
        second = await one.request("llm-ls/chat", {"messages": conversation, "toolResults": results, "tools": [tool]})
        kinds = [event["type"] for event in one.progress("p")]

    assert first["stopReason"] == "tool_use"
    assert first["toolCalls"] == [{"id": "t1", "name": "read", "input": {"path": "a"}}]
    assert "tool_use_start" in kinds
    assert "tool_use_end" in kinds
    assert second["text"] == "It says b."
    assert vendor.requests[1].json["messages"][-1] == {"role": "tool", "tool_call_id": "t1", "content": "b"}


async def test_passes_options_on(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("{}"))
    options = {"maxTokens": 9, "temperature": 0.5, "stop": ["END"], "responseFormat": {"type": "json"}}
    async with editor(environ=environment(vendor)) as one:
        await one.request("llm-ls/chat", {"message": "JSON!", "options": options})
    sent = vendor.requests[0].json

    assert 9 in (sent.get("max_tokens"), sent.get("max_completion_tokens"))
    assert (sent["temperature"], sent["stop"]) == (0.5, ["END"])
    assert sent["response_format"] == {"type": "json_object"}


async def test_refusal_of_the_key_is_named_and_keeps_it_secret(vendor: LoopbackVendor) -> None:
    vendor.refuses(401, {"error": {"message": "Incorrect API key provided: sk-test-not-a-key"}})
    async with editor(environ=environment(vendor)) as one:
        failure = await failure_of(one, {"message": "?", "partialResultToken": "p"})
        event = one.progress("p")[-1]

    assert failure.code == -32803
    assert (failure.data["kind"], failure.data["status"]) == ("authentication", 401)
    assert (event["type"], event["kind"]) == ("error", "authentication")
    assert "sk-test-not-a-key" not in str(failure) + str(failure.data) + str(event)


async def test_cut_off_answer_is_a_failure_that_says_it_was_partial(vendor: LoopbackVendor) -> None:
    vendor.says(*words("half"), CUT)
    async with editor(environ=environment(vendor)) as one:
        failure = await failure_of(one, {"message": "?"})

    assert failure.data["kind"] in ("stream_truncated", "connection")
    assert failure.data["partial"] is True


async def test_unknown_model_names_the_nearest(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        failure = await failure_of(one, {"message": "?", "model": "antropic/claude"})

    assert failure.data["kind"] == "not_found"
    assert "anthropic" in str(failure)


async def test_missing_credential_names_every_place() -> None:
    async with editor() as one:
        failure = await failure_of(one, {"message": "?", "model": "anthropic/claude-sonnet-4-5"})

    assert failure.data["kind"] == "missing_credentials"
    assert "ANTHROPIC_API_KEY" in str(failure)
    assert "apiKeyCommand" in str(failure)


async def test_nothing_configured_says_what_to_do() -> None:
    async with editor() as one:
        failure = await failure_of(one, {"message": "?"})

    assert failure.data["kind"] == "missing_credentials"
    assert failure.data["hint"]


@pytest.mark.parametrize("params", [{}, {"message": "   "}, {"messages": [{"role": "assistant", "content": "hi"}]}])
async def test_without_a_question_nothing_is_sent(vendor: LoopbackVendor, params: dict[str, Any]) -> None:
    async with editor(environ=environment(vendor)) as one:
        failure = await failure_of(one, params)

    assert failure.data["kind"] == "invalid_request"
    assert vendor.requests == []


async def test_what_a_vendor_writes_that_json_cannot_say_is_null(vendor: LoopbackVendor) -> None:
    call = {"index": 0, "id": "t1", "type": "function", "function": {"name": "f", "arguments": '{"x": NaN}'}}
    vendor.says(chunk({"tool_calls": [call]}), chunk({}, "tool_calls"), *END[1:])
    async with editor(environ=environment(vendor)) as one:
        result = await one.request("llm-ls/chat", {"message": "?", "partialResultToken": "p"})

    assert result["toolCalls"][0]["input"] in ({"x": None}, {})


async def test_mends_what_clients_write_without_meaning_it(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("ok"))
    params = {"message": "half \ud83d", "messages": None, "context": None, "options": {"maxTokens": 9.0, "stop": None}}
    async with editor(environ=environment(vendor)) as one:
        result = await one.request("llm-ls/chat", params)

    assert result["text"] == "ok"
    assert "half \ufffd" in str(vendor.requests[0].json["messages"])


@pytest.mark.parametrize("uri", ["file://[x/y.py", "file:///a%00b", "nonsense", ""])
async def test_a_uri_that_names_nothing_does_no_harm(vendor: LoopbackVendor, uri: str) -> None:
    vendor.says(*whole("ok"))
    async with editor(environ=environment(vendor)) as one:
        folder = {"uri": uri, "name": "odd"}
        one.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [folder], "removed": []}})
        one.open("a = 1\n", uri=uri)
        await one.actions(uri=uri)
        result = await one.request("llm-ls/chat", {"message": "?", "context": [{"type": "file", "uri": uri}]})

    assert result["text"] == "ok"


async def test_params_that_do_not_fit_name_their_path(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        failure = await failure_of(one, {"messages": [{"role": "user", "content": 5}]})

    assert failure.code == -32602
    assert "params.messages[0].content" in str(failure)


async def test_status_is_told_to_clients_that_show_it(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("ok"))
    able = {"experimental": {"llm-ls": {"status": True}}}
    async with editor(able, environ=environment(vendor)) as one:
        await one.request("llm-ls/chat", {"message": "?"})
        await asyncio.sleep(0)
        told = [params for method, params in one.said if method == "llm-ls/status"]

    assert [status["busy"] for status in told][-2:] == [True, False]
    assert told[-1] == {"busy": False, "kind": "normal", "message": "openai/gpt-test", "model": "openai/gpt-test"}
