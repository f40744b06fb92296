"""A question answered with tools: read twice, proposed over both files; with real inference, and on every wire."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.aimock import aimock
from tests.rigs.calling_model import call, calling_model
from tests.rigs.editor import ABLE, Editor, editor

QUESTION = "Which of first.py and second.py is right?"
EDIT: dict[str, Any] = {
    "title": "One name",
    "changes": [
        {"action": "edit", "path": "first.py", "edits": [{"oldText": "alpha = 1", "newText": "one = 1"}]},
        {"action": "edit", "path": "second.py", "edits": [{"oldText": "beta = alpha", "newText": "two = one"}]},
    ],
}
DONE = "Both say it now."
WIRES = {
    "openai": (0, 1, 2),
    "openai-responses": (0, 2, 3),  # where two calls are two items, which aimock counts
    "anthropic": (0, 1, 2),
    "ollama": (0, 1, 2),
    "cohere": (0, 1, 2),
}
"""As which turn of the assistant's aimock counts each answer."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    project.mkdir()
    (project / "first.py").write_text("alpha = 1\n")
    (project / "second.py").write_text("beta = alpha\n")
    return project


@asynccontextmanager
async def asked(
    folder: Path, environment: dict[str, str], settings: dict[str, Any] | None = None
) -> AsyncGenerator[tuple[Editor, list[dict[str, Any]], dict[str, Any]]]:
    """The question, asked in an editor whose user allows each call: its events, and what it came to."""
    async with editor(ABLE, settings=settings, environ=environment, folder=folder) as one:
        one.answers["window/showMessageRequest"] = lambda _: {"title": "Once"}
        result = await one.request("llm-ls/chat", {"message": QUESTION, "partialResultToken": "t"})
        yield one, [params["value"] for method, params in one.said if method == "$/progress"], result


async def check(one: Editor, events: list[dict[str, Any]], result: dict[str, Any]) -> None:
    allowed = [params["message"] for method, params in one.asked if method == "window/showMessageRequest"]
    results = [event["content"] for event in events if event["type"] == "tool_result"]
    kept = await one.request("llm-ls/getConversation", {"id": result["conversationId"]})
    question, answer = kept["turns"]

    assert sorted(allowed) == ["The model asks to: Read first.py", "The model asks to: Read second.py"]
    assert any("alpha = 1" in content for content in results)
    assert any("beta = alpha" in content for content in results)
    assert "".join(event["text"] for event in events if event["type"] == "text_delta").endswith(DONE)
    assert [event["type"] for event in events].count("message_end") == 1
    assert result["stopReason"] == "end_turn"
    assert question["content"] == QUESTION
    assert [step["name"] for step in answer["steps"] if step["type"] == "tool"] == [
        "read_file",
        "read_file",
        "propose_edit",
    ]
    assert {proposal["uri"].rpartition("/")[2] for proposal in await one.request("llm-ls/listProposals", {})} == {
        "first.py",
        "second.py",
    }


async def test_with_llama_cpp(folder: Path, tmp_path: Path) -> None:
    answers = {
        "Proposed:": DONE,
        "beta = alpha": call("propose_edit", **EDIT),
        "alpha = 1": call("read_file", path="second.py"),
        QUESTION: call("read_file", path="first.py"),
    }
    with calling_model(tmp_path, answers) as environment:
        async with asked(folder, environment) as said:
            await check(*said)


@pytest.mark.parametrize("kind", WIRES)
async def test_on_the_wire_of(kind: str, folder: Path) -> None:
    reads = [{"name": "read_file", "arguments": {"path": path}} for path in ("first.py", "second.py")]
    answers: tuple[dict[str, Any], ...] = (
        {"toolCalls": reads},
        {"toolCalls": [{"name": "propose_edit", "arguments": EDIT}]},
        {"content": DONE},
    )
    fixtures = [
        {"match": {"userMessage": QUESTION, "turnIndex": turn}, "response": said}
        for turn, said in zip(WIRES[kind], answers, strict=True)
    ]
    async with aimock(*fixtures) as url:
        base = url if kind in ("anthropic", "ollama", "cohere") else f"{url}/v1"
        provider = {"kind": kind, "baseUrl": base, "apiKeyEnv": "PEER_KEY"}
        settings = {"model": "peer/some-model", "providers": {"peer": provider}}
        async with asked(folder, {"PEER_KEY": "not-a-key"}, settings) as said:
            await check(*said)


async def test_the_rounds_of_a_model_that_never_stops_calling_end(folder: Path, tmp_path: Path) -> None:
    with calling_model(tmp_path, {QUESTION: call("read_file", path="first.py")}) as environment:
        settings = {"chat": {"tools": "auto", "maxToolRounds": 3}}
        async with asked(folder, environment, settings) as (_, events, result):
            results = [event for event in events if event["type"] == "tool_result"]
            notices = [event["message"] for event in events if event["type"] == "notice"]

    assert len(results) == 3
    assert notices == ["stopped after 3 rounds of tools (`chat.maxToolRounds`)"]
    assert result["stopReason"] == "tool_use"
