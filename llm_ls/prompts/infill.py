"""What a model is shown to fill a gap: the lines around it, the imports above them, and parts of other documents.

The shares are chosen by `python -m tests.evaluation context`: of the identifiers in 900 holes, 1,536 tokens of the
document hold 78.5 %; 512 tokens more of it add 1.5 points, but 512 of other documents 4.2. A quarter after the gap adds
1.8 points, the imports 0.3.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from llm_ls.documents import Document, Position
from llm_ls.models import InfillRequest
from llm_ls.prompts import budget
from llm_ls.prompts.neighbours import Neighbour

CONTEXT_TOKENS = 2048

_SHARE_OF_NEIGHBOURS = 0.25
_SHARE_OF_SUFFIX = 0.25
_SHARE_OF_IMPORTS = 0.125
_SHARE_OF_THE_LINE = 0.25
_LONG_LINE = 1000
_LAST_LINE_OF_IMPORTS = 200
_LONGEST_IMPORT = 40
_FIRST_LINE_AT = 32
"""What is shown begins at a multiple of this, so that a model which keeps the prompt it has read can use it longer."""

_IMPORT = re.compile(
    r"(?:import|from|use|using|require|require_relative|package|#include|#import)\b|(?:local|const|let|var)\b.*\brequire\b"
)


def infill(
    document: Document,
    position: Position,
    name: str,
    neighbours: Sequence[Neighbour] = (),
    *,
    context_tokens: int = CONTEXT_TOKENS,
    max_tokens: int,
    stop: tuple[str, ...] = (),
    temperature: float | None = None,
) -> InfillRequest:
    """Asks for what belongs at `position`.

    The document is shown in whole lines, more before the gap than after; only the gap's own line and very long ones
    are cut. Where its start is left out, its imports are shown first.

    Args:
        position: Clamped into the document.
        name: The file as the model should call it: its path in the workspace, or its name.
        neighbours: The most relevant first; as many are shown as fit.
        context_tokens: Of all that is shown.
        max_tokens: Upper bound on the answer.
        stop: Texts that end the answer.
        temperature: `None` leaves it to the provider.
    """
    room = context_tokens * budget.CHARACTERS_A_TOKEN
    others = _first_that_fit(neighbours, int(room * _SHARE_OF_NEIGHBOURS))
    room -= sum(len(other.text) for other in others)
    place = document.clamp(position)
    line, widest = document.lines[place.line], int(room * _SHARE_OF_THE_LINE)
    head, tail = line[max(0, place.column - widest) : place.column], line[place.column :]
    tail = tail if len(tail) <= widest else tail[:widest]
    above, below = _surroundings(document, place.line, room - len(head) - len(tail))
    return InfillRequest(
        prefix=above + head,
        suffix=tail + below,
        extra=tuple((other.name, other.text) for other in reversed(others)),
        name=name,
        max_tokens=max_tokens,
        stop=stop,
        temperature=temperature,
    )


def _first_that_fit(neighbours: Sequence[Neighbour], characters: int) -> list[Neighbour]:
    taken: list[Neighbour] = []
    for neighbour in neighbours:
        if len(neighbour.text) <= characters:
            characters -= len(neighbour.text)
            taken.append(neighbour)
    return taken


def _surroundings(document: Document, line: int, characters: int) -> tuple[str, str]:
    """What is shown above and below `line`: what one side leaves is the other's."""
    lines = document.lines
    downwards = range(line + 1, len(lines))
    below = "".join(_nearest((lines[number] for number in downwards), int(characters * _SHARE_OF_SUFFIX), after=True))
    above = _nearest((lines[number] for number in range(line - 1, -1, -1)), characters - len(below), after=False)
    if len(above) == line:
        used = sum(map(len, above))
        below = "".join(_nearest((lines[number] for number in downwards), characters - used, after=True))
        return "".join(reversed(above)), below
    imports = _imports(lines[: min(line - len(above), _LAST_LINE_OF_IMPORTS)], int(characters * _SHARE_OF_IMPORTS))
    spare = characters - len(below) - len(imports) - sum(map(len, above))
    while spare < 0:
        spare += len(above.pop())
    excess = (len(above) - line) % _FIRST_LINE_AT
    if excess <= len(above) // 4:
        del above[len(above) - excess :]
    return imports + "".join(reversed(above)), below


def _nearest(lines: Iterable[str], characters: int, *, after: bool) -> list[str]:
    """As many whole `lines`, the nearest first, as fit; a very long one that does not is cut."""
    taken: list[str] = []
    for line in lines:
        if len(line) > characters:
            if len(line) > _LONG_LINE and characters > 0:
                taken.append(line[:characters] if after else line[-characters:])
            break
        characters -= len(line)
        taken.append(line)
    return taken


def _imports(lines: Sequence[str], characters: int) -> str:
    """As many of the imports in `lines` as fit."""
    taken = ""
    for statement in _import_statements(lines):
        if len(taken) + len(statement) <= characters:
            taken += statement
    return taken


def _import_statements(lines: Sequence[str]) -> Iterator[str]:
    """Each statement with its lines, over which brackets may stretch it."""
    number = 0
    while number < len(lines):
        statement = lines[number] if _IMPORT.match(lines[number]) else ""
        number += 1
        if not statement:
            continue
        while _open_brackets(statement) and number < len(lines) and statement.count("\n") < _LONGEST_IMPORT:
            statement += lines[number]
            number += 1
        yield statement


def _open_brackets(text: str) -> bool:
    return sum(text.count(mark) for mark in "({[") > sum(text.count(mark) for mark in ")}]")
