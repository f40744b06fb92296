"""Where a suggestion ends: read as it streams, it is cut as soon as it is complete, and fitted to what follows it.

What goes on with a line is the rest of that line; if it opens a block or a bracket, all of that. On a blank line it
is what stands there together, up to a blank line or the end of the block. What the document has already is not said
again.
"""

import re
from typing import Literal

from llm_ls.features import gaps
from llm_ls.features.gaps import Gap

MAX_LINES = 16

_OPEN, _CLOSE = "([{", ")]}"
_ONLY_CLOSERS = re.compile(r"\s*[)\]}]+[;,)\]}]*\s*$")
_GOES_ON = re.compile(r"\s*(?:else|elif|elseif|except|finally|catch|end|until|fi|done|esac)\b")
_LOOP = re.compile(r"(.{6,}?)\1{3,}$", re.DOTALL)
_LOOKED_AT = 400

Verdict = Literal["goes on", "ends before", "ends after"]


class Cutter:
    """Takes an answer piece by piece.

    Attributes:
        complete: Whether more of the answer would change nothing.
    """

    def __init__(self, gap: Gap) -> None:
        self.complete = False
        self._gap = gap
        self._heard = ""
        self._kept: list[str] = []

    def feed(self, piece: str) -> bool:
        """Take the next piece; whether the suggestion is complete."""
        self._heard += piece
        if "\n" in piece or "\r" in piece:
            self._cut(self._lines()[:-1])
        if not self.complete and (loop := _LOOP.search(self._heard[-_LOOKED_AT:])):
            self._heard = self._heard[: len(self._heard) - len(loop[0]) + len(loop[1])]
            self._kept, self.complete = self._lines(), True
        return self.complete

    def finish(self, *, cut_off: bool = False) -> str:
        r"""The suggestion, once there is no more; its lines end in `\n`.

        Args:
            cut_off: Whether the answer has come to its limit: a last line that may be half is then left out.
        """
        if not self.complete:
            lines = self._lines()
            self._cut(lines[:-1] if cut_off and len(lines) > 1 else lines)
        text = "\n".join(self._kept).rstrip()
        if self._gap.starts_line and self._gap.before:
            text = text.removeprefix(self._gap.before)  # a chat model indents the line once more
        return text

    def _lines(self) -> list[str]:
        return self._heard.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def _cut(self, lines: list[str]) -> None:
        """Keep of whole `lines`, the first of which goes on with the gap's, those that belong to the suggestion."""
        self._kept = lines
        for index in range(len(lines)):
            verdict = self._verdict(lines, index)
            if verdict != "goes on":
                self._kept, self.complete = lines[: index + (verdict == "ends after")], True
                return

    def _verdict(self, lines: list[str], index: int) -> Verdict:
        line, gap = lines[index], self._gap
        said = lines[:index]
        if gap.inside_line:
            return "ends after"
        if self._is_there_already(line, index) or index >= MAX_LINES:
            return "ends before"
        if not any(map(str.strip, said)):
            return self._of_first(line, index)
        if not line.strip():
            return "goes on" if self._is_open(said) else "ends before"
        depth, base = gaps.indentation(line), self._base
        closes = depth == base and bool(_ONLY_CLOSERS.match(line)) and _balance(gap.before + "\n".join(said)) > 0
        in_block = depth >= base if gap.starts_line else depth > base or (bool(_GOES_ON.match(line)) and depth == base)
        if not (in_block or closes) or said[-2:] == [line, line]:
            return "ends before"
        is_whole = closes and not gap.starts_line and _balance(gap.before + "\n".join(lines[: index + 1])) <= 0
        return "ends after" if is_whole else "goes on"

    def _of_first(self, line: str, index: int) -> Verdict:
        """What is to be said of the first line that is not blank, and of blank ones above it."""
        gap = self._gap
        if gap.starts_line or not line.strip() or gaps.opens_block(gap.before if index else gap.before + line):
            return "goes on"
        return "ends after"

    def _is_open(self, said: list[str]) -> bool:
        """Whether what has been said so far cannot be all, so that a blank line is one within it."""
        text = self._gap.before + "\n".join(said)
        waits_for_end = not self._gap.starts_line and gaps.needs_end(text.partition("\n")[0])
        return waits_for_end or gaps.opens_block(text) or _balance(text) > 0

    @property
    def _base(self) -> int:
        return len(self._gap.before) if self._gap.starts_line else gaps.indentation(self._gap.before)

    def _is_there_already(self, line: str, index: int) -> bool:
        whole = line if index else self._gap.before + line
        if not line.strip() or whole.rstrip() != self._gap.next_line.rstrip():
            return False
        return index > 0 or self._gap.starts_line


def fitted(text: str, gap: Gap) -> tuple[str, int]:
    """`text` without what the line has already after the gap, and how many characters of the line it replaces.

    It replaces the rest of the line if that is closing brackets which the text has in its middle, as in `if (|)`
    and `ready) {`.
    """
    rest = gap.after.rstrip()
    if not rest.strip():
        return text, 0
    for ending in (rest, rest.lstrip()):
        if text.endswith(ending):
            return text[: -len(ending)], 0
    for length in range(min(len(text), len(rest)), 0, -1):
        shared = rest[:length]
        if text.endswith(shared) and (length > 2 or not shared.isalnum()):
            return text[:-length], 0
    if not gap.inside_line and (_lowest_balance(text) < 0 or rest.lstrip()[0] in text):
        return text, len(gap.after)
    return text, 0


def _balance(text: str) -> int:
    """How many brackets are open at the end of `text`; those within strings count too, which errs to the longer."""
    return sum((character in _OPEN) - (character in _CLOSE) for character in text)


def _lowest_balance(text: str) -> int:
    lowest = depth = 0
    for character in text:
        depth += (character in _OPEN) - (character in _CLOSE)
        lowest = min(lowest, depth)
    return lowest
