"""Fills a gap in the model's own way, and by chat where it turns out to have none."""

import contextlib
from collections.abc import AsyncGenerator, Callable

import attrs

from llm_ls import errors
from llm_ls.messages import MessageStart, StreamEvent
from llm_ls.models import InfillModel, InfillRequest, Model

ByChat = Callable[[Model], InfillModel]
"""Makes of a model that answers questions one that fills gaps."""


@attrs.frozen(eq=False)
class ElseByChat:
    """A `models.InfillModel`. Whoever made `fill` remembers what it cannot do: it is not asked a second time.

    Attributes:
        chat: Makes what is asked where `fill` is refused before anything has been handed on.
    """

    fill: InfillModel
    chat: Callable[[], InfillModel]

    @property
    def name(self) -> str:
        return self.fill.name

    async def stream(self, request: InfillRequest, /) -> AsyncGenerator[StreamEvent]:
        begun = False
        try:
            async with contextlib.aclosing(self.fill.stream(request)) as events:
                async for event in events:
                    begun = begun or type(event) is not MessageStart
                    yield event
        except errors.Unsupported:
            if begun:
                raise
        else:
            return
        async with contextlib.aclosing(self.chat().stream(request)) as events:
            async for event in events:
                yield event
