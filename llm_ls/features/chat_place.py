"""The place of an answer in a chat document, which is found again while the user writes around it."""

from collections.abc import Sequence
from itertools import takewhile

import attrs

from llm_ls.documents import Document, split_lines
from llm_ls.features import chat_document, front_matter
from llm_ls.features.chat_document import HEADINGS, Piece, Section
from llm_ls.features.hunks import Hunk


@attrs.frozen
class Place:
    """Where the answer to the last question is written.

    Attributes:
        document: The text as it would be had nobody but us written in it.
        first: The first line that is the answer's, its heading included.
        end: The line after its last one.
        is_last: Whether no turn follows it, so that a place for the next question does.
    """

    document: Document
    first: int
    end: int
    is_last: bool

    def with_answer(self, pieces: Sequence[Piece], *, done: bool = False) -> "Place":
        """Once it is `pieces`; with a place for the next question if it is `done`."""
        body = chat_document.body("assistant", pieces)
        return self._with(f"\n{HEADINGS['assistant']}\n\n{body}{self._next() if done else ''}")

    def with_failure(self, sentence: str) -> "Place":
        """Once it says below the question why there is no answer; with an empty line to write on."""
        told = chat_document.body("user", chat_document.told(sentence))
        return self._with(f"\n{told}" + "\n" * (not self._blank))

    def with_conversation(self, id: str, title: str) -> "Place":
        """Once the document says which conversation it is."""
        lines = [line.rstrip("\r\n") for line in self.document.lines]
        end = front_matter.end_of(lines)
        front = front_matter.with_conversation(lines[: end + 1] if end else (), id, title)
        ended = tuple(line + self.document.line_end for line in front)
        kept = self.document.lines[end + 1 if end else 0 :]
        moved = len(front) - (end + 1 if end else 0)
        return attrs.evolve(
            self,
            document=attrs.evolve(self.document, lines=(*ended, *kept)),
            first=self.first + moved,
            end=self.end + moved,
        )

    def changes(self, before: "Place") -> tuple[Hunk, ...]:
        """What makes this of `before`; none is a mere insertion, so that each has a line to hold on to."""
        old, new = before.document.lines, self.document.lines
        top = _changed("front", old[: before.first - 1], new[: self.first - 1], 0)
        answer = _changed(
            "answer", old[before.first - 1 : before.end], new[self.first - 1 : self.end], before.first - 1
        )
        return (*top, *answer)

    def _with(self, text: str) -> "Place":
        lines = self.document.lines
        before = list(lines[: self.first])
        if before and not before[-1].endswith(("\n", "\r")):
            before[-1] += self.document.line_end
        written = split_lines(text.replace("\n", self.document.line_end))[:-1]
        rest = lines[self.end :] if self.end < len(lines) else ("",)
        return attrs.evolve(
            self,
            document=attrs.evolve(self.document, lines=(*before, *written, *rest)),
            end=self.first + len(written),
        )

    def _next(self) -> str:
        if not self.is_last:
            return "" if self._blank else "\n"
        return f"\n{HEADINGS['user']}\n" + "\n" * max(0, 2 - self._blank)

    @property
    def _blank(self) -> int:
        """How many blank lines follow it."""
        return sum(1 for _ in takewhile(lambda line: line in ("\n", "\r\n", "\r"), self.document.lines[self.end :]))


def below(document: Document, sections: Sequence[Section], number: int) -> Place:
    """Below the turn of that number; what is told there, or its former answer, gives way."""
    following = sections[number + 1 :]
    answers = list(takewhile(lambda section: section.role != "user", following))
    ends = [*(section.line for section in sections), len(document.lines)]
    first = _end_of_words(document, sections[number].line + 1, ends[number + 1])
    end = _end_of_text(document, first, ends[number + 1 + len(answers)])
    return Place(document, first, end, is_last=len(answers) == len(following))


def _end_of_words(document: Document, first: int, end: int) -> int:
    """The line after the last one of a question that is not blank, and is not what was told below it."""
    while end > first and (not document.lines[end - 1].strip() or _is_told(document.lines[end - 1])):
        end -= 1
    return end


def _end_of_text(document: Document, first: int, end: int) -> int:
    while end > first and not document.lines[end - 1].strip():
        end -= 1
    return end


def _is_told(line: str) -> bool:
    return line.startswith(f"> {chat_document.MARKS['notice']} ")


def _changed(id: str, old: Sequence[str], new: Sequence[str], start: int) -> tuple[Hunk, ...]:
    """What makes `new` of `old`, the lines from `start`; from the last one before it on that stays and is not blank."""
    if old == new:
        return ()
    least = min(len(old), len(new))
    same = next((at for at in range(least) if old[at] != new[at]), least)
    if same == len(old):
        same = next((at for at in reversed(range(same)) if old[at].strip()), 0)
    return (Hunk(id, start + same, tuple(old[same:]), tuple(new[same:])),)
