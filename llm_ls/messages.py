"""What a conversation is made of, and the events an answer arrives in; no vendor's wire and no editor's."""

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

import attrs

Number = TypeVar("Number", int, float)
Role = Literal["user", "assistant"]
StopReason = Literal["end_turn", "max_tokens", "stop_sequence", "tool_use", "refusal", "other"]
NoticeKind = Literal[
    "retry",
    "fallback",
    "waiting",
    "compacted",
    "truncated_context",
    "dropped_parameter",
    "tool_limit",
    "tools",
    "not_kept",
]


@attrs.frozen
class Text:
    text: str


@attrs.frozen
class Image:
    """An image in a user turn.

    Attributes:
        media_type: Such as `image/png`.
        data: The bytes in base64.
    """

    media_type: str
    data: str


@attrs.frozen
class Thinking:
    """What the model thought before it answered, kept so that a tool loop can be continued.

    Attributes:
        text: The readable part; may be empty.
        provider: Whose it is: it is replayed to this provider and to no other.
        state: The vendor's opaque part (a signature, encrypted content), as JSON; empty if none.
    """

    text: str
    provider: str
    state: Mapping[str, Any] = attrs.field(factory=dict[str, Any])


@attrs.frozen
class ToolCall:
    """A call the model asks for.

    Attributes:
        input: The arguments; empty when the model gave none.
        raw: What the model wrote, where it is not a JSON object; else empty.
        provider: Whose `state` it is; empty if there is none.
        state: The vendor's opaque part of the call (Gemini's `thought_signature`), replayed to `provider` only.
    """

    id: str
    name: str
    input: Mapping[str, Any]
    raw: str = ""
    provider: str = ""
    state: Mapping[str, Any] = attrs.field(factory=dict[str, Any])


@attrs.frozen
class ToolResult:
    tool_use_id: str
    content: str
    is_error: bool = False


Part = Text | Image | Thinking | ToolCall | ToolResult


@attrs.frozen
class Message:
    """One turn. Tool results are parts of a `user` message, tool calls of an `assistant` message."""

    role: Role
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The text parts, joined."""
        return "".join(part.text for part in self.parts if isinstance(part, Text))


@attrs.frozen
class Attachment:
    """Something the user attached.

    Attributes:
        title: Such as `src/app.py, lines 10 to 24`.
        language_id: For the fence; may be empty.
    """

    title: str
    text: str
    language_id: str = ""


def user(text: str) -> Message:
    """A user turn that is plain text."""
    return Message("user", (Text(text),))


@attrs.frozen
class Usage:
    """What an answer cost; tokens in the model's own counting.

    Attributes:
        input_tokens: The whole prompt, cached part included.
        output_tokens: The whole answer, thinking included.
        cache_read_tokens: The part of the prompt that came from the vendor's cache.
        cache_write_tokens: The part of the prompt that was put there.
        reasoning_tokens: The part of the answer that was thinking.
        cost_usd: Money, where it is known.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: float | None = None


def total(first: Usage, second: Usage) -> Usage:
    """Both together; what neither says stays unsaid."""

    def both(one: Number | None, other: Number | None) -> Number | None:
        return one if other is None else other if one is None else one + other

    return Usage(
        first.input_tokens + second.input_tokens,
        first.output_tokens + second.output_tokens,
        both(first.cache_read_tokens, second.cache_read_tokens),
        both(first.cache_write_tokens, second.cache_write_tokens),
        both(first.reasoning_tokens, second.reasoning_tokens),
        both(first.cost_usd, second.cost_usd),
    )


def money(usd: float) -> str:
    """US dollars as a person reads them: cents, or finer where they are too coarse."""
    if 0 < usd < 0.0001:
        return "<$0.0001"
    return f"${usd:,.2f}" if usd == 0 or round(usd, 4) >= 0.1 else f"${usd:.4f}"


@attrs.frozen
class MessageStart:
    """The vendor has begun to answer.

    Attributes:
        model: The name it gave itself.
        answering: `provider/model`, where it is another than the one that was asked first.
    """

    model: str
    answering: str = ""


@attrs.frozen
class TextDelta:
    text: str


@attrs.frozen
class ThinkingDelta:
    text: str


@attrs.frozen
class ThinkingEnd:
    """A block of thinking is complete; `thinking` is what to replay."""

    thinking: Thinking


@attrs.frozen
class ToolUseStart:
    id: str
    name: str


@attrs.frozen
class ToolUseDelta:
    """A fragment of the call's arguments: JSON text, incomplete by itself."""

    id: str
    input_delta: str


@attrs.frozen
class ToolUseEnd:
    call: ToolCall


@attrs.frozen
class Notice:
    """Something the user should know that is not part of the answer."""

    kind: NoticeKind
    message: str


@attrs.frozen
class UsageReport:
    """Totals of this answer so far; a later one replaces an earlier one."""

    usage: Usage


@attrs.frozen
class MessageEnd:
    """The answer is complete.

    Attributes:
        raw_reason: The vendor's own word for the stop reason.
    """

    stop_reason: StopReason
    raw_reason: str = ""


StreamEvent = (
    MessageStart
    | TextDelta
    | ThinkingDelta
    | ThinkingEnd
    | ToolUseStart
    | ToolUseDelta
    | ToolUseEnd
    | Notice
    | UsageReport
    | MessageEnd
)
