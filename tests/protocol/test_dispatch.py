"""Requests and notifications on their way to handlers, and what goes back."""

import logging
from typing import Any

import pytest

from tests.protocol import clients
from tests.protocol.in_process import Conversation
from tests.rigs.small_features import SECRET

OPEN = {"textDocument": {"uri": "untitled:one", "languageId": "python", "version": 1, "text": "a = 1\n"}}
ZERO = {"line": 0, "character": 0}


async def error_of(method: str, *params: Any) -> tuple[int, str]:
    answer = await Conversation().ask(method, *params)
    return answer["error"]["code"], answer["error"]["message"]


async def test_answers_with_the_result() -> None:
    talk = Conversation()

    assert await talk.ask("test/echo", {"a": [1, None]}) == {
        "jsonrpc": "2.0",
        "id": 1,
        "result": {"a": [1, None]},
    }
    assert await talk.ask("test/later", "x", id="two") == {"jsonrpc": "2.0", "id": "two", "result": "x"}


async def test_no_result_is_null() -> None:
    answer = await Conversation().ask("test/echo")

    assert answer == {"jsonrpc": "2.0", "id": 1, "result": None}


async def test_members_without_a_value_are_left_out() -> None:
    answer = await Conversation().ask(
        "textDocument/codeAction",
        {"textDocument": {"uri": "a:b"}, "range": {"start": ZERO, "end": ZERO}, "context": {"diagnostics": []}},
    )

    assert answer["result"] == [{"title": "a:b", "kind": "quickfix"}]


async def test_unknown_method() -> None:
    assert await error_of("conversation/persistance", {}) == (-32601, "no method 'conversation/persistance'")
    assert (await error_of("$/unknown"))[0] == -32601


@pytest.mark.parametrize(
    ("method", "params", "message"),
    [
        ("textDocument/codeAction", None, "params.textDocument: required, but missing"),
        ("textDocument/codeAction", [], "params: expected an object"),
        ("textDocument/codeAction", {"textDocument": {"uri": 5}}, "params.textDocument.uri: expected text"),
        (
            "textDocument/codeAction",
            {"textDocument": {"uri": "a:b"}, "range": {"start": ZERO, "end": ZERO}, "context": {}},
            "params.context.diagnostics: required, but missing",
        ),
        ("textDocument/codeAction", {"textDocument": 5}, "params.textDocument: expected an object"),
        (
            "textDocument/codeAction",
            {"textDocument": {"uri": "a:b"}, "range": {"start": ZERO, "end": ZERO}, "context": {"diagnostics": 1}},
            "params.context.diagnostics: expected a list",
        ),
        (
            "textDocument/codeAction",
            {
                "textDocument": {"uri": "a:b"},
                "range": {"start": ZERO, "end": ZERO},
                "context": {"diagnostics": [{"range": {"start": ZERO, "end": {"line": "1"}}, "message": "m"}]},
            },
            "params.context.diagnostics[0].range.end.line: expected a whole number",
        ),
        ("llm-ls/counted", None, "params.uri: required, but missing"),
        ("llm-ls/counted", {"uri": "a:b", "count": "1"}, "params.count: expected a whole number"),
        ("workspace/executeCommand", None, "params.command: required, but missing"),
        ("workspace/executeCommand", {"command": 5}, "params.command: expected text"),
        ("workspace/executeCommand", {"command": "no.such"}, "params.command: no command 'no.such'"),
    ],
)
async def test_says_where_params_do_not_fit(method: str, params: Any, message: str) -> None:
    code, said = await error_of(method, params)

    assert code == -32602
    assert said.startswith(message)


async def test_params_that_are_absent_do_not_fit_either() -> None:
    assert await error_of("llm-ls/counted") == (-32602, "params.uri: required, but missing")
    assert (await error_of("textDocument/codeAction"))[0] == -32602


@pytest.mark.parametrize("far", [2**31, 2**32 - 1, 7.0])
async def test_takes_numbers_as_clients_write_them(far: float) -> None:
    span = {"start": ZERO, "end": {"line": far, "character": 0}}
    params: dict[str, Any] = {"textDocument": {"uri": "a:b"}, "range": span, "context": {"diagnostics": []}}

    assert "result" in await Conversation().ask("textDocument/codeAction", params)


async def test_custom_params_are_typed_and_unknown_members_passed_over() -> None:
    answer = await Conversation().ask("llm-ls/counted", {"uri": "a:b", "_": True, "class": 1})

    assert answer["result"] == {"uri": "a:b", "count": 0}


@pytest.mark.parametrize(
    ("message", "id", "code"),
    [
        ({"id": 7, "method": "test/echo"}, 7, -32600),
        ({"jsonrpc": "1.0", "id": 7, "method": "test/echo"}, 7, -32600),
        ({"jsonrpc": "2.0", "id": True, "method": "test/echo"}, None, -32600),
        ({"jsonrpc": "2.0", "id": 1.5, "method": "test/echo"}, None, -32600),
        ({"jsonrpc": "2.0", "id": None, "method": "test/echo"}, None, -32600),
        ({"jsonrpc": "2.0", "id": {}, "method": "test/echo"}, None, -32600),
        ({"jsonrpc": "2.0", "id": 7, "method": 3}, 7, -32600),
        ({"jsonrpc": "2.0", "id": 7}, 7, -32600),
        ({}, None, -32600),
        ([{"jsonrpc": "2.0", "id": 7, "method": "test/echo"}], None, -32600),
        ("text", None, -32600),
    ],
)
async def test_what_is_no_request_is_refused(message: Any, id: int | None, code: int) -> None:
    talk = Conversation()
    talk.receive(message)

    assert [(said["id"], said["error"]["code"]) for said in talk.said] == [(id, code)]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"id":' + b"9" * 5000 + b"}"])
async def test_what_is_no_json_is_refused(body: bytes) -> None:
    talk = Conversation()
    talk.server.receive(body)

    assert [(said["id"], said["error"]["code"]) for said in talk.said] == [(None, -32700)]


async def test_half_a_surrogate_pair_is_answered() -> None:
    talk = Conversation()
    talk.server.receive(b'{"jsonrpc":"2.0","id":"\\ud83d","method":"test/echo","params":"\\ude00"}')

    assert talk.said == [{"jsonrpc": "2.0", "id": "\ud83d", "result": "\ude00"}]


@pytest.mark.parametrize(
    "message",
    [
        {"method": "no/such", "params": {}},
        {"method": "$/unknown"},
        {"method": "$/setTrace", "params": {"value": "verbose"}},
        {"method": "$/setTrace", "params": 5},
        {"method": "$/cancelRequest", "params": {"id": "unknown"}},
        {"method": "$/cancelRequest", "params": {"id": []}},
        {"method": "$/cancelRequest"},
        {"method": "initialized", "params": {}},
        {"method": "initialized"},
        {"method": "textDocument/didChange", "params": {"textDocument": 5}},
        {"method": "textDocument/didOpen"},
        {"method": "textDocument/codeAction", "params": {}},
        {"method": "workspace/executeCommand", "params": {"command": "no.such"}},
        {"method": "test/fail", "params": "bug"},
        {"method": "test/failLater", "params": "bug"},
        {"method": "initialize", "params": {}},
        {"method": "shutdown"},
    ],
)
async def test_a_notification_gets_no_answer(message: dict[str, Any]) -> None:
    talk = Conversation()
    talk.receive({"jsonrpc": "2.0", **message})
    await talk.settled()

    assert talk.said == []
    assert (await talk.ask("test/echo", 1))["result"] == 1


async def test_a_malformed_notification_gets_no_answer() -> None:
    talk = Conversation()
    talk.receive({"method": "test/echo"})

    assert talk.said == []


async def test_a_failure_of_ours_says_what_happened_and_what_to_do() -> None:
    answer = await Conversation().ask("test/failLater", "named")

    assert answer["error"] == {
        "code": -32803,
        "message": "Too many requests. Wait a minute.",
        "data": {
            "kind": "rate_limited",
            "provider": "openai",
            "status": 429,
            "partial": False,
            "hint": "wait a minute",
        },
    }


@pytest.mark.parametrize("method", ["test/fail", "test/failLater"])
async def test_a_bug_shows_nothing_to_the_client_and_all_to_the_log(
    method: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await Conversation().ask(method, "bug")

    assert answer["error"] == {
        "code": -32603,
        "message": f"internal error in {method!r} (ValueError); the server's log says more",
    }
    assert "small_features.py" in caplog.text


async def test_a_result_that_is_no_json_is_a_bug() -> None:
    assert (await error_of("test/fail", "unencodable"))[0] == -32603


async def test_superseded() -> None:
    assert await error_of("test/fail", "superseded") == (-32802, "superseded by a newer request")


async def test_cancelled_while_it_runs() -> None:
    talk = Conversation()
    talk.receive({"jsonrpc": "2.0", "id": 5, "method": "test/hang"})
    await talk.settled()
    talk.receive({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 5}})

    assert (await talk.answer(5))["error"] == {"code": -32800, "message": "cancelled"}


async def test_cancelled_before_it_runs() -> None:
    talk = Conversation()
    talk.receive({"jsonrpc": "2.0", "id": 5, "method": "test/later"})
    talk.receive({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 5}})

    assert (await talk.answer(5))["error"]["code"] == -32800


async def test_cancelled_after_it_was_answered_stays_answered_once() -> None:
    talk = Conversation()
    await talk.ask("test/later", 1, id=5)
    talk.receive({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 5}})
    await talk.settled()

    assert len(talk.answers(5)) == 1


async def test_documents_are_kept_up_before_a_handler_sees_them() -> None:
    talk = Conversation()
    talk.receive({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": OPEN})
    whole = {"text": "b", "range": None}
    change = {"textDocument": {"uri": "untitled:one", "version": 2}, "contentChanges": [whole]}
    talk.receive({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": change})

    assert (await talk.ask("test/text", {"uri": "untitled:one"}))["result"] == "b"

    saved = {"textDocument": {"uri": "untitled:one"}}
    talk.receive({"jsonrpc": "2.0", "method": "textDocument/didSave", "params": saved})
    talk.receive({"jsonrpc": "2.0", "method": "textDocument/didClose", "params": saved})

    assert talk.said[-1] == {"jsonrpc": "2.0", "method": "test/saved", "params": {"uri": "untitled:one"}}
    assert (await talk.ask("test/text", {"uri": "untitled:one"}, id=9))["error"]["data"]["kind"] == "not_found"


@pytest.mark.parametrize("client", [clients.NEOVIM, clients.HELIX, clients.EGLOT, clients.VSCODE])
async def test_serves_every_recorded_client(client: dict[str, Any]) -> None:
    talk = Conversation(client)
    talk.receive({"jsonrpc": "2.0", "method": "initialized", "params": {}})
    talk.receive({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": OPEN})

    assert (await talk.ask("test/text", {"uri": "untitled:one"}))["result"] == "a = 1\n"


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({}, {}),
        ({"arguments": None}, {}),
        ({"arguments": []}, {}),
        ({"arguments": {"uri": "a:b"}}, {}),
        ({"arguments": ["a-1"]}, {"id": "a-1"}),
        ({"arguments": [7]}, {}),
        ({"arguments": [{"uri": "a:b"}]}, {"uri": "a:b"}),
        ({"arguments": [{"uri": "a:b"}, 42, None]}, {"uri": "a:b"}),
    ],
)
async def test_a_command_takes_its_first_argument(arguments: dict[str, Any], argument: dict[str, Any]) -> None:
    answer = await Conversation().ask("workspace/executeCommand", {"command": "test.argument", **arguments})

    assert answer["result"] == {"argument": argument, "token": None}


async def test_a_command_knows_its_work_done_token() -> None:
    params = {"command": "test.argument", "workDoneToken": "t"}

    assert (await Conversation().ask("workspace/executeCommand", params))["result"]["token"] == "t"


async def test_a_command_never_answers_null() -> None:
    answer = await Conversation().ask("workspace/executeCommand", {"command": "test.nothing"})

    assert answer["result"] == {}


async def test_a_command_runs_as_a_notification_too() -> None:
    talk = Conversation()
    params = {"command": "test.nothing", "arguments": [{"a": 1}]}
    talk.receive({"jsonrpc": "2.0", "method": "workspace/executeCommand", "params": params})
    await talk.settled()

    assert talk.said == [{"jsonrpc": "2.0", "method": "test/ran", "params": {"argument": {"a": 1}}}]


async def test_initialize_is_answered_once() -> None:
    assert (await error_of("initialize", {}))[0] == -32600


async def test_shutdown_ends_what_runs_and_refuses_what_comes() -> None:
    talk = Conversation()
    talk.receive({"jsonrpc": "2.0", "id": 1, "method": "test/hang"})
    await talk.settled()
    answer = await talk.ask("shutdown", {"dummy": "dummy"}, id=2)

    assert answer == {"jsonrpc": "2.0", "id": 2, "result": None}
    assert (await talk.answer(1))["error"]["code"] == -32800
    assert (await talk.ask("test/echo", id=3))["error"]["code"] == -32600
    assert (await talk.ask("shutdown", id=4))["error"]["code"] == -32600


@pytest.mark.parametrize(("shut_down", "code"), [(True, 0), (False, 1)])
async def test_exit_code(shut_down: bool, code: int) -> None:
    talk = Conversation()
    if shut_down:
        await talk.ask("shutdown")
    talk.receive({"jsonrpc": "2.0", "method": "exit"})

    assert talk.server.ended.result() == code


async def test_never_logs_what_the_user_writes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    talk = Conversation(clients.NEOVIM)
    text = {"textDocument": {**OPEN["textDocument"], "text": SECRET}}
    talk.receive({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": text})
    talk.receive({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"text": SECRET}})
    talk.receive({"jsonrpc": "2.0", "method": "no/such", "params": SECRET})
    await talk.ask("test/echo", SECRET)
    await talk.ask("textDocument/codeAction", SECRET, id=2)

    assert SECRET not in caplog.text
