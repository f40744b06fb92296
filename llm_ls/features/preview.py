"""A question as Markdown, for a person who wants to see exactly what a model is sent."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from llm_ls.messages import Image, Message, Part, Text, Thinking, ToolCall, ToolResult
from llm_ls.models import ModelRequest
from llm_ls.prompts import context
from llm_ls.workspace import names


def markdown(model: str, request: ModelRequest, left_out: tuple[str, ...] = (), size: str = "") -> str:
    """All that `request` holds, in the order in which a model reads it.

    Args:
        model: As `provider/model`.
        request: As it would be sent.
        left_out: What is not in it, or what else the user should know of it, as sentences without a full stop.
        size: How long it is, as a sentence.
    """
    parts = [f"# What {model} is sent"]
    parts += [size] if size else []
    parts += ["## Not sent\n\n" + "\n".join(f"- {names.shown(sentence)}" for sentence in left_out)] if left_out else []
    if request.system:
        parts.append(f"## Instructions\n\n{_fenced(request.system)}")
    parts += (f"## Tool {tool.name}\n\n{tool.description}\n\n{_json(tool.input_schema)}" for tool in request.tools)
    parts += map(_turn, request.messages)
    if options := dict(_options(request)):
        parts.append(f"## Options\n\n{_json(options)}")
    return "\n\n".join(parts) + "\n"


def _turn(message: Message) -> str:
    return "\n\n".join((f"## {message.role.capitalize()}", *map(_part, message.parts)))


def _part(part: Part) -> str:
    match part:
        case Text(text):
            return _fenced(text)
        case Image(media_type, data):
            return f"An image, {media_type}, {len(data) * 3 // 4:,} bytes."
        case Thinking(text, provider):
            return f"Its thinking{f', as {provider} gave it' if provider else ''}:\n\n{_fenced(text)}"
        case ToolCall(id, name, input):
            return f"Calls {name} ({id}):\n\n{_json(input)}"
        case ToolResult(tool_use_id, content, is_error):
            return f"{'Failure' if is_error else 'Result'} of {tool_use_id}:\n\n{_fenced(content)}"


def _options(request: ModelRequest) -> Iterator[tuple[str, Any]]:
    """What was asked for; what was left to the model is not there."""
    asked = {
        "maxTokens": request.max_tokens,
        "temperature": request.temperature,
        "topP": request.top_p,
        "stop": list(request.stop) or None,
        "reasoning": request.reasoning,
        "responseFormat": None if request.response_format.type == "text" else request.response_format.type,
    }
    return ((name, value) for name, value in asked.items() if value is not None)


def _json(value: Mapping[str, Any]) -> str:
    return _fenced(json.dumps(value, indent=2, ensure_ascii=False), "json")


def _fenced(text: str, language: str = "") -> str:
    fence = context.fence_for(text)
    return f"{fence}{language}\n{text.rstrip(chr(10))}\n{fence}"
