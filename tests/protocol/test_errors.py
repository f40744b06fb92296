"""Our failures as LSP response errors."""

import asyncio

import pytest
from pygls.exceptions import JsonRpcInvalidParams

from llm_ls import errors, wire
from llm_ls.protocol import errors as lsp_errors


def test_a_failure_carries_all_that_is_known_of_it() -> None:
    failure = errors.RateLimited(
        "OpenAI refused: too many requests",
        hint="wait 20 s and try again",
        provider="openai",
        model="openai/gpt-5",
        status=429,
        retry_after_s=20.5,
        request_id="req_1",
        partial=True,
    )

    assert lsp_errors.to_response_error(failure, "llm-ls/chat") == {
        "code": -32803,
        "message": "OpenAI refused: too many requests. Wait 20 s and try again.",
        "data": {
            "kind": "rate_limited",
            "provider": "openai",
            "model": "openai/gpt-5",
            "status": 429,
            "retryAfterS": 20.5,
            "requestId": "req_1",
            "partial": True,
            "hint": "wait 20 s and try again",
        },
    }


def test_what_is_not_known_is_left_out() -> None:
    failure = errors.StaleDocument("the text has changed")

    assert lsp_errors.to_response_error(failure, "llm-ls/edit") == {
        "code": -32803,
        "message": "The text has changed.",
        "data": {"kind": "stale_document", "partial": False, "hint": ""},
    }


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (wire.Malformed("params.id", "expected text"), (-32602, "params.id: expected text")),
        (JsonRpcInvalidParams("no"), (-32602, "no")),
        (lsp_errors.Superseded(), (-32802, "superseded by a newer request")),
        (lsp_errors.Unanswered("the client refused: no"), (-32803, "the client refused: no")),
        (asyncio.CancelledError("secret"), (-32800, "cancelled")),
        (
            KeyError("secret"),
            (-32603, "internal error in 'llm-ls/chat' (KeyError); the server's log says more"),
        ),
    ],
)
def test_code_and_message(failure: BaseException, expected: tuple[int, str]) -> None:
    error = lsp_errors.to_response_error(failure, "llm-ls/chat")

    assert (error["code"], error["message"]) == expected
    assert "data" not in error


def test_only_what_nobody_foresaw_is_a_bug() -> None:
    assert lsp_errors.is_bug(KeyError("a"))
    assert not lsp_errors.is_bug(errors.Unavailable("down"))
    assert not lsp_errors.is_bug(wire.Malformed("params", "no"))
