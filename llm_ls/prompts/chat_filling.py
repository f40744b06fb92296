"""The question that has a model which only talks fill a gap: the file with a mark in the gap, and two examples."""

import attrs

from llm_ls.messages import Message, Text, user
from llm_ls.models import InfillRequest, ModelRequest
from llm_ls.prompts.editing import tagged

OPENING, CLOSING = "<fill>", "</fill>"

_SYSTEM = f"""\
You complete code while the user types. The file holds a mark where the cursor is, and what you write takes its place,
letter for letter.

- Answer with {OPENING}, the text to insert, {CLOSING}, and nothing else: no remark, no Markdown.
- Do not repeat what stands before or after the mark: it stays in the file. Go on within the line, with the next
  character; where a new line has to come first, begin with the line break and indent as the file does.
- Finish what has been begun: an expression, a statement, at most one block. If nothing is missing, insert nothing."""

_TEMPERATURE = 0.1
ROOM_TO_THINK = 1024
"""Tokens above what may be inserted, for models that think first whatever they are told."""


@attrs.frozen
class _Example:
    request: InfillRequest
    filled: str


_EXAMPLES = (
    _Example(
        InfillRequest("def mean(values):\n    return sum(values) / ", "\n\n\ndef median(values):\n", name="stats.py"),
        "len(values)",
    ),
    _Example(
        InfillRequest("export function clamp(x, low, high) {", "\n}\n\nclamp(5, 0, 3);\n", name="clamp.js"),
        "\n  return Math.min(Math.max(x, low), high);",
    ),
)


def filling(request: InfillRequest) -> ModelRequest:
    """Asks for the text between prefix and suffix.

    What ends the answer is looked for by who reads it: here it would end before the text has begun.
    """
    shown = [
        turn
        for example in _EXAMPLES
        for turn in (
            user(_question(example.request)),
            Message("assistant", (Text(f"{OPENING}{example.filled}{CLOSING}"),)),
        )
    ]
    return ModelRequest(
        messages=(*shown, user(_question(request))),
        system=_SYSTEM,
        max_tokens=request.max_tokens + ROOM_TO_THINK,
        temperature=_TEMPERATURE if request.temperature is None else request.temperature,
        stop=(CLOSING,),
        reasoning="off",
    )


def mark_for(request: InfillRequest) -> str:
    """What stands in the gap: nothing that the file holds."""
    mark, number = "<|cursor|>", 1
    while mark in request.prefix or mark in request.suffix:
        number += 1
        mark = f"<|cursor{number}|>"
    return mark


def _question(request: InfillRequest) -> str:
    mark = mark_for(request)
    line = request.prefix.rpartition("\n")[2] + mark + request.suffix.partition("\n")[0].rstrip("\r")
    others = (f"Another file, {name}:\n{tagged('other', text)}" for name, text in request.extra if text.strip())
    parts = [
        *others,
        f"File: {request.name}" if request.name else "",
        tagged("file", f"{request.prefix}{mark}{request.suffix}"),
        f"The line: `{line}`. What belongs at {mark}?",
    ]
    return "\n\n".join(part for part in parts if part)
