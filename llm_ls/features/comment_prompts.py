"""Instructions written as comments in the text itself (`# llm: make it async`), and ready-made ones."""

import re

import attrs

from llm_ls.documents import Document, Position, Span
from llm_ls.features import blocks

_MOST_LINES = 20
_LONGEST_LINE = 1_000
_COMMENT = re.compile(
    r"\s*(?P<leader>#+|//+!?|--+|;+|%+|\"|'|/\*+|<!--|\(\*|\{-|\*(?!/))(?P<text>.*?)(?P<closer>\*+/|-->|\*\)|-\})?\s*"
)
_CLOSER_ONLY = re.compile(r"\s*(?:\*+/|-->|\*\)|-\})\s*")
_PROMPT = re.compile(r"[ \t]*llm[ \t]*:[ \t]*(?P<text>.*?)[ \t]*", re.IGNORECASE)
_BLOCK_LEADERS = ("/*", "<!--", "(*", "{-")


@attrs.frozen
class Instruction:
    """What the user wrote, and the lines it stands on, which the edit removes."""

    text: str
    span: Span


@attrs.frozen
class Preset:
    title: str
    instruction: str


PRESETS = (
    Preset("Simplify", "Simplify this code without changing what it does."),
    Preset("Fix bugs", "Find the bugs in this code and fix them, and change nothing else."),
    Preset("Add error handling", "Handle the errors that can happen here, in the way the rest of the file does."),
    Preset("Add types", "Add type annotations where they are missing."),
    Preset("Improve names", "Give variables and private functions better names; keep the public ones."),
    Preset("Optimize", "Make this code faster without changing what it does."),
    Preset("Add comments", "Add comments where the reason is not plain from the code."),
    Preset("Shorten", "Make this shorter without losing anything that matters."),
)


def instruction_above(document: Document, span: Span) -> Instruction | None:
    """The comment prompt that `span` begins with, or that stands right above it; `None` if there is none.

    For a cursor, one above the definition that it is in counts too. A prompt goes on through the comment lines
    that follow it, up to an empty one or the end of a block comment.
    """
    first = span.start.line
    while first < span.end.line and not document.lines[first].strip():
        first += 1
    found = _starting_at(document, first) or _ending_above(document, first)
    if found is None and span.empty:
        block = blocks.enclosing(document, first, blocks.MOST_LINES)
        found = _ending_above(document, block[0]) if block else None
    return found


def _ending_above(document: Document, line: int) -> Instruction | None:
    """The prompt in the comment lines right above `line`."""
    above = line - 1
    while above >= max(0, line - _MOST_LINES) and _is_comment(document.lines[above]):
        if (found := _starting_at(document, above)) is not None:
            return found
        above -= 1
    return None


def _is_comment(line: str) -> bool:
    return _comment(line) is not None or bool(_CLOSER_ONLY.fullmatch(line))


def _comment(line: str) -> re.Match[str] | None:
    return _COMMENT.fullmatch(line) if len(line) <= _LONGEST_LINE else None


def _starting_at(document: Document, line: int) -> Instruction | None:
    opening = _comment(document.lines[line])
    prompt = _PROMPT.fullmatch(opening["text"]) if opening else None
    if opening is None or prompt is None:
        return None
    texts = [prompt["text"]]
    in_block = opening["leader"].startswith(_BLOCK_LEADERS)
    last = line
    if not (in_block and opening["closer"]):
        for number in range(line + 1, min(len(document.lines), line + _MOST_LINES)):
            text, goes_on = _continued(document.lines[number], opening["leader"], in_block)
            if text is None:
                break
            texts.append(text)
            last = number
            if not goes_on:
                break
    text = " ".join(part for part in texts if part)
    return Instruction(text, _whole_lines(document, line, last)) if text else None


def _continued(line: str, leader: str, in_block: bool) -> tuple[str | None, bool]:
    """What a line adds to the comment, `None` if nothing; and whether the comment may go on after it."""
    if in_block:
        content = line.strip()
        for closer in ("*/", "-->", "*)", "-}"):
            if content.endswith(closer):
                return content.removesuffix(closer).rstrip("*").lstrip("* ").rstrip(), False
        return content.lstrip("* "), True
    comment = _comment(line)
    if comment is None or comment["leader"] != leader or not comment["text"].strip():
        return None, False
    if _PROMPT.fullmatch(comment["text"]):
        return None, False
    return comment["text"].strip(), True


def _whole_lines(document: Document, first: int, last: int) -> Span:
    """The lines with their line ends; at the end of the text, with the line end before them instead."""
    if last + 1 < len(document.lines):
        return Span(Position(first, 0), Position(last + 1, 0))
    return Span(Position(first, 0), document.whole.end)
