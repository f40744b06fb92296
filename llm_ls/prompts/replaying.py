"""A kept conversation as a model is sent it again."""

import json
from collections.abc import Iterable, Sequence

from llm_ls.messages import Message, Part, Role, Text, Thinking, ToolCall, ToolResult, user
from llm_ls.prompts import conversation
from llm_ls.store.turns import Turn

NOT_RUN = "This call was not run: the answer was cut off, or the user went on without it."


def messages(turns: Sequence[Turn], *, tools: bool) -> tuple[Message, ...]:
    """What the turns of a path come to, from its latest summary on.

    Sides alternate, every call has its result, and what was attached stands before the question it belongs to.

    Args:
        tools: Whether the model is offered any. Without, vendors refuse calls and results, so these are told in words.
    """
    made: list[Message] = []
    for turn in turns[_latest_summary(turns) :]:
        for message in _messages_of(turn):
            parts = message.parts if tools else _told(message.parts)
            _append(made, message.role, parts)
    return tuple(_answered(made))


def _messages_of(turn: Turn) -> tuple[Message, ...]:
    if turn.role == "summary":
        return (user(conversation.SUMMARY + "".join(message.text for message in turn.messages)),)
    return conversation.with_attachments(turn.messages, turn.attachments)


def _latest_summary(turns: Sequence[Turn]) -> int:
    return max((place for place, turn in enumerate(turns) if turn.role == "summary"), default=0)


def _append(made: list[Message], role: Role, parts: tuple[Part, ...]) -> None:
    if not parts:
        return
    if made and made[-1].role == role:
        made[-1] = Message(role, (*made[-1].parts, *_apart(made[-1].parts, parts)))
    else:
        made.append(Message(role, parts))


def _apart(before: Sequence[Part], parts: Sequence[Part]) -> tuple[Part, ...]:
    """Two texts that come to stand together are two paragraphs."""
    if isinstance(before[-1], Text) and isinstance(parts[0], Text):
        return (Text("\n\n"), *parts)
    return tuple(parts)


def _answered(made: Iterable[Message]) -> Iterable[Message]:
    """Each call with a result, which comes first in the turn after it."""
    missing: list[ToolCall] = []
    for message in made:
        if message.role == "assistant":
            yield message
            missing = [part for part in message.parts if isinstance(part, ToolCall)]
            continue
        given = {part.tool_use_id for part in message.parts if isinstance(part, ToolResult)}
        results = [part for part in message.parts if isinstance(part, ToolResult)]
        results += [ToolResult(call.id, NOT_RUN, is_error=True) for call in missing if call.id not in given]
        rest = [part for part in message.parts if not isinstance(part, ToolResult)]
        yield Message("user", (*results, *rest))
        missing = []


def _told(parts: Iterable[Part]) -> tuple[Part, ...]:
    told: list[Part] = []
    for part in parts:
        match part:
            case ToolCall(_, name, input):
                told.append(Text(f"\n[Used the tool {name}: {json.dumps(dict(input))}]\n"))
            case ToolResult(_, content, is_error):
                told.append(Text(f"[{'It failed' if is_error else 'Its result'}: {content}]\n"))
            case Thinking():
                pass
            case _:
                told.append(part)
    return tuple(told)
