"""Whatever arrives, each request gets exactly one answer, a notification none, and the server lives on."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.protocol.in_process import Conversation

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["uri", "textDocument", "range", "id", "value", "text"]), inner, max_size=3)
    ),
    max_leaves=8,
)
METHODS = st.sampled_from(
    [
        "test/echo",
        "test/later",
        "test/failLater",
        "test/text",
        "llm-ls/counted",
        "textDocument/codeAction",
        "textDocument/didOpen",
        "textDocument/didChange",
        "textDocument/didSave",
        "notebookDocument/didChange",
        "workspace/didChangeWorkspaceFolders",
        "workspace/executeCommand",
        "$/cancelRequest",
        "$/setTrace",
        "initialize",
        "initialized",
        "no/such",
        "",
    ]
)
MESSAGES = st.fixed_dictionaries(
    {"jsonrpc": st.sampled_from(["2.0", "2.0", "2.0", "1.0", None])},
    optional={"id": st.integers() | st.text(max_size=3) | JSON, "method": METHODS, "params": JSON, "result": JSON},
)


@given(messages=st.lists(MESSAGES, max_size=8))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
async def test_whatever_comes_is_answered_once(messages: list[dict[str, Any]]) -> None:
    talk = Conversation()
    expected: dict[str, int] = {}
    for message in messages:
        talk.receive(message)
        id = message.get("id")
        if "method" in message and isinstance(id, int | str) and not isinstance(id, bool):
            expected[json.dumps(id)] = expected.get(json.dumps(id), 0) + 1
    await talk.settled()
    answered: dict[str, int] = {}
    for said in talk.said:
        if "method" not in said and said["id"] is not None:
            answered[json.dumps(said["id"])] = answered.get(json.dumps(said["id"]), 0) + 1
    no_request = {
        json.dumps(message["id"])
        for message in messages
        if "id" in message and "method" not in message and "result" not in message
    }

    assert {id: count for id, count in answered.items() if id not in no_request} == {
        id: count for id, count in expected.items() if id not in no_request
    }
    assert (await talk.ask("test/echo", "alive", id="the last"))["result"] == "alive"
