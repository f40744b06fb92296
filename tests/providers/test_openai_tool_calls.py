"""Tool calls, in all the ways in which OpenAI-shaped servers stream them."""

import json
from typing import Any

import httpx2
import pytest

from llm_ls.messages import (
    MessageEnd,
    MessageStart,
    ToolCall,
    ToolUseDelta,
    ToolUseEnd,
    ToolUseStart,
    Usage,
    UsageReport,
)
from tests.providers.asked import answer, calls, openai
from tests.providers.openai_wire import DONE, call, delta, told
from tests.rigs.vendor import LoopbackVendor


async def test_reads_tool_calls(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    vendor.plays("openai/two_tools.sse")
    weather = "call_DdmO9pD3xa9XTPNJ32zg2hcA"

    assert await answer(openai(vendor.url, http)) == [
        MessageStart("gpt-6-luna"),
        ToolUseStart(weather, "get_weather"),
        ToolUseDelta(weather, '{"location":'),
        ToolUseDelta(weather, ' "San Francisco, CA"}'),
        ToolUseStart("call_2", "now"),
        ToolUseDelta("call_2", "{}"),
        ToolUseEnd(ToolCall(weather, "get_weather", {"location": "San Francisco, CA"})),
        ToolUseEnd(ToolCall("call_2", "now", {})),
        UsageReport(Usage(19, 10, 8, None, 3)),
        MessageEnd("tool_use", "tool_calls"),
    ]


@pytest.mark.parametrize(
    "fragments",
    [
        [call('{"a":', index=0, id="c1", name="f"), call(" 1}", index=0)],
        [call('{"a":', index=0, id="c1", name="f"), call(" 1}", index=0, id="c1", name="f")],
        [call('{"a":', id="c1", name="f"), call(" 1}")],
        [call('{"a":', id="c1", name="f"), call(" 1}", id="c1", name="f")],
        [call(index=0, id="c1"), call("", index=0, name="f"), call('{"a": 1}', index=0)],
        [call(index=0, id="c1", name="get"), call(index=0, name="_it"), call('{"a": 1}', index=0)],
        [call(index=0, id="c1", name="get"), call('{"a": 1}', index=0, name="get_it")],
        [call({"a": 1}, id="c1", name="f")],
        [call('{"a": 1}', index=0, id="c1", name="f"), delta(tool_calls=[{"extra_content": {}}])],
        [call('{"a": 1}', index=0, id="c1", name="f"), delta(tool_calls=[None, {"function": None}])],
    ],
)
async def test_puts_a_call_together(
    fragments: list[dict[str, Any]], vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    events = await told(vendor, http, *fragments, delta("tool_calls"), DONE)

    (made,) = calls(events)
    assert (made.id, made.name in ("f", "get_it"), made.input) == ("c1", True, {"a": 1})
    assert [event.id for event in events if isinstance(event, ToolUseStart)] == ["c1"]
    assert json.loads("".join(event.input_delta for event in events if isinstance(event, ToolUseDelta))) == {"a": 1}


@pytest.mark.parametrize(
    "fragments",
    [
        [call("{}", index=0, id="c1", name="f"), call("{}", index=1, id="c2", name="g")],
        [
            call("{", index=0, id="c1", name="f"),
            call("{", index=1, id="c2", name="g"),
            call("}", index=0),
            call("}", index=1),
        ],
        [call("{}", index=0, id="c1", name="f"), call("{}", index=0, id="c2", name="g")],
        [call("{}", id="c1", name="f"), call("{}", id="c2", name="g")],
        [
            delta(
                tool_calls=[
                    {"id": "c1", "function": {"name": "f", "arguments": "{}"}},
                    {"id": "c2", "function": {"name": "g", "arguments": "{}"}},
                ]
            )
        ],
    ],
)
async def test_keeps_parallel_calls_apart(
    fragments: list[dict[str, Any]], vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    assert calls(await told(vendor, http, *fragments, delta("tool_calls"), DONE)) == [
        ToolCall("c1", "f", {}),
        ToolCall("c2", "g", {}),
    ]


@pytest.mark.parametrize(
    "fragments",
    [
        [call("{}", name="f"), call("{}", name="f")],
        [call("{}", index=0, name="f"), call("{}", index=1, name="f")],
        [call("{}", id="", name="f"), call("{}", id="", name="f")],
        [call("{}", index=0, id="same", name="f"), call("{}", index=1, id="same", name="f")],
    ],
)
async def test_gives_every_call_an_id_of_its_own(
    fragments: list[dict[str, Any]], vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    made = calls(await told(vendor, http, *fragments, delta("tool_calls"), DONE))

    assert [call.name for call in made] == ["f", "f"]
    assert len({call.id for call in made} - {""}) == 2


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", ToolCall("c1", "f", {})),
        ("null", ToolCall("c1", "f", {})),
        ('{"a": 1', ToolCall("c1", "f", {}, raw='{"a": 1')),
        ("[1]", ToolCall("c1", "f", {}, raw="[1]")),
    ],
)
async def test_hands_on_what_the_model_wrote(
    written: str, expected: ToolCall, vendor: LoopbackVendor, http: httpx2.AsyncClient
) -> None:
    assert calls(await told(vendor, http, call(written, index=0, id="c1", name="f"), delta("length"), DONE)) == [
        expected
    ]


@pytest.mark.parametrize("raw", ["stop", "tool_calls", "function_call", "eos"])
async def test_a_stop_with_calls_asks_for_tools(raw: str, vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    events = await told(vendor, http, call("{}", id="c1", name="f"), delta(raw), DONE)

    assert events[-1] == MessageEnd("tool_use", raw)


async def test_reads_a_call_in_the_last_chunk(vendor: LoopbackVendor, http: httpx2.AsyncClient) -> None:
    whole = call("{}", id="c1", name="f")
    whole["choices"][0]["finish_reason"] = "stop"

    assert calls(await told(vendor, http, whole, DONE)) == [ToolCall("c1", "f", {})]
