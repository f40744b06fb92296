"""Edits as hunks of lines: found, moved with the text around them, shown, applied; and never forced."""

import itertools
from collections.abc import Iterable, Sequence

import attrs

from llm_ls import errors
from llm_ls.documents import Document, Position, Replacement, Span, split_lines
from llm_ls.features import alignment

_CONTEXT = 3


@attrs.frozen
class Hunk:
    """Lines that become other lines.

    Attributes:
        id: Unique within one edit, and kept when the hunk moves.
        start: The first line it replaces, from 0; for a pure insertion, the line it goes before.
        before: The lines replaced, with their ends; empty for an insertion.
        after: The lines that take their place; empty for a deletion.
    """

    id: str
    start: int
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def end(self) -> int:
        """The line after the last one it replaces."""
        return self.start + len(self.before)

    @property
    def removed(self) -> int:
        """How many lines go; one that stays between two that change is none."""
        return len(_shown(self.before)) - self._staying

    @property
    def added(self) -> int:
        """How many lines come, likewise."""
        return len(_shown(self.after)) - self._staying

    @property
    def _staying(self) -> int:
        old, new = _shown(self.before), _shown(self.after)
        return 0 if frozenset(old).isdisjoint(new) else sum(run.length for run in alignment.runs(old, new))

    def covers(self, line: int) -> bool:
        """Whether a cursor on `line` is at this hunk."""
        return self.start <= line < max(self.end, self.start + 1)


def diff(before: Document, after: str) -> tuple[Hunk, ...]:
    """What makes `after` of `before`, as few lines as possible, ascending."""
    old, new = before.lines, tuple(split_lines(after))
    spans: list[tuple[int, int, int, int]] = []
    old_at = new_at = 0
    for run in (*alignment.runs(old, new), alignment.Run(len(old), len(new), 0)):
        if run.old > old_at or run.new > new_at:
            spans.append((old_at, run.old, new_at, run.new))
        old_at, new_at = run.old + run.length, run.new + run.length
    return tuple(
        Hunk(str(number), i, old[i:i_end], new[j:j_end])
        for number, (i, i_end, j, j_end) in enumerate(_without_splinters(spans, old), start=1)
    )


def _without_splinters(spans: list[tuple[int, int, int, int]], old: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """A rewritten passage stays one hunk, though a blank line in it happens to be the same; two stand between parts."""
    joined: list[tuple[int, int, int, int]] = []
    for i, i_end, j, j_end in spans:
        if joined:
            last_i, last_i_end, last_j, last_j_end = joined[-1]
            rewritten = last_i < last_i_end and last_j < last_j_end and i < i_end and j < j_end
            if rewritten and i - last_i_end == 1 and not old[last_i_end].strip():
                joined[-1] = (last_i, i_end, last_j, j_end)
                continue
        joined.append((i, i_end, j, j_end))
    return joined


def replacement(hunk: Hunk) -> Replacement:
    """The hunk trimmed to the characters that change, so that cursors and marks around them survive."""
    old, new = "".join(hunk.before), "".join(hunk.after)
    limit = min(len(old), len(new))
    head = next((at for at in range(limit) if old[at] != new[at]), limit)
    while head and (_splits_line_end(old, head) or _splits_line_end(new, head)):
        head -= 1
    limit -= head
    tail = next((at for at in range(limit) if old[-1 - at] != new[-1 - at]), limit)
    while tail and (_splits_line_end(old, len(old) - tail) or _splits_line_end(new, len(new) - tail)):
        tail -= 1
    start, end = _position(hunk, head), _position(hunk, len(old) - tail)
    return Replacement(Span(start, end), new[head : len(new) - tail])


def _splits_line_end(text: str, at: int) -> bool:
    return text[at - 1 : at + 1] == "\r\n"


def _position(hunk: Hunk, offset: int) -> Position:
    for number, line in enumerate(hunk.before):
        ended = line.endswith(("\r", "\n"))
        if offset < len(line) or (offset == len(line) and not ended):
            return Position(hunk.start + number, offset)
        offset -= len(line)
    return Position(hunk.end, 0)


def apply(document: Document, hunks: Iterable[Hunk]) -> str:
    """The text of `document` after `hunks`.

    Raises:
        StaleDocument: A hunk was not made for these lines.
    """
    return "".join(lines_after(document, hunks))


def lines_after(document: Document, hunks: Iterable[Hunk]) -> tuple[str, ...]:
    """The lines of `document` after `hunks`.

    Raises:
        StaleDocument: A hunk was not made for these lines.
    """
    parts: list[str] = []
    at = 0
    for hunk in sorted(hunks, key=lambda hunk: (hunk.start, hunk.end)):
        if hunk.start < at or document.lines[hunk.start : hunk.end] != hunk.before:
            raise errors.StaleDocument("the text is no longer what the edit was made for", hint="ask again")
        parts += (*document.lines[at : hunk.start], *hunk.after)
        at = hunk.end
    return (*parts, *document.lines[at:])


def reanchor(hunks: tuple[Hunk, ...], base: Document, now: Document) -> tuple[tuple[Hunk, ...], tuple[Hunk, ...]]:
    """The hunks made for `base` that still fit `now`, at their place there, and the others as they were.

    A hunk fits if the user left its lines alone, or for an insertion the two lines around it. Where the same
    lines occur twice, so that nobody can tell which of them were kept, it does not.
    """
    if base.lines is now.lines or base.lines == now.lines:
        return hunks, ()
    places = _evident_places(hunks, base.lines, now.lines)
    unclear = [hunk for hunk in hunks if hunk.id not in places]
    if unclear:
        places |= _aligned_places(unclear, base.lines, now.lines)
    fitting: list[Hunk] = []
    stale: list[Hunk] = []
    for hunk in hunks:
        start = places[hunk.id]
        if start is None:
            stale.append(hunk)
        else:
            fitting.append(attrs.evolve(hunk, start=start))
    return tuple(fitting), tuple(stale)


def all_fit(hunks: tuple[Hunk, ...], base: Document, now: Document) -> bool:
    """Whether `reanchor` finds a place for each of the hunks; sooner where it does not."""
    if base.lines is now.lines or base.lines == now.lines:
        return True
    places = _evident_places(hunks, base.lines, now.lines)
    if None in places.values():
        return False
    unclear = [hunk for hunk in hunks if hunk.id not in places]
    return not unclear or None not in _aligned_places(unclear, base.lines, now.lines).values()


def _evident_places(hunks: Iterable[Hunk], old: tuple[str, ...], new: tuple[str, ...]) -> dict[str, int | None]:
    """The places, by hunk id, that can be told without an alignment, which takes long; `None` is stale.

    The lines before the first change stay, and those after the last. A hunk across either border is torn, and one
    between them is stale if a line of it, or for an insertion the two neighbours, are not there any more.
    """
    head, tail = alignment.common_ends(old, new)
    if head + tail > min(len(old), len(new)):
        return {}
    old_end, new_end = len(old) - tail, len(new) - tail
    places: dict[str, int | None] = {}
    between: list[Hunk] = []
    for hunk in hunks:
        first, last = (hunk.start, hunk.end - 1) if hunk.before else (hunk.start - 1, hunk.start)
        if last < head:
            places[hunk.id] = hunk.start
        elif first >= old_end:
            places[hunk.id] = hunk.start + new_end - old_end
        elif 0 <= first < head or 0 <= first < old_end <= last:
            places[hunk.id] = None
        elif first >= 0:
            between.append(hunk)
    middle = new[head:new_end]
    lines = frozenset(middle) if any(hunk.before for hunk in between) else frozenset[str]()
    pairs = frozenset(itertools.pairwise(middle)) if not all(hunk.before for hunk in between) else frozenset[object]()
    for hunk in between:
        if not (lines.issuperset(hunk.before) if hunk.before else old[hunk.start - 1 : hunk.start + 1] in pairs):
            places[hunk.id] = None
    return places


def _aligned_places(hunks: Iterable[Hunk], old: tuple[str, ...], new: tuple[str, ...]) -> dict[str, int | None]:
    """Where both directions agree that the hunks have come to lie, by hunk id; `None` where they do not."""
    forward = alignment.runs(old, new)
    backward = alignment.mirrored(alignment.runs(old[::-1], new[::-1]), len(old), len(new))
    places: dict[str, int | None] = {}
    for hunk in hunks:
        start = _place_of(hunk, forward)
        places[hunk.id] = start if start == _place_of(hunk, backward) else None
    return places


def _place_of(hunk: Hunk, found: list[alignment.Run]) -> int | None:
    """Where the lines of `hunk`, or for an insertion the two lines around it, have come to lie together."""
    if hunk.before:
        first, last = hunk.start, hunk.end - 1
    else:
        first, last = max(hunk.start - 1, 0), hunk.start
    run = alignment.run_at(found, first)
    if run is None or last >= run.old + run.length or (hunk.start == 0 and not hunk.before and run.new > 0):
        return None
    return run.new + hunk.start - run.old


def inverse(hunks: Iterable[Hunk]) -> tuple[Hunk, ...]:
    """What takes `hunks` back, for the text after all of them."""
    undone: list[Hunk] = []
    shift = 0
    for hunk in hunks:
        undone.append(Hunk(hunk.id, hunk.start + shift, hunk.after, hunk.before))
        shift += len(hunk.after) - len(hunk.before)
    return tuple(undone)


def shifted(rest: Iterable[Hunk], applied: Iterable[Hunk]) -> tuple[Hunk, ...]:
    """`rest` as they stand after `applied`, which were made for the same text."""
    landed = tuple(applied)
    return tuple(
        attrs.evolve(
            hunk,
            start=hunk.start
            + sum(len(other.after) - len(other.before) for other in landed if other.start < hunk.start),
        )
        for hunk in rest
    )


def unified(document: Document, hunks: tuple[Hunk, ...], old: str, new: str) -> str:
    """A unified diff of `old` to `new`, with three lines of context; line ends are shown as LF."""
    out = [f"--- {old}\n", f"+++ {new}\n"]
    shift = 0
    for group in _groups(hunks):
        first = max(0, group[0].start - _CONTEXT)
        body: list[str] = []
        at = first
        for hunk in group:
            body += [" " + line for line in document.lines[at : hunk.start]]
            body += ["-" + line for line in _shown(hunk.before)]
            body += ["+" + line for line in _shown(hunk.after)]
            at = hunk.end
        body += [" " + line for line in _shown(document.lines[at : at + _CONTEXT])]
        removed = sum(not line.startswith("+") for line in body)
        added = sum(not line.startswith("-") for line in body)
        out.append(f"@@ -{_range(first, removed)} +{_range(first + shift, added)} @@\n")
        out += [_ended(line) for line in body]
        shift += added - removed
    return "".join(out) if hunks else ""


def _groups(hunks: tuple[Hunk, ...]) -> list[list[Hunk]]:
    groups: list[list[Hunk]] = []
    for hunk in hunks:
        if groups and hunk.start - groups[-1][-1].end <= 2 * _CONTEXT:
            groups[-1].append(hunk)
        else:
            groups.append([hunk])
    return groups


def _range(start: int, count: int) -> str:
    return f"{start + (count > 0)},{count}"


def _shown(lines: Sequence[str]) -> Sequence[str]:
    """Without the empty last line that stands for a final line end."""
    return lines[:-1] if lines and not lines[-1] else lines


def _ended(line: str) -> str:
    content = line.rstrip("\r\n")
    return content + ("\n" if content != line else "\n\\ No newline at end of file\n")
