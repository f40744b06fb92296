"""Where in a document the next edit may be: at the cursor, at problems, and where the words of recent changes stand."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import attrs

from llm_ls.documents import Document

MOST_PLACES = 5

_LINES_AT_THE_CURSOR = 8
_LINES_ELSEWHERE = 3
_LINES_LOOKED_THROUGH = 2_000
_LINES_OF_IMPORTS = 100
_LONGEST_PLACE = 24
_CHARACTERS_OF_A_PLACE = 4_000
_LONGEST_LINE = 1_000

_GONE, _COME, _STAYED, _PROBLEM = 3.0, 2.0, 1.0, 4.0
_DECAY = 0.6
_LEAST = 0.5

_IMPORT = re.compile(r"(?:import|from|use|using|require|#include|package)\b|(?:local|const|let|var)\b.*\brequire\b")
_WORD = re.compile(r"[^\W\d][\w$]{2,}")
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """
    and any are assert async await bool break case cast catch class const continue def default del dict do elif
    else end enum except export extends false final finally float fn for from func function get global goto if
    impl import in int interface is lambda let list local match mut new nil none not null number object of or
    override package pass private protected pub public raise require return self set static str string struct
    super switch test the then this throw true try tuple type typeof undefined union use using val var void
    where while with yield
        """,
    )
)
"""Words that say nothing of what is named."""


@attrs.frozen
class Change:
    """Something that was changed lately.

    Attributes:
        name: The file as the model should call it.
        start: The line, from 0, where `after` begins now.
        before: The lines as they were.
        after: The lines as they are.
        here: Whether it is in the document that is asked about.
        ours: Whether a model made it, and the programmer wanted it.
    """

    name: str
    start: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    here: bool = True
    ours: bool = False


@attrs.frozen
class Place:
    """Whole lines of a document that may be rewritten.

    Attributes:
        number: From 1, in the order of the document.
        start: The first line, from 0.
        end: The line after the last.
    """

    number: int
    start: int
    end: int


def places(
    document: Document, cursor: int, changes: Sequence[Change], problem_lines: Iterable[int]
) -> tuple[Place, ...]:
    """In the order of the document, none overlapping; empty where the cursor is in text that is no code.

    Args:
        cursor: The line, from 0.
        changes: The newest first.
        problem_lines: Where something was reported.
    """
    windows = [_window(document, cursor, _LINES_AT_THE_CURSOR)]
    likely = [*_likely_lines(document, cursor, changes, frozenset(problem_lines))]
    for line in likely:
        if len(windows) < MOST_PLACES and not any(line in window for window in windows):
            windows.append(_window(document, line, _LINES_ELSEWHERE))
    if len(windows) < MOST_PLACES and _has_new_name(document, changes):
        windows.append(_imports(document))
    below = windows[0].stop
    for line in (below + _LINES_AT_THE_CURSOR, below + 3 * _LINES_AT_THE_CURSOR):
        if len(windows) < MOST_PLACES and line < len(document.lines) + _LINES_AT_THE_CURSOR:
            windows.append(_window(document, line, _LINES_AT_THE_CURSOR))
    return tuple(Place(number, one.start, one.stop) for number, one in enumerate(_apart(windows), 1))


def _apart(windows: Iterable[range]) -> list[range]:
    """In the order of the text, none in another: what overlaps is one, or if that is long, the later gives way."""
    apart: list[range] = []
    for window in sorted((window for window in windows if window), key=lambda window: window.start):
        last = apart[-1] if apart else range(0)
        if last and window.start <= last.stop and window.stop - last.start <= _LONGEST_PLACE:
            apart[-1] = range(last.start, max(last.stop, window.stop))
        elif window.stop > last.stop:
            apart.append(range(max(window.start, last.stop), window.stop))
    return apart


def _has_new_name(document: Document, changes: Sequence[Change]) -> bool:
    """Whether the last change here brings a word that nothing else in the document has."""
    newest = next((change for change in changes if change.here), None)
    if newest is None:
        return False
    end = newest.start + len(newest.after)
    above = document.lines[max(0, newest.start - _LINES_LOOKED_THROUGH) : newest.start]
    rest = (*above, *document.lines[end : end + _LINES_LOOKED_THROUGH], *newest.before)
    return any(not any(word in line for line in rest) for word in _words(newest.after))


def _imports(document: Document) -> range:
    """The lines at the top of the document that import something, as many as are shown of a place."""
    found = [number for number, line in enumerate(document.lines[:_LINES_OF_IMPORTS]) if _IMPORT.match(line)]
    return range(found[0], min(found[-1] + 1, found[0] + _LONGEST_PLACE)) if found else range(0)


def _window(document: Document, line: int, around: int) -> range:
    """The lines around `line`, as many on each side as may be; none if `line` itself is too long to show."""
    lines = document.lines
    last = len(lines) - (not lines[-1])  # what follows the last line end is no line to rewrite
    line = min(line, max(last - 1, 0))
    if len(lines[line]) > _LONGEST_LINE:
        return range(0)
    start, end = line, min(line + 1, last)
    left = _CHARACTERS_OF_A_PLACE - len(lines[line])
    for step in range(1, around + 1):
        for number in (line - step, line + step):
            is_next = number in (start - 1, end)
            if is_next and 0 <= number < last and len(lines[number]) <= min(left, _LONGEST_LINE):
                left -= len(lines[number])
                start, end = min(start, number), max(end, number + 1)
    return range(start, end)


def _likely_lines(
    document: Document, cursor: int, changes: Sequence[Change], problem_lines: frozenset[int]
) -> Iterator[int]:
    """The likeliest first; of equals, those below the cursor, as one goes through a text."""
    weights = _weights(changes)
    changed = {
        line for change in changes if change.here for line in range(change.start, change.start + len(change.after))
    }
    first = max(0, cursor - _LINES_LOOKED_THROUGH)
    found: dict[int, set[str]] = {}
    for number, line in enumerate(document.lines[first : cursor + _LINES_LOOKED_THROUGH], first):
        if number not in changed and len(line) <= _LONGEST_LINE and (words := weights.keys() & _WORD.findall(line)):
            found[number] = words
    lines_with = Counter(word for words in found.values() for word in words)
    scores: dict[int, float] = {
        number: sum(weights[word] / lines_with[word] ** 0.5 for word in words) for number, words in found.items()
    }
    for number in problem_lines:
        scores[number] = scores.get(number, 0.0) + _PROBLEM
    likely = [number for number, score in scores.items() if score >= _LEAST and number < len(document.lines)]
    yield from sorted(likely, key=lambda number: (-scores[number], number < cursor, abs(number - cursor)))


def _weights(changes: Sequence[Change]) -> dict[str, float]:
    """How much each word of the changes says: one that is gone most, since it may stand elsewhere still."""
    weights: dict[str, float] = {}
    for age, change in enumerate(changes):
        old, new = _words(change.before), _words(change.after)
        for word in old | new:
            kind = _GONE if word not in new else _COME if word not in old else _STAYED
            weights[word] = max(weights.get(word, 0.0), kind * _DECAY**age)
    return weights


def _words(lines: Iterable[str]) -> set[str]:
    return {word for line in lines for word in _WORD.findall(line) if word.lower() not in _COMMON}
