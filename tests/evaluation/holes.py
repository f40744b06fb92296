"""Holes cut into source files: what stood there is what a model should write. The same seed cuts the same holes."""

import itertools
import random
import re
from collections.abc import Iterator, Sequence
from typing import Literal, get_args

import attrs

from llm_ls.documents import Document, Position, content_length, split_lines
from tests.evaluation.corpus import Source

Kind = Literal["rest", "line", "block"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_SHORTEST = 8
_BLOCK_LINES = range(2, 11)
_REMARK = re.compile(r"""\s*(?:#|//|--|\*|/\*|import\b|from\b|"{3}|'{3}|.*\bfrom\s+["'])""")
_CODE = re.compile(r"[=.(\[{:]")
_TOKEN_START = re.compile(r"(?<=[\s(\[{=,.:])(?=\S)|(?<=\w)(?=[(\[=.])")


@attrs.frozen
class Hole:
    """A gap in a file.

    Attributes:
        kind: The rest of a line, all of it behind its indentation, or a block of lines.
        start: Where the gap begins, as an offset in the file's text.
        end: Where it ended before it was cut.
    """

    source: Source
    kind: Kind
    start: int
    end: int

    @property
    def missing(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def before(self) -> str:
        return self.source.text[: self.start]

    @property
    def after(self) -> str:
        return self.source.text[self.end :]

    @property
    def document(self) -> Document:
        """The file with the gap."""
        text = self.before + self.after
        return Document(self.source.uri, self.source.language, 1, tuple(split_lines(text)))

    @property
    def position(self) -> Position:
        above = split_lines(self.before)
        return Position(len(above) - 1, len(above[-1]))


def cut(sources: Sequence[Source], count: int, seed: int, kinds: Sequence[Kind] = KINDS) -> list[Hole]:
    """`count` holes, the kinds in turn; fewer if the sources have too few places."""
    chance = random.Random(seed)
    found: list[Hole] = []
    for number in range(count * 20):
        if len(found) == count:
            break
        kind = kinds[number % len(kinds)]
        source = chance.choice(sources)
        holes = list(_places(source, kind))
        if holes:
            found.append(chance.choice(holes))
    return found


def _places(source: Source, kind: Kind) -> Iterator[Hole]:
    lines = source.document.lines
    starts = list(itertools.accumulate(map(len, lines), initial=0))
    for number, line in enumerate(lines):
        indentation, length = len(line) - len(line.lstrip()), content_length(line)
        if not _worth_asking(line):
            continue
        if kind == "line":
            yield Hole(source, kind, starts[number] + indentation, starts[number] + length)
        elif kind == "rest":
            for place in _TOKEN_START.finditer(line, indentation + 1, length):
                if length - place.start() >= _SHORTEST:
                    yield Hole(source, kind, starts[number] + place.start(), starts[number] + length)
        elif number and (end := _block_end(lines, number)) is not None:
            yield Hole(source, kind, starts[number] + indentation, starts[end] + content_length(lines[end]))


def _worth_asking(line: str) -> bool:
    return len(line.strip()) >= _SHORTEST and not _REMARK.match(line) and _CODE.search(line) is not None


def _block_end(lines: Sequence[str], first: int) -> int | None:
    """The last line of the block that begins at `first`, if one does and is neither short nor long."""
    depth = _depth(lines[first])
    if not lines[first - 1].strip() or _depth(lines[first - 1]) >= depth:
        return None
    last = first
    for number in range(first + 1, min(len(lines), first + _BLOCK_LINES.stop + 1)):
        if lines[number].strip():
            if _depth(lines[number]) < depth:
                break
            last = number
    return last if last - first + 1 in _BLOCK_LINES else None


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
