"""The place that a suggestion fills, and the text near it."""

import re

import attrs

from llm_ls.documents import Document, Position, content_length

_OPENER = re.compile(r"(?:[:{(\[]|=>|->|\b(?:else|of|where))\s*$")
_WORD_OPENER = re.compile(r"\b(?:do|then|begin|repeat)\s*$|\bfunction\b[^()]*\([^()]*\)\s*$")
_NO_CODE = re.compile(r"""\s*[)\]}>"'`]*\s*[;,:{]?\s*$""")
_WORD_END, _WORD_START = re.compile(r"\w$"), re.compile(r"\w")
_LINES_BELOW = 50


@attrs.frozen
class Gap:
    """A position and its surroundings.

    Attributes:
        before: The line up to the position.
        after: The line from there on, without its end.
        next_line: The first line below that is not blank; empty if there is none near.
    """

    position: Position
    before: str
    after: str
    next_line: str = ""

    @property
    def starts_line(self) -> bool:
        """Whether nothing but blanks stands before it."""
        return not self.before.strip()

    @property
    def inside_line(self) -> bool:
        """Whether code follows on the line: other than closing brackets and the like, which editors put there."""
        return not _NO_CODE.match(self.after)

    @property
    def inside_word(self) -> bool:
        return bool(_WORD_END.search(self.before) and _WORD_START.match(self.after))


def at(document: Document, position: Position) -> Gap:
    """The gap at `position`, which exists in `document`."""
    line = document.lines[position.line]
    content = line[: content_length(line)]
    below = document.lines[position.line + 1 : position.line + 1 + _LINES_BELOW]
    next_line = next((one[: content_length(one)] for one in below if one.strip()), "")
    return Gap(position, content[: position.column], content[position.column :], next_line)


def opens_block(text: str) -> bool:
    """Whether a block or a bracket begins at the end of `text`."""
    return bool(_OPENER.search(text)) or needs_end(text)


def needs_end(text: str) -> bool:
    """Whether a block begins at the end of `text` that is only over with a word, such as `end` or `done`."""
    return bool(_WORD_OPENER.search(text))


def indentation(line: str) -> int:
    """How far `line` is indented, in characters."""
    return len(line) - len(line.lstrip())
