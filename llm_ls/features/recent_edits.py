"""What changed lately in the open documents: lines before and after, where they are now; the newest first.

Changes that touch or adjoin are one edit, so typing in one place is one edit, and what is undone is none.
"""

import itertools
from collections.abc import Iterator, Sequence

import attrs

from llm_ls.features import alignment

MOST_EDITS = 12
"""Of one document; older ones are forgotten."""

MOST_LINES = 60
MOST_CHARACTERS = 6_000
"""Of one edit, before and after together: a larger one, such as a file that was formatted, says little."""


@attrs.frozen(eq=False, repr=False)
class RecentEdit:
    """Lines that became other lines.

    Attributes:
        start: The line, from 0, at which `after` begins in the text as it is now.
        before: The lines as they were, with their ends; empty where lines were added.
        after: The lines as they are now; empty where lines were deleted.
        number: Grows with every change, over all documents.
        ours: Whether the user let llm-ls make it, and has not touched it since.
    """

    uri: str
    start: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    number: int
    ours: bool = False

    @property
    def end(self) -> int:
        """The line after the last one of `after`."""
        return self.start + len(self.after)


class RecentEdits:
    """Recorded as the changes come, each at a cost that grows with its own size only."""

    def __init__(self) -> None:
        self._by_uri: dict[str, list[RecentEdit]] = {}
        self._numbers = itertools.count(1)

    def recent(self, uri: str | None = None) -> tuple[RecentEdit, ...]:
        """The newest first; of one document, as its snapshot names it, or of all that are open."""
        lists = self._by_uri.values() if uri is None else (self._by_uri.get(uri, ()),)
        return tuple(sorted(itertools.chain.from_iterable(lists), key=lambda edit: -edit.number))

    def changed(self, uri: str, start: int, old: Sequence[str], new: Sequence[str]) -> None:
        """In `uri` the lines `old`, from line `start` on, have become `new`."""
        end, shift = start + len(old), len(new) - len(old)
        kept: list[RecentEdit] = []
        touched: list[RecentEdit] = []
        for edit in self._by_uri.get(uri, ()):
            if edit.start <= end and start <= edit.end:
                touched.append(edit)
            else:
                kept.append(attrs.evolve(edit, start=edit.start + shift) if shift and edit.start >= end else edit)
        touched.sort(key=lambda edit: edit.start)
        whole = _trimmed(_composed(RecentEdit(uri, start, tuple(old), tuple(new), next(self._numbers)), touched))
        if (whole.before or whole.after) and not _is_large(whole):
            kept.append(whole)
        self._by_uri[uri] = kept[-MOST_EDITS:]

    def rewritten(self, uri: str, old: Sequence[str], new: Sequence[str]) -> None:
        """The whole text `old` of `uri` has become `new`, as from clients that know no smaller change."""
        head, tail = alignment.common_ends(old, new)
        tail = min(tail, min(len(old), len(new)) - head)
        self.changed(uri, head, old[head : len(old) - tail], new[head : len(new) - tail])

    def mark_ours(self, uri: str, start: int, end: int) -> None:
        """What changed within lines `start` to `end`, exclusive, was an edit that the user let llm-ls make."""
        edits = self._by_uri.get(uri, [])
        edits[:] = [
            attrs.evolve(edit, ours=True) if start <= edit.start and edit.end <= end else edit for edit in edits
        ]

    def closed(self, uri: str) -> None:
        """What changed in `uri` may not have been saved: forget it."""
        self._by_uri.pop(uri, None)


def _composed(change: RecentEdit, touched: list[RecentEdit]) -> RecentEdit:
    """`change` and the earlier edits that it touches, ascending, as one."""
    if not touched:
        return change
    change_end = change.start + len(change.before)
    start = min(change.start, touched[0].start)
    head = touched[0].after[: max(0, change.start - start)]
    tail = touched[-1].after[max(0, change_end - touched[-1].start) :]
    return attrs.evolve(
        change, start=start, before=tuple(_before(change, touched)), after=(*head, *change.after, *tail)
    )


def _before(change: RecentEdit, touched: list[RecentEdit]) -> Iterator[str]:
    """The lines as they were before all of them: the earlier edits taken back in what `change` replaced."""
    at = change.start
    for edit in touched:
        yield from change.before[at - change.start : max(0, edit.start - change.start)]
        yield from edit.before
        at = max(at, edit.end)
    yield from change.before[at - change.start :]


def _trimmed(edit: RecentEdit) -> RecentEdit:
    """Without the lines at either end that are as they were."""
    head, tail = alignment.common_ends(edit.before, edit.after)
    tail = min(tail, min(len(edit.before), len(edit.after)) - head)
    if not head and not tail:
        return edit
    before, after = edit.before[head : len(edit.before) - tail], edit.after[head : len(edit.after) - tail]
    return attrs.evolve(edit, start=edit.start + head, before=before, after=after)


def _is_large(edit: RecentEdit) -> bool:
    lines = len(edit.before) + len(edit.after)
    return lines > MOST_LINES or sum(map(len, (*edit.before, *edit.after))) > MOST_CHARACTERS
