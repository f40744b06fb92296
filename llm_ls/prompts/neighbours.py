"""Which parts of other documents help most to fill a gap: those that have rare identifiers in common with it.

Of the identifiers that a hole needs and its own document does not show, 512 tokens of these hold 19 %, as many tokens
of the starts of open files 3 %; those of imports, outlines, definitions, or files of the same language alone no more.
"""

import heapq
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

import attrs

from llm_ls.documents import Document, Position
from llm_ls.prompts import budget

TOKENS = 512

_STEP = 10
_STEPS_A_WINDOW = 2
_LINES_BEFORE, _LINES_AFTER = 10, 5
_LINES_MOVED = 5
_SHARE_OF_CHANGES = 0.75
_MOST_DOCUMENTS = 20
_MOST_WINDOWS = 300
_MOST_NEW_WINDOWS = 100
_MOST_CANDIDATES = 50

_IDENTIFIER = re.compile(r"[^\W\d]\w{2,}")


@attrs.frozen
class Neighbour:
    """Part of another document, or a change made lately.

    Attributes:
        name: The file as the model should call it: its path in the workspace, or its name.
    """

    name: str
    text: str


class Neighbourhood:
    """The open documents, each looked through once a version.

    What is chosen stays while the cursor is within a few lines and nothing else changes: that costs nothing, and a
    model that keeps the prompt it has read, as llama.cpp does, need not read it again.
    """

    def __init__(self) -> None:
        self._indexed: dict[str, _Indexed] = {}
        self._last: _Choice | None = None

    def nearest(
        self,
        document: Document,
        position: Position,
        others: Sequence[tuple[str, Document]],
        changes: Sequence[Neighbour] = (),
        *,
        tokens: int = TOKENS,
    ) -> tuple[Neighbour, ...]:
        """What helps most at `position`, the most relevant first.

        Args:
            document: Where the gap is.
            position: The gap.
            others: Other open documents, named as the model should call them; the last looked at first.
            changes: Made lately in other documents; they come before the other parts of documents.
            tokens: Of all that is chosen.
        """
        others = others[:_MOST_DOCUMENTS]
        given = (document.uri, tuple(other for _, other in others), tuple(changes), tokens)
        last = self._last
        if last is not None and last.given == given and abs(last.line - position.line) <= _LINES_MOVED:
            return last.chosen
        around = document.lines[max(0, position.line - _LINES_BEFORE) : position.line + _LINES_AFTER + 1]
        complete = self._index(others)
        indexed = [self._indexed[other.uri] for _, other in others if other.uri in self._indexed]
        chosen = _chosen(_identifiers(around), indexed, changes, tokens * budget.CHARACTERS_A_TOKEN)
        self._last = _Choice(given, position.line, chosen) if complete else None
        return chosen

    def _index(self, others: Sequence[tuple[str, Document]]) -> bool:
        """Look through what has changed, but not too much at once; whether all is done."""
        known = self._indexed
        self._indexed = {other.uri: known[other.uri] for _, other in others if other.uri in known}
        room = _MOST_NEW_WINDOWS
        for name, other in others:
            before = known.get(other.uri)
            if before is not None and before.document is other:
                continue
            if room <= 0:
                return False
            self._indexed[other.uri] = _Indexed.of(name, other)
            room -= len(self._indexed[other.uri].sizes)
        return True


_Given = tuple[str, tuple[Document, ...], tuple[Neighbour, ...], int]


@attrs.frozen(eq=False)
class _Choice:
    given: _Given
    line: int
    chosen: tuple[Neighbour, ...]


@attrs.frozen(eq=False)
class _Indexed:
    """A document in windows that overlap.

    Attributes:
        windows: The numbers of those that have an identifier.
        sizes: How many different identifiers each window has.
    """

    name: str
    document: Document
    windows: dict[str, list[int]]
    sizes: list[int]

    @classmethod
    def of(cls, name: str, document: Document) -> "_Indexed":
        lines = document.lines[: _MOST_WINDOWS * _STEP]
        steps = [_identifiers(lines[start : start + _STEP]) for start in range(0, len(lines), _STEP)]
        windows: dict[str, list[int]] = {}
        sizes: list[int] = []
        for number in range(max(1, len(steps) - _STEPS_A_WINDOW + 1)):
            identifiers = set[str]().union(*steps[number : number + _STEPS_A_WINDOW])
            sizes.append(len(identifiers))
            for identifier in identifiers:
                if identifier in windows:
                    windows[identifier].append(number)
                else:
                    windows[identifier] = [number]
        return cls(name, document, windows, sizes)

    def neighbour(self, window: int) -> Neighbour:
        first = window * _STEP
        return Neighbour(self.name, "".join(self.document.lines[first : first + _STEP * _STEPS_A_WINDOW]))


def _identifiers(lines: Iterable[str]) -> set[str]:
    return set(_IDENTIFIER.findall("".join(lines)))


def _chosen(
    wanted: Collection[str], indexed: Sequence[_Indexed], changes: Sequence[Neighbour], characters: int
) -> tuple[Neighbour, ...]:
    weights = _weights(wanted, indexed)
    chosen: list[Neighbour] = []
    room = int(characters * _SHARE_OF_CHANGES)
    for change in _similar_changes(weights, changes):
        if len(change.text) <= room:
            room -= len(change.text)
            chosen.append(change)
    room = characters - sum(len(change.text) for change in chosen)
    taken: set[tuple[str, int]] = set()
    for place, number in _similar_windows(weights, indexed):
        beside = {(place.name, number + step) for step in range(1 - _STEPS_A_WINDOW, _STEPS_A_WINDOW)}
        neighbour = place.neighbour(number)
        if not beside & taken and len(neighbour.text) <= room:
            room -= len(neighbour.text)
            taken.add((place.name, number))
            chosen.append(neighbour)
    return tuple(chosen)


def _weights(wanted: Collection[str], indexed: Sequence[_Indexed]) -> dict[str, float]:
    """How much each identifier says: the rarer the more, and nothing if it is in a quarter of the windows."""
    total = sum(len(each.sizes) for each in indexed)
    found = {word: sum(len(each.windows.get(word, ())) for each in indexed) for word in wanted}
    often = max(_STEPS_A_WINDOW, total // 4)
    return {word: math.log((total + 2) / (count + 1)) for word, count in found.items() if count <= often}


def _similar_changes(weights: Mapping[str, float], changes: Sequence[Neighbour]) -> list[Neighbour]:
    """Those that have something in common with the gap, the most similar first."""
    scored: list[tuple[float, Neighbour]] = []
    for change in changes:
        found = _identifiers((change.text,))
        score = sum(weights[word] for word in found if word in weights) / _length_counts(len(found))
        if score > 0:
            scored.append((score, change))
    scored.sort(key=lambda each: -each[0])
    return [change for _, change in scored]


def _similar_windows(weights: Mapping[str, float], indexed: Sequence[_Indexed]) -> list[tuple[_Indexed, int]]:
    """The windows that are most like the gap, the most similar first."""
    scored: list[tuple[float, int, int]] = []
    for place, each in enumerate(indexed):
        scores = dict[int, float]()
        for word, weight in weights.items():
            for number in each.windows.get(word, ()):
                scores[number] = scores.get(number, 0.0) + weight
        scored += ((score / _length_counts(each.sizes[number]), -place, -number) for number, score in scores.items())
    return [(indexed[-place], -number) for _, place, number in heapq.nlargest(_MOST_CANDIDATES, scored)]


def _length_counts(identifiers: int) -> float:
    return math.sqrt(8 + identifiers)
