"""Which lines of one text are which lines of another, at a bounded cost for texts of 50,000 lines."""

import bisect
import itertools
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence

import attrs

_CHUNK = 512
_WINDOW = 6
_MOST_COMPARISONS = 250_000


@attrs.frozen(order=True)
class Run:
    """`length` lines that are equal, from line `old` of the one text and line `new` of the other."""

    old: int
    new: int
    length: int


def runs(old: Sequence[str], new: Sequence[str]) -> list[Run]:
    """The equal lines, ascending in both texts; neighbouring runs are one.

    Lines that occur once on both sides lead (patience diff); what lies between them is compared in full where
    it is small. Where it is large and no line leads, a few lines in a row may; if none do, it counts as different.
    """
    import difflib  # not in the memory of a server that nothing was asked of

    found: list[Run] = []
    todo = [(0, len(old), 0, len(new))]
    while todo:
        old_start, old_end, new_start, new_end = todo.pop()
        a, b = old[old_start:old_end], new[new_start:new_end]
        head = _common_head(a, b)
        tail = _common_tail(a, b, head)
        found.append(Run(old_start, new_start, head))
        found.append(Run(old_end - tail, new_end - tail, tail))
        a, b = a[head : len(a) - tail], b[head : len(b) - tail]
        old_start, new_start = old_start + head, new_start + head
        large = len(a) * len(b) > _MOST_COMPARISONS
        leading = _unique_in_both(a, b)
        if large and not leading:
            leading = _unique_in_both(_windows(a), _windows(b))
        if leading:
            edges = [Run(0, 0, 0), *_in_rows(a, b, leading), Run(len(a), len(b), 0)]
            found += [Run(old_start + row.old, new_start + row.new, row.length) for row in edges]
            todo += [
                (old_start + i, old_start + after.old, new_start + j, new_start + after.new)
                for before, after in itertools.pairwise(edges)
                for i, j in [(before.old + before.length, before.new + before.length)]
                if i < after.old and j < after.new
            ]
        elif not large:
            blocks = difflib.SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
            found += [Run(old_start + i, new_start + j, length) for i, j, length in blocks]
    return list(_joined(sorted(run for run in found if run.length)))


def common_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many lines are equal at the start and at the end; where the two overlap, some count for both."""
    return _common_head(old, new), _common_tail(old, new, 0)


def mirrored(found: list[Run], old_length: int, new_length: int) -> list[Run]:
    """The runs of two reversed texts as runs of the texts themselves."""
    return [
        Run(old_length - run.old - run.length, new_length - run.new - run.length, run.length) for run in reversed(found)
    ]


def run_at(found: list[Run], line: int) -> Run | None:
    """The run that holds `line` of the old text."""
    at = bisect.bisect_right(found, line, key=lambda run: run.old) - 1
    return found[at] if at >= 0 and line < found[at].old + found[at].length else None


def _in_rows(a: Sequence[str], b: Sequence[str], leading: list[tuple[int, int]]) -> Iterator[Run]:
    """The pairs as runs, each with what is equal up to the next pair: in a large text that is nearly all."""
    start_i, start_j = end_i, end_j = leading[0]
    for i, j in leading:
        if i - end_i != j - end_j or (i > end_i and a[end_i:i] != b[end_j:j]):
            yield Run(start_i, start_j, end_i - start_i)
            start_i, start_j = i, j
        end_i, end_j = i + 1, j + 1
    yield Run(start_i, start_j, end_i - start_i)


def _joined(found: list[Run]) -> Iterator[Run]:
    current = Run(0, 0, 0)
    for run in found:
        if current.old + current.length == run.old and current.new + current.length == run.new:
            current = Run(current.old, current.new, current.length + run.length)
        else:
            if current.length:
                yield current
            current = run
    if current.length:
        yield current


def _common_head(a: Sequence[str], b: Sequence[str]) -> int:
    limit = min(len(a), len(b))
    return _count_equal(limit, lambda start, end: a[start:end] == b[start:end])


def _common_tail(a: Sequence[str], b: Sequence[str], head: int) -> int:
    limit = min(len(a), len(b)) - head
    last_a, last_b = len(a), len(b)
    return _count_equal(limit, lambda start, end: a[last_a - end : last_a - start] == b[last_b - end : last_b - start])


def _count_equal(limit: int, equal: Callable[[int, int], bool]) -> int:
    """How far the two agree, up to `limit`; whole chunks first, since comparing slices is fast."""
    count, step = 0, _CHUNK
    while step:
        while count < limit and equal(count, min(count + step, limit)):
            count = min(count + step, limit)
        step //= 2
    return count


def _windows(lines: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(lines[at : at + _WINDOW]) for at in range(len(lines))]


def _unique_in_both(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The longest ascending series of lines that occur once in `a` and once in `b`."""
    in_a, in_b = Counter(a), Counter(b)
    once = {line for line, count in in_a.items() if count == 1 and in_b.get(line) == 1}
    place = {line: j for j, line in enumerate(b) if line in once}
    pairs = [(i, place[line]) for i, line in enumerate(a) if line in once]
    if all(before[1] < after[1] for before, after in itertools.pairwise(pairs)):
        return pairs  # nothing has moved
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        rank = bisect.bisect_left(ends, j)
        before.append(last[rank - 1] if rank else -1)
        ends[rank : rank + 1] = [j]
        last[rank : rank + 1] = [index]
    series: list[tuple[int, int]] = []
    index = last[-1] if last else -1
    while index >= 0:
        series.append(pairs[index])
        index = before[index]
    return series[::-1]
