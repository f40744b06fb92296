"""An answer as a chat document shows it: its texts, and a line for each thing that happened between them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from llm_ls import messages
from llm_ls.features import chat_document
from llm_ls.features.chat_document import Note, Piece
from llm_ls.messages import Message, StopReason, StreamEvent, ToolCall, ToolResult, Usage

IN_PASSING = frozenset(("retry", "waiting"))
"""Notices of what is over once there is an answer."""

_ENDINGS: Mapping[StopReason, str] = {"max_tokens": "cut off at the limit of tokens", "refusal": "refused"}
_SHOWN_OF_INPUT = 60


@attrs.define
class Coming:
    """An answer as far as it has come. Feed it every event."""

    usage: Usage = Usage()
    _pieces: list[Piece] = attrs.field(factory=list[Piece])
    _text: list[str] = attrs.field(factory=list[str])
    _thinking: list[str] = attrs.field(factory=list[str])
    _calls: dict[str, ToolCall] = attrs.field(factory=dict[str, ToolCall])

    def add(self, event: StreamEvent | ToolResult) -> None:
        """Take in the next event."""
        match event:
            case messages.TextDelta(text):
                self._end_thinking()
                self._text.append(text)
            case messages.ThinkingDelta(text):
                self._end_text()
                self._thinking.append(text)
            case messages.UsageReport(usage):
                self.usage = usage
            case messages.ToolUseEnd(call):
                self._calls[call.id] = call
            case ToolResult(id):
                self._note(of_call(self._calls.get(id, ToolCall(id, "a tool", {})), event))
            case messages.Notice(kind, message) if kind not in IN_PASSING:
                self._note(*chat_document.told(message))
            case _:
                pass

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All of it."""
        thought = (of_thinking("".join(self._thinking)),) if self._thinking else ()
        text = ("".join(self._text),) if self._text else ()
        return (*self._pieces, *thought, *text)

    @property
    def complete(self) -> tuple[Piece, ...]:
        """What of it does not change any more: whole paragraphs, fenced blocks and notes."""
        text = "".join(self._text)
        whole = text[: chat_document.complete(text)]
        return (*self._pieces, whole) if whole.strip() else tuple(self._pieces)

    def _note(self, *notes: Note) -> None:
        self._end_thinking()
        self._end_text()
        self._pieces += notes

    def _end_text(self) -> None:
        if self._text:
            self._pieces.append("".join(self._text))
            self._text.clear()

    def _end_thinking(self) -> None:
        if self._thinking:
            self._pieces.append(of_thinking("".join(self._thinking)))
            self._thinking.clear()


def of_messages(kept: Sequence[Message]) -> tuple[Piece, ...]:
    """An answer that is kept, however many rounds of tools it took."""
    return tuple(_pieces(kept))


def _pieces(kept: Sequence[Message]) -> Iterator[Piece]:
    calls: dict[str, ToolCall] = {}
    for part in (part for message in kept for part in message.parts):
        match part:
            case messages.Thinking(text) if text.strip():
                yield of_thinking(text)
            case messages.Text(text):
                yield text
            case ToolCall(id):
                calls[id] = part
            case ToolResult(id):
                yield of_call(calls.get(id, ToolCall(id, "a tool", {})), part)
            case _:
                pass


def of_call(call: ToolCall, result: ToolResult) -> Note:
    """Such as `read_file src/app.py, 120 lines`, or all that it gave if that is one; the kept conversation has it."""
    lines = len(result.content.strip().splitlines())
    given = _shown(call.input)
    outcome = f"{lines} lines" if lines != 1 else result.content
    outcome = f"failed: {result.content}" if result.is_error else outcome
    return Note("tool", chat_document.one_line(f"{call.name}{f' {given}' if given else ''}, {outcome}"))


def of_thinking(text: str) -> Note:
    """How it begins."""
    return Note("thinking", chat_document.one_line(text))


def footer(model: str, usage: Usage, stop_reason: StopReason | None, *, whole: bool = True) -> Note:
    """Who answered and what it took, such as `sonnet · 1.2k→412 tok · $0.004`."""
    counted = usage.input_tokens or usage.output_tokens
    parts = [
        model.rpartition("/")[2],
        f"{_short(usage.input_tokens)}→{_short(usage.output_tokens)} tok" if counted else "",
        messages.money(usage.cost_usd) if usage.cost_usd else "",
        (_ENDINGS.get(stop_reason, "") if stop_reason else "") if whole else "stopped",
    ]
    return Note("footer", chat_document.one_line(" · ".join(filter(None, parts))))


def _shown(given: Mapping[str, Any]) -> str:
    """The first value as it is, the others by name; long ones are cut, and lists and objects left out."""
    shown: list[str] = []
    for name, value in given.items():
        if isinstance(value, list | dict):
            continue
        text = " ".join(str(value).split())
        text = text if len(text) <= _SHOWN_OF_INPUT else f"{text[: _SHOWN_OF_INPUT - 1]}…"
        shown.append(f"{name} {text}" if shown else text)
    return ", ".join(shown)


def _short(tokens: int) -> str:
    return str(tokens) if tokens < 1000 else f"{tokens / 1000:.1f}k"
