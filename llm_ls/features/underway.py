"""Questions about gaps that models are answering: kept while what is typed meanwhile agrees with what they say."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from llm_ls import errors
from llm_ls.documents import Document, Position
from llm_ls.features.answered_gaps import Answer

LEFT_S = 0.5
"""How long a question is kept that nobody waits for, because the client has cancelled its request to send another."""

Failure = errors.LlmLsError | None
Ask = Callable[[Callable[[str], None]], Coroutine[Any, Any, Failure]]
"""Asks, hands on the text as it comes, and keeps the answer; returns the failure if nobody has answered."""

Spawn = Callable[[Coroutine[Any, Any, Failure], str], "asyncio.Task[Failure]"]


class Question:
    """A question about the gap at `position`, from now until it is answered."""

    def __init__(
        self, document: Document, position: Position, ask: Ask, spawn: Spawn, ended: Callable[[], object]
    ) -> None:
        self._gap = Answer(document, position, (), "")
        self._text = ""
        self._news = asyncio.Event()
        self._waiting = 0
        self._task = spawn(ask(self._hear), "inline completion")
        self._task.add_done_callback(lambda _: self._news.set())
        self._task.add_done_callback(lambda _: ended())

    @property
    def runs(self) -> bool:
        return not self._task.done()

    def agrees(self, document: Document, position: Position) -> bool:
        """Whether nothing was typed since but what has been said, or may yet be."""
        typed = self._gap.typed(document, position)
        return typed is not None and (self._text.startswith(typed) or typed.startswith(self._text))

    async def settled(self, document: Document, position: Position) -> None:
        """Return when it is answered, or as soon as it says something else than was typed. It runs on if this is left.

        Raises:
            errors.LlmLsError: Nobody has answered.
        """
        self._waiting += 1
        try:
            while self.runs and self.agrees(document, position):
                self._news.clear()
                await self._news.wait()
        finally:
            self._waiting -= 1
        if not self.runs and not self._task.cancelled() and (failure := self._task.result()) is not None:
            raise failure

    def drop(self) -> None:
        """Leave the vendor at once."""
        self._task.cancel()

    def drop_if_left(self) -> None:
        if not self._waiting:
            self.drop()

    def _hear(self, text: str) -> None:
        self._text += text
        self._news.set()


class Underway:
    """One question a document."""

    def __init__(self) -> None:
        self._by_uri: dict[str, Question] = {}

    def begin(self, document: Document, position: Position, ask: Ask, spawn: Spawn) -> Question:
        """Ask, and drop what is being asked about another gap of that document."""
        uri = document.uri
        self.drop(uri)
        question = self._by_uri[uri] = Question(document, position, ask, spawn, lambda: self._ended(uri, question))
        return question

    def agreeing(self, document: Document, position: Position) -> Question | None:
        """The one of that document, if it agrees with what was typed since; one that does not is dropped."""
        question = self._by_uri.get(document.uri)
        if question is not None and question.agrees(document, position):
            return question
        self.drop(document.uri)
        return None

    def drop(self, uri: str) -> None:
        if (question := self._by_uri.pop(uri, None)) is not None:
            question.drop()

    def left(self, uri: str) -> None:
        """The client has cancelled its request since the user types on: keep the question until the next comes."""
        if (question := self._by_uri.get(uri)) is not None:
            asyncio.get_running_loop().call_later(LEFT_S, question.drop_if_left)

    def _ended(self, uri: str, question: Question) -> None:
        if self._by_uri.get(uri) is question:
            del self._by_uri[uri]
