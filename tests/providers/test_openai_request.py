"""What a Chat Completions server is asked, and with what."""

from typing import Any

import httpx2
import pytest

from llm_ls import messages
from llm_ls.messages import (
    Image,
    Message,
    Notice,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from llm_ls.models import ModelRequest, ResponseFormat, ToolDefinition
from llm_ls.providers.quirks import Quirks
from tests.providers.asked import HELLO, KEY, answer, failure, openai
from tests.rigs.vendor import LoopbackVendor

DETAILS = [{"type": "reasoning.text", "index": 0, "text": "Hm"}]


async def body_of(request: ModelRequest, vendor: LoopbackVendor, http: httpx2.AsyncClient, **how: Any) -> Any:
    """The body in which `request` is sent."""
    vendor.plays("openai/text.sse")
    await answer(openai(vendor.url, http, **how), request)
    return vendor.requests[-1].json


async def test_sends_back_opaque_reasoning_to_its_own_provider(
    vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    turn = Message(
        "assistant",
        (
            Thinking("Hm", "acme", {"reasoning_details": DETAILS}),
            Thinking("", "acme", {"reasoning_details": [{"type": "reasoning.encrypted"}]}),
            Thinking("no", "other", {"reasoning_opaque": "x"}),
            Thinking("plain", "acme"),
            Text("12"),
        ),
    )
    request = ModelRequest((messages.user("a"), turn, messages.user("b")))

    assert (await body_of(request, vendor, http))["messages"][1] == {
        "role": "assistant",
        "content": "12",
        "reasoning_details": [*DETAILS, {"type": "reasoning.encrypted"}],
    }

    body = await body_of(request, vendor, http, quirks=Quirks(replayed_reasoning="reasoning_content"))

    assert body["messages"][1]["reasoning_content"] == "plain"


async def test_asks_for_a_whole_conversation(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    schema = {"type": "object", "properties": {"zone": {"type": "string"}}}
    request = ModelRequest(
        (
            Message("user", (Text("What is this?"), Image("image/png", "iVBORw0KGgo="))),
            Message(
                "assistant", (Text("A clock."), ToolCall("t1", "now", {"zone": "UTC"}), ToolCall("t2", "now", {}, "{"))
            ),
            Message("user", (Text("And now?"), ToolResult("t1", "12:00"), ToolResult("t2", "no", is_error=True))),
            Message("assistant", (ToolCall("t3", "now", {}),)),
            Message("user", (ToolResult("t3", "12:01"),)),
        ),
        system="Be brief.",
        max_tokens=100,
        temperature=0.0,
        top_p=0.5,
        stop=("END", "\n"),
        tools=(ToolDefinition("now", "The time", schema),),
        reasoning="low",
    )

    def now(id: str, arguments: str) -> dict[str, Any]:
        return {"id": id, "type": "function", "function": {"name": "now", "arguments": arguments}}

    assert await body_of(request, vendor, http) == {
        "model": "m",
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 100,
        "temperature": 0.0,
        "top_p": 0.5,
        "stop": ["END", "\n"],
        "reasoning_effort": "low",
        "tools": [{"type": "function", "function": {"name": "now", "description": "The time", "parameters": schema}}],
        "messages": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
                ],
            },
            {
                "role": "assistant",
                "content": "A clock.",
                "tool_calls": [now("t1", '{"zone": "UTC"}'), now("t2", "{")],
            },
            {"role": "tool", "tool_call_id": "t1", "content": "12:00"},
            {"role": "tool", "tool_call_id": "t2", "content": "no"},
            {"role": "user", "content": "And now?"},
            {"role": "assistant", "content": None, "tool_calls": [now("t3", "{}")]},
            {"role": "tool", "tool_call_id": "t3", "content": "12:01"},
        ],
    }


@pytest.mark.parametrize(
    ("quirks", "sent"),
    [
        (Quirks(), {"max_tokens": 9, "reasoning_effort": "high", "stream_options": {"include_usage": True}}),
        (
            Quirks(max_tokens_field="max_completion_tokens", unpadded=True),
            {
                "max_completion_tokens": 9,
                "reasoning_effort": "high",
                "stream_options": {"include_usage": True, "include_obfuscation": False},
            },
        ),
        (Quirks(stream_usage=False, reasoning="reasoning"), {"max_tokens": 9, "reasoning": {"effort": "high"}}),
        (Quirks(stream_usage=False, reasoning="none"), {"max_tokens": 9}),
    ],
)
async def test_asks_as_the_vendor_wants_it(
    quirks: Quirks, sent: dict[str, Any], vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    request = ModelRequest(HELLO.messages, max_tokens=9, reasoning="high")

    body = await body_of(request, vendor, http, quirks=quirks)

    assert {key: value for key, value in body.items() if key not in ("model", "messages", "stream")} == sent


@pytest.mark.parametrize(
    ("quirks", "sent"),
    [
        (Quirks(), {}),
        (Quirks(effort_off="none"), {"reasoning_effort": "none"}),
        (Quirks(reasoning="reasoning"), {"reasoning": {"enabled": False}}),
        (Quirks(reasoning="none"), {}),
    ],
)
async def test_asks_for_no_reasoning(
    quirks: Quirks, sent: dict[str, Any], vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    body = await body_of(ModelRequest(HELLO.messages, reasoning="off"), vendor, http, quirks=quirks)

    assert {key: value for key, value in body.items() if key.startswith("reasoning")} == sent


async def test_says_what_the_model_cannot_be_asked(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.plays("openai/text.sse")
    model = openai(vendor.url, http, quirks=Quirks(fixed_sampling="^m", reasoning="none"))

    events = await answer(model, ModelRequest(HELLO.messages, temperature=0, top_p=1, reasoning="low"))

    assert events[1:4] == [
        Notice("dropped_parameter", "acme/m does not take an amount of reasoning"),
        Notice("dropped_parameter", "acme/m does not take temperature"),
        Notice("dropped_parameter", "acme/m does not take top_p"),
    ]
    assert "temperature" not in vendor.requests[0].json


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (ResponseFormat("json"), {"type": "json_object"}),
        (
            ResponseFormat("json_schema", {"type": "object"}),
            {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}},
        ),
    ],
)
async def test_asks_for_json(
    given: ResponseFormat, sent: Any, vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    request = ModelRequest(HELLO.messages, response_format=given)

    assert (await body_of(request, vendor, http))["response_format"] == sent

    without = openai(vendor.url, http, quirks=Quirks(json_object=False, json_schema=False))

    assert (await failure(without, request)).kind == "unsupported"


async def test_sends_the_key_and_the_headers_of_the_endpoint(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.plays("openai/text.sse")

    await answer(openai(vendor.url, http, headers={"X-Title": "ls"}, organization="org-1"))

    (request,) = vendor.requests
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["openai-organization"] == "org-1"
    assert request.headers["x-title"] == "ls"
    assert request.headers["user-agent"].startswith("llm-ls/")


async def test_takes_nothing_from_the_environment(
    vendor: LoopbackVendor, http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "OPENAI_API_KEY": "sk-foreign",
        "OPENAI_ADMIN_KEY": "sk-foreign",
        "OPENAI_BASE_URL": "http://127.0.0.1:9",
        "OPENAI_ORG_ID": "foreign",
        "OPENAI_PROJECT_ID": "foreign",
        "OPENAI_CUSTOM_HEADERS": "Authorization: Bearer foreign\nX-Foreign: foreign",
        "AZURE_OPENAI_API_KEY": "foreign",
    }.items():
        monkeypatch.setenv(name, value)
    vendor.plays("openai/text.sse")

    await answer(openai(vendor.url, http, key=None))

    (request,) = vendor.requests
    assert "authorization" not in request.headers
    assert "foreign" not in str(request)
