"""A question in the words of OpenAI's Chat Completions (https://platform.openai.com/docs/api-reference/chat)."""

import json
import re
from collections.abc import Iterator
from typing import Any

import attrs

from llm_ls import errors
from llm_ls.messages import Image, Message, Notice, Text, Thinking, ToolCall, ToolResult
from llm_ls.models import ModelRequest
from llm_ls.providers.quirks import Quirks
from llm_ls.providers.vendor_errors import Exchange


@attrs.frozen
class OpenAIRequest:
    """What is sent, and what of the question could not be said."""

    body: dict[str, Any]
    notices: tuple[Notice, ...]


def build(model_id: str, request: ModelRequest, quirks: Quirks, exchange: Exchange) -> OpenAIRequest:
    """The request for `model_id`.

    Raises:
        Unsupported: The provider cannot be asked this.
    """
    body: dict[str, Any] = {"messages": _messages(request, quirks, exchange.provider)}
    if request.max_tokens is not None:
        body[quirks.max_tokens_field] = request.max_tokens
    if request.stop:
        body["stop"] = list(request.stop)
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": dict(tool.input_schema),
                },
            }
            for tool in request.tools
        ]
    if quirks.stream_usage:
        body["stream_options"] = {"include_usage": True}
        if quirks.unpadded:
            body["stream_options"]["include_obfuscation"] = False
    _add_format(body, request, quirks, exchange)
    dropped = [*_add_reasoning(body, request, quirks), *_add_sampling(body, model_id, request, quirks)]
    return OpenAIRequest(body, exchange.dropped(dropped))


def _messages(request: ModelRequest, quirks: Quirks, provider: str) -> list[dict[str, Any]]:
    system = [{"role": "system", "content": request.system}] if request.system else []
    turns = (
        message
        for turn in request.messages
        for message in (_of_user(turn) if turn.role == "user" else _of_assistant(turn, quirks, provider))
    )
    return [*system, *turns]


def _of_user(turn: Message) -> Iterator[dict[str, Any]]:
    """Tool results are messages of their own and come first, right after the calls they answer."""
    for part in turn.parts:
        if isinstance(part, ToolResult):
            yield {"role": "tool", "tool_call_id": part.tool_use_id, "content": part.content}
    content = [part for part in turn.parts if isinstance(part, (Text, Image))]
    if any(isinstance(part, Image) for part in content):
        yield {"role": "user", "content": [_piece(part) for part in content]}
    elif content:
        yield {"role": "user", "content": turn.text}


def _piece(part: Text | Image) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    return {"type": "image_url", "image_url": {"url": f"data:{part.media_type};base64,{part.data}"}}


def _of_assistant(turn: Message, quirks: Quirks, provider: str) -> Iterator[dict[str, Any]]:
    calls = [part for part in turn.parts if isinstance(part, ToolCall)]
    message: dict[str, Any] = {"role": "assistant", "content": turn.text or None}
    if calls:
        message["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.raw or json.dumps(dict(call.input))},
            }
            for call in calls
        ]
    for part in turn.parts:
        if isinstance(part, Thinking) and part.provider == provider:
            _replay(part, message, quirks)
    if turn.text or calls:
        yield message


def _replay(thinking: Thinking, message: dict[str, Any], quirks: Quirks) -> None:
    """Send back the opaque state as it was, and the text where the vendor has a field for it."""
    for key, value in thinking.state.items():
        message[key] = message[key] + value if key in message and key == "reasoning_details" else value
    if quirks.replayed_reasoning and thinking.text and not thinking.state:
        field = quirks.replayed_reasoning
        message[field] = message.get(field, "") + thinking.text


def _add_format(body: dict[str, Any], request: ModelRequest, quirks: Quirks, exchange: Exchange) -> None:
    match request.response_format.type:
        case "json" if quirks.json_object:
            body["response_format"] = {"type": "json_object"}
        case "json_schema" if quirks.json_schema:
            schema = dict(request.response_format.schema)
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": schema},
            }
        case "text":
            pass
        case _:
            message = f"{exchange.provider} cannot be held to answer in JSON"
            raise exchange.error(errors.Unsupported, message)


def _add_reasoning(body: dict[str, Any], request: ModelRequest, quirks: Quirks) -> Iterator[str]:
    level = request.reasoning
    if level is None:
        return
    match quirks.reasoning:
        case "reasoning":
            body["reasoning"] = {"enabled": False} if level == "off" else {"effort": level}
        case "reasoning_effort":
            effort = quirks.effort_off if level == "off" else level
            if effort:
                body["reasoning_effort"] = effort
        case "none":
            if level != "off":
                yield "an amount of reasoning"


def _add_sampling(body: dict[str, Any], model_id: str, request: ModelRequest, quirks: Quirks) -> Iterator[str]:
    fixed = bool(quirks.fixed_sampling) and re.search(quirks.fixed_sampling, model_id) is not None
    for name, value in (("temperature", request.temperature), ("top_p", request.top_p)):
        if value is not None and fixed:
            yield name
        elif value is not None:
            body[name] = value
