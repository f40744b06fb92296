"""Kept conversations as clients get them, and times as they are written."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import attrs

from llm_ls.messages import Image, Message, Text, Thinking, ToolCall, ToolResult
from llm_ls.prompts import budget
from llm_ls.protocol import ext
from llm_ls.protocol.attached import shown
from llm_ls.protocol.ext_conversations import (
    ContextEntry,
    ConversationSummary,
    Step,
    TextStep,
    ThinkingStep,
    ToolStep,
    TurnItem,
)
from llm_ls.store.turns import Summary, Turn
from llm_ls.wire import Malformed


def to_summary(summary: Summary) -> ConversationSummary:
    """One of a list."""
    return ConversationSummary(
        summary.id,
        summary.title,
        to_time(summary.created_at),
        to_time(summary.updated_at),
        summary.turns,
        summary.usage,
        summary.workspace or None,
        summary.model or None,
    )


def to_turn(turn: Turn) -> TurnItem:
    """One of a conversation."""
    steps = tuple(_steps(turn.messages)) if turn.role == "assistant" else ()
    context = tuple(
        ContextEntry(attached.title, budget.tokens_in(attached.text)) for attached in shown(turn.attachments)
    )
    return TurnItem(
        turn.id,
        turn.role,
        to_time(turn.at),
        _content(turn.messages),
        context or None,
        None if all(isinstance(step, TextStep) for step in steps) else steps,
        turn.model or None,
        None if turn.role == "user" else turn.usage,
        turn.stop_reason,
        None if turn.whole else True,
        turn.alternatives or None,
    )


def to_time(at: float) -> str:
    """Unix seconds as ISO 8601, in UTC; as exact as they are kept."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def from_time(text: str, path: str) -> float:
    """The unix seconds that `text` stands for, in UTC unless it says otherwise.

    Raises:
        Malformed: It stands for none.
    """
    try:
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        raise Malformed(path, "expected a time, such as 2026-11-27T20:00:00Z") from error


def _content(messages: Sequence[Message]) -> str | tuple[ext.ContentPart, ...]:
    """What was said, as text where it is nothing else."""
    said = [part for message in messages for part in message.parts if isinstance(part, Text | Image)]
    if any(isinstance(part, Image) for part in said):
        return tuple(
            ext.TextPart(part.text) if isinstance(part, Text) else ext.ImagePart(part.media_type, part.data)
            for part in said
        )
    return "\n\n".join(message.text for message in messages if message.text)


def _steps(messages: Sequence[Message]) -> Iterator[Step]:
    """What an answer is made of, in order, each call with its result."""
    parts = [part for message in messages for part in message.parts]
    results = {part.tool_use_id: part for part in parts if isinstance(part, ToolResult)}
    for part in parts:
        match part:
            case Text(text) if text:
                yield TextStep(text)
            case Thinking(text) if text:
                yield ThinkingStep(text)
            case ToolCall(id, name, given):
                step = ToolStep(id, name, given)
                if (result := results.get(id)) is not None:
                    step = attrs.evolve(step, content=result.content, is_error=result.is_error)
                yield step
            case _:
                pass
