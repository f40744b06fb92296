"""`llm-ls/countTokens`: what a question would take, without asking the model."""

from pathlib import Path
from typing import Any

import pytest

from tests.rigs.editor import Refused, editor
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor


def anthropic(vendor: LoopbackVendor, model: str = "anthropic/claude-sonnet-5-5") -> dict[str, str]:
    return {"ANTHROPIC_BASE_URL": vendor.url, "ANTHROPIC_API_KEY": "sk-test-not-a-key", "LLM_LS_MODEL": model}


async def counted(environ: dict[str, str], params: dict[str, Any], folder: Path | None = None) -> dict[str, Any]:
    async with editor(environ=environ, folder=folder) as one:
        return await one.request("llm-ls/countTokens", params)


async def test_vendor_counts_what_chat_would_send(vendor: LoopbackVendor, tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_text("Write British English.")
    vendor.refuses(200, {"input_tokens": 1_000_000})
    tool = {"name": "read", "description": "Reads a file.", "inputSchema": {"type": "object"}}
    conversation = [{"role": "user", "content": "One?"}, {"role": "assistant", "content": "1"}]
    context = [{"type": "text", "title": "Log", "text": "it broke"}]
    params = {"messages": conversation, "message": "Two?", "tools": [tool], "context": context}

    assert await counted(anthropic(vendor), params, tmp_path) == {
        "tokens": 1_000_000,
        "exact": True,
        "model": "anthropic/claude-sonnet-5-5",
        "contextWindow": 1_000_000,
        "costUsd": 2.0,
    }
    (request,) = vendor.requests
    assert request.path == "/v1/messages/count_tokens"
    assert "Write British English." in str(request.json["system"])
    assert [message["role"] for message in request.json["messages"]] == ["user", "assistant", "user"]
    assert "it broke" in str(request.json["messages"][-1])
    assert request.json["tools"][0]["name"] == "read"


async def test_a_kept_conversation_is_counted_whole(vendor: LoopbackVendor, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("attached " * 400)
    vendor.says(*whole("word " * 400))
    async with editor(environ=environment(vendor), folder=tmp_path) as one:
        first = await one.request("llm-ls/chat", {"message": "One?"})
        params: dict[str, Any] = {"conversationId": first["conversationId"], "serverTools": [], "system": "Rhyme."}
        plain = await one.request("llm-ls/countTokens", {**params, "message": "Two?"})
        more = await one.request("llm-ls/countTokens", {**params, "message": "Two? @a.txt"})

    assert 500 < plain["tokens"] < 600
    assert more["tokens"] - plain["tokens"] > 900


async def test_text_is_counted_by_itself(vendor: LoopbackVendor, tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_text("Write British English.")
    vendor.refuses(200, {"input_tokens": 7})

    assert (await counted(anthropic(vendor), {"text": "hello"}, tmp_path))["tokens"] == 7
    assert vendor.requests[0].json["messages"] == [{"role": "user", "content": [{"type": "text", "text": "hello"}]}]
    assert "system" not in vendor.requests[0].json


async def test_estimate_says_that_it_is_one(vendor: LoopbackVendor) -> None:
    assert await counted(environment(vendor), {"text": "x" * 400}) == {
        "tokens": 104,
        "exact": False,
        "model": "openai/gpt-test",
    }
    assert vendor.requests == []


async def test_model_may_be_named(vendor: LoopbackVendor) -> None:
    vendor.refuses(404, {"error": {"message": "no"}})
    result = await counted(
        {**environment(vendor), **anthropic(vendor)}, {"text": "x" * 400, "model": "anthropic/claude-x"}
    )

    assert (result["tokens"], result["exact"], result["model"]) == (104, False, "anthropic/claude-x")


async def test_failure_to_count_is_named(vendor: LoopbackVendor) -> None:
    vendor.refuses(401, {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}})
    with pytest.raises(Refused) as failure:
        await counted(anthropic(vendor), {"text": "hello"})

    assert failure.value.data["kind"] == "authentication"


async def test_without_a_question_there_is_nothing_to_count(vendor: LoopbackVendor) -> None:
    with pytest.raises(Refused) as failure:
        await counted(anthropic(vendor), {})

    assert failure.value.data["kind"] == "invalid_request"
    assert vendor.requests == []
