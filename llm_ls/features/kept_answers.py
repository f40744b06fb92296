"""An answer as it is kept while it comes. A store that fails is told of and does not stop it."""

import os

from llm_ls import errors, messages
from llm_ls.features.kept_questions import Question
from llm_ls.messages import Message, Notice, StopReason, StreamEvent, Usage
from llm_ls.store.conversations import Conversations
from llm_ls.store.drafts import Draft


class KeptAnswer:
    """The place of one question and its answer in the store.

    Attributes:
        conversation: Its id; empty if it could not be begun.
        question_id: Of the user turn; empty likewise.
        answer_id: Of the answer's turn; one that is kept nowhere, likewise.
    """

    def __init__(self, store: Conversations, asked: Question) -> None:
        self._store = store
        self._asked = asked
        self._draft: Draft | None = None
        self._failure: errors.StorageFailed | None = None
        self._told = False
        self._parent: str | None = None
        self.conversation = asked.conversation
        self.question_id = asked.question_id
        self.answer_id = asked.answer_id or f"message-{os.urandom(8).hex()}"

    async def begin(self, workspace: str) -> None:
        """Begin a conversation, if the question is the first of one."""
        if not self.conversation:
            try:
                self.conversation = await self._store.begin(workspace, self._asked.title)
            except errors.StorageFailed as error:
                self._failure = error

    async def summarise(self, text: str, model: str, usage: Usage) -> None:
        """Let a summary stand between the earlier turns and the question."""
        try:
            self._parent = await self._store.summarise(self.conversation, self._asked.asked.parent, text, model, usage)
        except errors.StorageFailed as error:
            self._failure = error

    async def ask(self, model: str) -> None:
        """Keep the question, and make room for its answer."""
        if self._failure is not None:
            return
        turn = self._asked.asked
        parent = turn.parent if self._parent is None else self._parent
        try:
            if self._asked.answer_id:
                self._draft = await self._store.go_on(self.conversation, self._asked.answer_id)
                await self._draft.step(self._asked.begun, model, self._asked.spent)
                return
            if not self.question_id or self._parent is not None:
                message = turn.messages[0]
                self.question_id = await self._store.ask(self.conversation, parent, message, turn.attachments)
            self._draft = await self._store.begin_answer(self.conversation, self.question_id, model)
            self.answer_id = self._draft.id
        except errors.StorageFailed as error:
            self._failure = error

    def add(self, event: StreamEvent) -> None:
        """Keep what has just come; returns at once."""
        if self._draft is not None:
            match event:
                case messages.TextDelta(text):
                    self._draft.add("text", text)
                case messages.ThinkingDelta(text):
                    self._draft.add("thinking", text)
                case _:
                    pass

    async def step(self, done: tuple[Message, ...], model: str, usage: Usage) -> None:
        """Keep what the answer has come to, now that a round is complete."""
        if self._draft is not None:
            try:
                await self._draft.step(done, model, usage)
            except errors.StorageFailed as error:
                self._failure = error

    async def end(self, done: tuple[Message, ...], model: str, usage: Usage, stop_reason: StopReason) -> None:
        """The answer is whole."""
        if self._draft is not None:
            draft, self._draft = self._draft, None
            try:
                await draft.end(done, model, usage, stop_reason)
            except errors.StorageFailed as error:
                self._failure = error

    def leave(self) -> None:
        """Unless it has ended, the answer is cut off: keep what has come."""
        if self._draft is not None:
            self._draft.leave()

    def notices(self) -> tuple[Notice, ...]:
        """That the store failed, once."""
        if self._failure is None or self._told:
            return ()
        self._told = True
        return (Notice("not_kept", f"this conversation is not kept: {self._failure.sentence}"),)
