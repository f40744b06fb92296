"""A model that can only be talked with fills gaps: it is asked for the missing text, and what it adds is dropped."""

import contextlib
from collections.abc import AsyncGenerator

import attrs

from llm_ls.messages import StreamEvent, ThinkingDelta, ThinkingEnd
from llm_ls.models import InfillRequest, Model
from llm_ls.prompts import chat_filling


@attrs.frozen(eq=False)
class ChatFilling:
    """A `models.InfillModel`."""

    model: Model

    @property
    def name(self) -> str:
        return self.model.name

    async def stream(self, request: InfillRequest, /) -> AsyncGenerator[StreamEvent]:
        async with contextlib.aclosing(self.model.stream(chat_filling.filling(request))) as events:
            async for event in events:
                if not isinstance(event, ThinkingDelta | ThinkingEnd):
                    yield event
