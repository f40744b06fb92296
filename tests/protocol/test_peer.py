"""What is said to the client, and asked of it."""

from typing import Any

import pytest

from tests.protocol.in_process import Conversation


async def test_asks_the_client() -> None:
    talk = Conversation()
    talk.receive({"jsonrpc": "2.0", "id": 1, "method": "test/ask", "params": {"timeoutS": None}})
    await talk.settled()
    question = talk.said[0]

    assert question == {
        "jsonrpc": "2.0",
        "id": question["id"],
        "method": "test/question",
        "params": {"why": "not"},
    }

    talk.receive({"jsonrpc": "2.0", "id": "unknown", "result": 1})
    talk.receive({"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "?"}})
    talk.receive({"jsonrpc": "2.0", "id": question["id"], "result": {"so": "what"}})
    talk.receive({"jsonrpc": "2.0", "id": question["id"], "result": "again"})

    assert (await talk.answer(1))["result"] == {"so": "what"}


@pytest.mark.parametrize("refusal", [{"code": -32700, "message": "no"}, "no", [], {}])
async def test_a_client_that_refuses(refusal: Any) -> None:
    talk = Conversation()
    talk.receive({"jsonrpc": "2.0", "id": 1, "method": "test/ask", "params": {"timeoutS": None}})
    await talk.settled()
    talk.receive({"jsonrpc": "2.0", "id": talk.said[0]["id"], "error": refusal})

    assert (await talk.answer(1))["error"]["code"] == -32803


async def test_a_client_that_does_not_answer() -> None:
    talk = Conversation()
    answer = await talk.ask("test/ask", {"timeoutS": 0.01})

    assert answer["error"]["message"] == "the client did not answer 'test/question' within 0.01 s"
    assert talk.said[1]["method"] == "$/cancelRequest"


async def test_typed_senders_of_the_framework_work() -> None:
    talk = Conversation()
    talk.receive({"jsonrpc": "2.0", "id": 1, "method": "test/askTyped"})
    await talk.settled()
    talk.receive({"jsonrpc": "2.0", "id": talk.said[0]["id"], "result": {"success": True}})

    assert talk.said[0]["params"] == {"uri": "file:///a"}
    assert (await talk.answer(1))["result"] is True


async def test_progress_has_the_token_it_was_given() -> None:
    talk = Conversation()
    for token in (1, "1", "é", 1):
        talk.server.send_progress(token, {"text": "日本\n", "x": None})

    assert talk.said == [
        {"jsonrpc": "2.0", "method": "$/progress", "params": {"token": token, "value": {"text": "日本\n", "x": None}}}
        for token in (1, "1", "é", 1)
    ]
