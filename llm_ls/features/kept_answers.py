"""An answer as it is kept while it comes. A store that fails is told of and does not stop it."""

import os
from collections.abc import AsyncGenerator
from contextlib import aclosing

from llm_ls import errors, messages
from llm_ls.features.kept_questions import Question
from llm_ls.features.tool_loop import Said
from llm_ls.messages import Notice, StopReason, StreamEvent, ToolResult, Usage
from llm_ls.store.conversations import Conversations
from llm_ls.store.drafts import Draft

Step = StreamEvent | ToolResult | Said


class KeptAnswer:
    """The place of one question and its answer in the store.

    Args:
        failure: What the store has failed with before: it is left alone then.

    Attributes:
        conversation: Its id; empty if it could not be begun.
        question_id: Of the user turn; empty likewise.
        answer_id: Of the answer's turn; one that is kept nowhere, likewise.
        messages: What the answer has come to.
    """

    def __init__(self, store: Conversations, asked: Question, failure: errors.StorageFailed | None = None) -> None:
        self._store = store
        self._asked = asked
        self._draft: Draft | None = None
        self._failure = failure
        self._told = False
        self._parent: str | None = None
        self.conversation = asked.conversation
        self.question_id = asked.question_id
        self.messages = asked.begun
        self.answer_id = asked.answer_id or f"message-{os.urandom(8).hex()}"

    async def begin(self, workspace: str) -> None:
        """Begin a conversation, if the question is the first of one."""
        if not self.conversation and self._failure is None:
            try:
                self.conversation = await self._store.begin(workspace, self._asked.title)
            except errors.StorageFailed as error:
                self._failure = error

    async def summarise(self, text: str, model: str, usage: Usage) -> None:
        """Let a summary stand between the earlier turns and the question."""
        if self._failure is not None:
            return
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

    async def follow(self, steps: AsyncGenerator[Step], model: str) -> AsyncGenerator[StreamEvent | ToolResult]:
        """Pass on what the answer comes in, which is then kept. One that is left early stays as far as it has come.

        Args:
            steps: As the tool loop yields them.
            model: `provider/model` that was asked.
        """
        usage = self._asked.spent
        try:
            async with aclosing(steps):
                async for step in steps:
                    match step:
                        case Said(message, usage):
                            self.messages = (*self.messages, message)
                            await self._keep(model, usage, None)
                            continue
                        case messages.MessageStart(_, answering):
                            model = answering or model
                        case messages.TextDelta(text) if self._draft is not None:
                            self._draft.add("text", text)
                        case messages.ThinkingDelta(text) if self._draft is not None:
                            self._draft.add("thinking", text)
                        case messages.MessageEnd(stop_reason):
                            await self._keep(model, usage, stop_reason)
                        case _:
                            pass
                    yield step
        finally:
            if self._draft is not None:
                self._draft.leave()

    async def _keep(self, model: str, usage: Usage, stop_reason: StopReason | None) -> None:
        """Write down what the answer has come to; with a stop reason it is whole."""
        if (draft := self._draft) is None:
            return
        try:
            if stop_reason is None:
                await draft.step(self.messages, model, usage)
            else:
                self._draft = None
                await draft.end(self.messages, model, usage, stop_reason)
        except errors.StorageFailed as error:
            self._failure = error

    def notices(self) -> tuple[Notice, ...]:
        """That the store failed, once."""
        if self._failure is None or self._told:
            return ()
        self._told = True
        return (Notice("not_kept", f"this conversation is not kept: {self._failure.sentence}"),)
