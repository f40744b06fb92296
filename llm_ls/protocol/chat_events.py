"""The events of an answer as the `ChatEvent`s of `editors/PROTOCOL.md`; free of LSP, so the CLI uses it too."""

from typing import Any

from llm_ls import errors, messages
from llm_ls.messages import StreamEvent, ToolResult
from llm_ls.wire import to_json


def to_chat_event(event: StreamEvent | ToolResult) -> dict[str, Any] | None:
    """`event` as a `ChatEvent` of `editors/PROTOCOL.md`; `None` for one that stays on this side."""
    match event:
        case messages.TextDelta(text):
            return {"type": "text_delta", "text": text}
        case messages.ThinkingDelta(text):
            return {"type": "thinking_delta", "text": text}
        case messages.ToolUseStart(id, name):
            return {"type": "tool_use_start", "id": id, "name": name}
        case messages.ThinkingEnd(thinking):
            return {
                "type": "thinking_end",
                "text": thinking.text,
                "provider": thinking.provider,
                "state": dict(thinking.state),
            }
        case messages.ToolUseDelta(id, input_delta):
            return {"type": "tool_use_delta", "id": id, "inputDelta": input_delta}
        case messages.ToolUseEnd(call):
            return {
                "type": "tool_use_end",
                "id": call.id,
                "input": dict(call.input),
                **({"raw": call.raw} if call.raw else {}),
                **({"provider": call.provider, "state": dict(call.state)} if call.state else {}),
            }
        case ToolResult(id, content, is_error):
            return {"type": "tool_result", "id": id, "content": content, "isError": is_error}
        case messages.Notice(kind, message):
            return {"type": "notice", "kind": kind, "message": message}
        case messages.UsageReport(usage):
            return {"type": "usage", "usage": to_json(usage)}
        case messages.MessageEnd(stop_reason):
            return {"type": "message_end", "stopReason": stop_reason}
        case messages.MessageStart(_, answering):
            return {"type": "model", "model": answering} if answering else None


def to_error_event(error: errors.LlmLsError) -> dict[str, Any]:
    """`error` as the last `ChatEvent` of an answer."""
    event = {"type": "error", "kind": error.kind, "message": error.message}
    return {**event, "hint": error.hint} if error.hint else event
