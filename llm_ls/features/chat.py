"""Chat: one question with its context to a model, and what the answer came to."""

import attrs

from llm_ls import errors, messages
from llm_ls.messages import Attachment, Message, Part, StreamEvent, Text, Thinking, ToolCall, Usage
from llm_ls.models import ModelRequest, Reasoning, ResponseFormat, ToolDefinition
from llm_ls.prompts import conversation


@attrs.frozen
class Question:
    """What the user asks.

    Attributes:
        turns: The conversation, oldest first; the last turn is the user's.
        system: Instructions in place of ours; empty for ours.
        guidance: The project's own instructions, added to either; may be empty.
        attachments: What the model should see beside the question, in order.
    """

    turns: tuple[Message, ...]
    system: str = ""
    guidance: str = ""
    attachments: tuple[Attachment, ...] = ()
    tools: tuple[ToolDefinition, ...] = ()
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    stop: tuple[str, ...] = ()
    reasoning: Reasoning | None = None
    response_format: ResponseFormat = ResponseFormat()


@attrs.define
class Answer:
    """An answer as far as it has come. Feed it every event.

    Attributes:
        answering: The model that answers, as `provider/model`, where it is another than the one that was asked.
    """

    _text: list[str] = attrs.field(factory=list[str])
    _tool_calls: list[ToolCall] = attrs.field(factory=list[ToolCall])
    _thinking: list[Thinking] = attrs.field(factory=list[Thinking])
    answering: str = ""
    stop_reason: messages.StopReason = "other"
    usage: Usage = Usage()
    deltas: int = 0

    def add(self, event: StreamEvent) -> None:
        """Take in the next event."""
        match event:
            case messages.MessageStart(_, answering):
                self.answering = answering
            case messages.TextDelta(text):
                self.deltas += 1
                self._text.append(text)
            case messages.ThinkingDelta():
                self.deltas += 1
            case messages.ThinkingEnd(thinking):
                self._thinking.append(thinking)
            case messages.ToolUseEnd(call):
                self._tool_calls.append(call)
            case messages.UsageReport(usage):
                self.usage = usage
            case messages.MessageEnd(stop_reason):
                self.stop_reason = stop_reason
            case _:
                pass

    @property
    def text(self) -> str:
        return "".join(self._text)

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        return tuple(self._tool_calls)

    @property
    def thinking(self) -> tuple[Thinking, ...]:
        """Its blocks, to be sent back with the rest of the turn."""
        return tuple(self._thinking)

    @property
    def parts(self) -> tuple[Part, ...]:
        """As a message holds it; its thinking comes first, as vendors want it."""
        return (*self._thinking, *((Text(self.text),) if self._text else ()), *self._tool_calls)

    @property
    def tokens(self) -> int:
        """Output tokens: the vendor's count once it has come, else one a delta, which is what vendors send."""
        return self.usage.output_tokens or self.deltas


def request(question: Question) -> ModelRequest:
    """What a model is asked.

    Raises:
        errors.InvalidRequest: There is nothing to answer.
    """
    if not question.turns or question.turns[-1].role != "user":
        raise errors.InvalidRequest("there is no question to answer", hint="end the conversation with a user message")
    if not any(not isinstance(part, Text) or part.text.strip() for part in question.turns[-1].parts):
        raise errors.InvalidRequest("the question is empty", hint="write what you want to know")
    return ModelRequest(
        messages=conversation.with_attachments(question.turns, question.attachments),
        system=conversation.instructions(question.system, question.guidance),
        max_tokens=question.max_tokens,
        temperature=question.temperature,
        top_p=question.top_p,
        stop=question.stop,
        tools=question.tools,
        reasoning=question.reasoning,
        response_format=question.response_format,
    )
