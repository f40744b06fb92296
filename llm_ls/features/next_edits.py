"""The next edits that models have said: given again while nothing has changed that they were made of."""

import re
from collections import deque
from collections.abc import Sequence

import attrs

from llm_ls.documents import Document, Position, Replacement, Span
from llm_ls.features import alignment, hunks
from llm_ls.features.hunks import Hunk
from llm_ls.features.recent_edits import RecentEdit

_REFUSED = 32
"""As many of the latest edits that the user did not want are not offered again."""


@attrs.frozen(eq=False, repr=False)
class NextEdit:
    """An edit of one place.

    Attributes:
        document: The text that it was made for.
        model: `provider/model`.
    """

    id: str
    document: Document
    hunk: Hunk
    model: str

    @property
    def replacement(self) -> Replacement:
        """For `document`: as little as changes, in whole words, since users read it."""
        return _in_whole_words(self.document, hunks.replacement(self.hunk))

    def moved(self, now: Document) -> "NextEdit | None":
        """The edit at its place in `now`; `None` if its lines are not there as they were."""
        fitting, _ = hunks.reanchor((self.hunk,), self.document, now)
        return attrs.evolve(self, document=now, hunk=fitting[0]) if fitting else None

    @property
    def summary(self) -> str:
        """What would stand there, in one line."""
        lines = [line.strip() for line in self.hunk.after if line.strip()]
        gone = [line.strip() for line in self.hunk.before if line.strip()]
        new = next((line for line in lines if line not in gone), None)
        return new or f"delete `{next(iter(gone), '')}`"


@attrs.frozen(eq=False, repr=False)
class Answer:
    """What a model has said of a document as it was; `edit` is `None` if that is nothing.

    Attributes:
        elsewhere: The number of the newest change in other documents at that time.
    """

    document: Document
    elsewhere: int
    edit: NextEdit | None


class NextEdits:
    """The last answer of each document."""

    def __init__(self) -> None:
        self._answers: dict[str, Answer] = {}
        self._refused: deque[tuple[str, tuple[str, ...], tuple[str, ...]]] = deque(maxlen=_REFUSED)

    def answer(self, now: Document, recent: Sequence[RecentEdit]) -> Answer | None:
        """What has been said of `now`, its edit at its place there; `None`: a model must be asked.

        It is still so where only blank lines have come or gone, and where the cursor has moved.

        Args:
            now: The document as it is.
            recent: What changed lately, in all documents.
        """
        kept = self._answers.get(now.uri)
        if kept is None or kept.elsewhere != _newest_elsewhere(now, recent):
            return None
        if kept.document.lines == now.lines:
            edit = kept.edit and attrs.evolve(kept.edit, document=now)
        elif _differs_in_blank_lines_only(kept.document, now):
            edit = kept.edit and kept.edit.moved(now)
            if kept.edit and not edit:
                return None
        else:
            return None
        return Answer(now, kept.elsewhere, edit)

    def keep(self, document: Document, recent: Sequence[RecentEdit], edit: NextEdit | None) -> NextEdit | None:
        """Remember what a model has said; the edit, unless the user has refused the same before."""
        if edit and (edit.document.uri, edit.hunk.before, edit.hunk.after) in self._refused:
            edit = None
        self._answers[document.uri] = Answer(document, _newest_elsewhere(document, recent), edit)
        return edit

    def refuse(self, id: str) -> None:
        """Offer that edit no more, nor the same in other words: the user does not want it."""
        for uri, kept in self._answers.items():
            if kept.edit is not None and kept.edit.id == id:
                self._refused.append((uri, kept.edit.hunk.before, kept.edit.hunk.after))
                self._answers[uri] = attrs.evolve(kept, edit=None)

    def closed(self, uri: str) -> None:
        """The document is not open any more."""
        self._answers.pop(uri, None)

    def forget(self) -> None:
        """Ask anew from now on: another model, or other settings, may say something else."""
        self._answers.clear()


def _in_whole_words(document: Document, change: Replacement) -> Replacement:
    """`change` with the rest of the words that it begins and ends in."""
    start, end, text = change.span.start, change.span.end, change.text
    first, last = document.lines[start.line], document.lines[end.line] if end.line < len(document.lines) else ""
    head = re.search(r"\w*$", first[: start.column])
    tail = re.match(r"\w*", last[end.column :])
    assert head is not None
    assert tail is not None
    gone = document.slice(change.span)
    before = head[0] if _is_word(gone[:1]) or _is_word(text[:1]) else ""
    after = tail[0] if _is_word(gone[-1:]) or _is_word(text[-1:]) else ""
    span = Span(Position(start.line, start.column - len(before)), Position(end.line, end.column + len(after)))
    return Replacement(span, before + text + after)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _newest_elsewhere(document: Document, recent: Sequence[RecentEdit]) -> int:
    return max((edit.number for edit in recent if edit.uri != document.uri), default=0)


def _differs_in_blank_lines_only(then: Document, now: Document) -> bool:
    head, tail = alignment.common_ends(then.lines, now.lines)
    tail = min(tail, min(len(then.lines), len(now.lines)) - head)
    old, new = then.lines[head : len(then.lines) - tail], now.lines[head : len(now.lines) - tail]
    return _without_blank(old) == _without_blank(new)


def _without_blank(lines: Sequence[str]) -> list[str]:
    return [line.rstrip() for line in lines if line.strip()]
