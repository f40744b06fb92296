"""The `llm-ls/*Conversation*` messages, as `editors/PROTOCOL.md` publishes them. Imported with the first of them."""

from collections.abc import Mapping
from typing import Any, Literal

import attrs

from llm_ls import messages
from llm_ls.protocol import ext


@attrs.frozen(eq=False, repr=False)
class ListConversationsParams:
    query: str = ""
    everywhere: bool = False
    limit: int = 50
    before: str | None = None


@attrs.frozen(eq=False, repr=False)
class GetConversationParams:
    id: str
    upto: str | None = None
    through: str | None = None


@attrs.frozen(eq=False, repr=False)
class RenameConversationParams:
    id: str
    title: str


@attrs.frozen(eq=False, repr=False)
class ForkConversationParams:
    id: str
    turn_id: str | None = None
    title: str | None = None


@attrs.frozen(eq=False, repr=False)
class ConversationParams:
    id: str


@attrs.frozen(eq=False, repr=False)
class CompactConversationParams:
    id: str
    model: str | None = None
    work_done_token: ext.Token | None = None


@attrs.frozen(eq=False, repr=False)
class ConversationSummary:
    """Times are ISO 8601, in UTC."""

    id: str
    title: str
    created_at: str
    updated_at: str
    turns: int
    usage: messages.Usage
    workspace: str | None = None
    model: str | None = None


@attrs.frozen(eq=False, repr=False)
class TextStep:
    text: str
    type: Literal["text"] = "text"


@attrs.frozen(eq=False, repr=False)
class ThinkingStep:
    text: str
    type: Literal["thinking"] = "thinking"


@attrs.frozen(eq=False, repr=False)
class ToolStep:
    """A call; without `content`, nobody has run it, or not to its end."""

    id: str
    name: str
    input: Mapping[str, Any]
    content: str | None = None
    is_error: bool | None = None
    type: Literal["tool"] = "tool"


Step = TextStep | ThinkingStep | ToolStep


@attrs.frozen(eq=False, repr=False)
class ContextEntry:
    """What was attached to a question; the tokens are an estimate."""

    title: str
    tokens: int


@attrs.frozen(eq=False, repr=False)
class TurnItem:
    """`steps` are there if an answer is more than text, `cut_off` if it is not whole."""

    id: str
    role: Literal["user", "assistant", "summary"]
    at: str
    content: str | tuple[ext.ContentPart, ...]
    context: tuple[ContextEntry, ...] | None = None
    steps: tuple[Step, ...] | None = None
    model: str | None = None
    usage: messages.Usage | None = None
    stop_reason: messages.StopReason | None = None
    cut_off: bool | None = None
    alternatives: tuple[str, ...] | None = None


@attrs.frozen(eq=False, repr=False)
class ExportedConversation:
    """`text` is Markdown."""

    title: str
    text: str


@attrs.frozen(eq=False, repr=False)
class CompactedConversation:
    """The tokens are what a model is sent of the conversation, about."""

    turn_id: str
    tokens_before: int
    tokens_after: int
    model: str
    usage: messages.Usage
