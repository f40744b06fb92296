"""What models have said to gaps: said again while the user types along it, without asking."""

from collections import deque

import attrs

from llm_ls.documents import Document, Position, Span

KEPT = 24

_CLOSED_BY_EDITORS = ")]}>\"'`"


@attrs.frozen(eq=False)
class Answer:
    r"""What a model has said to a gap.

    Attributes:
        document: As it was then.
        texts: By the ids of the suggestions; their lines end in `\n`. None: it had nothing to say.
        model: `provider/model`.
        several: Whether it was asked for more than one.
    """

    document: Document
    position: Position
    texts: tuple[tuple[str, str], ...]
    model: str
    several: bool = False

    def along(self, document: Document, position: Position) -> tuple[tuple[str, str], ...] | None:
        """What is left of the texts where nothing but the beginning of one was typed since; `None`: not so."""
        typed = self._between(document, position)
        if typed is None:
            return None
        left = tuple((id, text[len(typed) :]) for id, text in self.texts if text.startswith(typed) and text != typed)
        return left if (left or not typed) and self._is_around(document, position) else None

    def typed(self, document: Document, position: Position) -> str | None:
        """What was typed there since; `None`: something else has changed too."""
        typed = self._between(document, position)
        return typed if typed is not None and self._is_around(document, position) else None

    def _between(self, document: Document, position: Position) -> str | None:
        if document.uri != self.document.uri or position < self.position or position.line >= len(document.lines):
            return None
        return document.slice(Span(self.position, position)).replace("\r\n", "\n")

    def _is_around(self, document: Document, position: Position) -> bool:
        """Whether the rest of the document is as it was, but for brackets that the editor closes by itself."""
        then, now, start = self.document.lines, document.lines, self.position
        above, below = now[: start.line], now[position.line + 1 :]
        before, before_then = now[start.line][: start.column], then[start.line][: start.column]
        after, after_then = now[position.line][position.column :], then[start.line][start.column :]
        closed = after[: len(after) - len(after_then)]
        return (
            before == before_then
            and after.endswith(after_then)
            and not closed.strip(_CLOSED_BY_EDITORS)
            and above == then[: start.line]
            and below == then[start.line + 1 :]
        )


class AnsweredGaps:
    """The newest answers of one client."""

    def __init__(self) -> None:
        self._answers: deque[Answer] = deque(maxlen=KEPT)

    def keep(self, answer: Answer) -> None:
        """Remember what a model has said."""
        self._answers.append(answer)

    def along(self, document: Document, position: Position, *, several: bool = False) -> Answer | None:
        """The newest answer that fits, with what is left of it; `None`: a model must be asked.

        Args:
            several: Whether only one to a question for several will do.
        """
        for answer in reversed(self._answers):
            if (answer.several or not several) and (left := answer.along(document, position)) is not None:
                return attrs.evolve(answer, document=document, position=position, texts=left)
        return None

    def forget(self) -> None:
        """Ask anew from now on: other settings may lead to other answers."""
        self._answers.clear()
