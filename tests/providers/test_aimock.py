"""Our two wires against an independent imitation of the vendors."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest

from llm_ls import messages
from llm_ls.messages import MessageEnd, Thinking, ThinkingEnd, ToolCall
from llm_ls.models import Model, ModelRequest, ToolDefinition
from tests.providers.asked import answer, anthropic, calls, failure, openai, text
from tests.rigs.aimock import aimock

pytestmark = pytest.mark.peer

FIXTURES: tuple[dict[str, Any], ...] = (
    {"match": {"userMessage": "greet"}, "response": {"content": "Grüße aus Oslo \u2028 🙂"}},
    {
        "match": {"userMessage": "weather"},
        "response": {
            "toolCalls": [
                {"name": "get_weather", "arguments": '{"city":"Oslo"}'},
                {"name": "get_weather", "arguments": '{"city":"Bergen"}'},
            ]
        },
    },
    {"match": {"userMessage": "ponder"}, "response": {"content": "42", "reasoning": "Six by nine."}},
    {
        "match": {"userMessage": "cut"},
        "response": {"content": "Once upon a time. " * 9},
        "truncateAfterChunks": 5,
        "latency": 20,
    },
    {
        "match": {"userMessage": "busy"},
        "response": {"error": {"message": "Overloaded", "type": "overloaded_error"}, "status": 529},
    },
    {
        "match": {"userMessage": "often"},
        "response": {"error": {"message": "Slow down", "type": "rate_limit_error"}, "status": 429},
    },
)
WEATHER = ToolDefinition("get_weather", "The weather", {"type": "object", "properties": {"city": {"type": "string"}}})


@pytest.fixture
async def url() -> AsyncGenerator[str]:
    async with aimock(*FIXTURES) as url:
        yield url


def model(wire: Any, url: str, http: httpx2.AsyncClient) -> Model:
    return wire(url, http, "claude-opus-5-5" if wire is anthropic else "gpt-6-luna")


def asking(text: str) -> ModelRequest:
    return ModelRequest((messages.user(text),), system="Be brief.", tools=(WEATHER,), max_tokens=500)


both = pytest.mark.parametrize("wire", [anthropic, openai])


@both
async def test_streams_text(wire: Any, url: str, http: httpx2.AsyncClient) -> None:
    events = await answer(model(wire, url, http), asking("greet me"))

    assert text(events) == "Grüße aus Oslo \u2028 🙂"
    assert isinstance(events[-1], MessageEnd)
    assert events[-1].stop_reason == "end_turn"


@both
async def test_streams_parallel_tool_calls_and_takes_their_results(
    wire: Any, url: str, http: httpx2.AsyncClient
) -> None:
    asked = asking("the weather, please")
    events = await answer(model(wire, url, http), asked)
    made = calls(events)

    assert [(call.name, call.input) for call in made] == [
        ("get_weather", {"city": "Oslo"}),
        ("get_weather", {"city": "Bergen"}),
    ]
    assert isinstance(events[-1], MessageEnd)
    assert events[-1].stop_reason == "tool_use"

    results = tuple(messages.ToolResult(call.id, "sunny") for call in made)
    turns = (
        *asked.messages,
        messages.Message("assistant", tuple(made)),
        messages.Message("user", (*results, messages.Text("now greet me"))),
    )

    assert text(await answer(model(wire, url, http), ModelRequest(turns, tools=(WEATHER,)))).startswith("Grüße")


@both
async def test_streams_thinking(wire: Any, url: str, http: httpx2.AsyncClient) -> None:
    events = await answer(model(wire, url, http), asking("ponder this"))
    (thought,) = [event.thinking for event in events if isinstance(event, ThinkingEnd)]

    assert text(events) == "42"
    assert thought.text == "Six by nine."
    if wire is anthropic:
        assert thought.state["signature"]
        turn = messages.Message("assistant", (thought, ToolCall("t", "get_weather", {})))
        result = messages.Message("user", (messages.ToolResult("t", "x"), messages.Text("greet me")))
        again = ModelRequest((*asking("ponder this").messages, turn, result), tools=(WEATHER,))

        assert text(await answer(model(wire, url, http), again)).startswith("Grüße")
    else:
        assert thought == Thinking("Six by nine.", "acme")


@both
async def test_a_cut_stream_is_a_failure(wire: Any, url: str, http: httpx2.AsyncClient) -> None:
    error = await failure(model(wire, url, http), asking("cut it"))

    assert (error.kind, error.partial) == ("stream_truncated", True)


@both
@pytest.mark.parametrize(("word", "kind", "status"), [("busy", "overloaded", 529), ("often", "rate_limited", 429)])
async def test_names_a_fault(wire: Any, word: str, kind: str, status: int, url: str, http: httpx2.AsyncClient) -> None:
    error = await failure(model(wire, url, http), asking(f"are you {word}?"))

    assert (error.kind, error.status, error.partial) == (kind, status, False)


@both
async def test_reads_how_long_a_limit_lasts(wire: Any, url: str, http: httpx2.AsyncClient) -> None:
    await http.post(f"{url}/__aimock/chaos", json={"rateLimitRate": 1})

    error = await failure(model(wire, url, http), asking("greet me"))

    assert (error.kind, error.retry_after_s) == ("rate_limited", 1.0)
