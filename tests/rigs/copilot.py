"""What our fake of Copilot's API answers: a list of models, and a stream with the oddities of the real one."""

import json
from typing import Any

MODELS = ("gpt-4.1", "gpt-5-mini", "claude-sonnet-4.5")


def models(ids: tuple[str, ...] = MODELS) -> dict[str, Any]:
    """The list; every model is asked at `/chat/completions`."""
    return {"object": "list", "data": [_model(id) for id in ids]}


def stream(text: str, model: str = MODELS[0]) -> tuple[bytes, ...]:
    """Chunks that say `text`: none has `object`, the first has no choice, and usage is on the last that has one."""
    head = {"id": "chatcmpl-rig", "created": 1, "model": model}
    cut = max(1, len(text) // 3)
    words = [text[start : start + cut] for start in range(0, len(text), cut)]
    usage = {"prompt_tokens": 10, "completion_tokens": len(words), "total_tokens": 10 + len(words)}
    chunks: list[dict[str, Any]] = [
        {**head, "choices": [], "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {}}]},
        *({**head, "choices": [_choice({"role": "assistant", "content": word})]} for word in words),
        {**head, "choices": [_choice({"content": None}, "stop")], "usage": usage},
    ]
    return (*(f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks), b"data: [DONE]\n\n")


def completion(text: str, model: str = MODELS[0]) -> dict[str, Any]:
    """The same for who wants no stream."""
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "chatcmpl-rig", "created": 1, "model": model, "choices": [choice], "usage": usage}


def _choice(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": reason, "content_filter_offsets": {}}


def _model(id: str) -> dict[str, Any]:
    limits = {"max_context_window_tokens": 128_000, "max_prompt_tokens": 64_000, "max_output_tokens": 16_000}
    return {
        "id": id,
        "name": id,
        "version": f"{id}-2026-10-01",
        "model_picker_enabled": True,
        "policy": {"state": "enabled"},
        "supported_endpoints": ["/chat/completions"],
        "capabilities": {"type": "chat", "family": id, "limits": limits, "supports": {"tool_calls": True}},
    }
