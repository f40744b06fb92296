"""Streams of OpenAI's Chat Completions wire, for `LoopbackVendor.says`, and the environment that leads there."""

import json
from collections.abc import Mapping

from tests.rigs.vendor import LoopbackVendor, sse


def environment(vendor: LoopbackVendor) -> dict[str, str]:
    """Makes `vendor` the default model, `openai/gpt-test`."""
    return {
        "OPENAI_BASE_URL": f"{vendor.url}/v1",
        "OPENAI_API_KEY": "sk-test-not-a-key",
        "LLM_LS_MODEL": "openai/gpt-test",
    }


def words(*texts: str) -> tuple[bytes, ...]:
    """One event for each text."""
    return tuple(chunk({"content": text}) for text in texts)


def whole(*texts: str) -> tuple[bytes, ...]:
    """A complete answer of these texts."""
    return (*words(*texts), *END)


def tool_call(name: str, given: Mapping[str, object], id: str = "call_1") -> tuple[bytes, ...]:
    """The end of an answer that calls a tool."""
    return tool_calls((name, given), id=id)


def tool_calls(*calls: tuple[str, Mapping[str, object]], id: str = "call") -> tuple[bytes, ...]:
    """The end of an answer that calls several tools at once; their ids begin with `id`."""
    made = [
        {
            "index": number,
            "id": f"{id}_{number}" if len(calls) > 1 else id,
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(given)},
        }
        for number, (name, given) in enumerate(calls)
    ]
    return (*(chunk({"tool_calls": [call]}) for call in made), chunk({}, "tool_calls"), END[-1])


def chunk(delta: dict[str, object], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return sse({"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-test", "choices": [choice]})


END = (
    chunk({}, "stop"),
    sse({"id": "c1", "choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 5}}, "[DONE]"),
)
