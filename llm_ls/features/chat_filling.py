"""A model that can only be talked with fills gaps: it is asked for the missing text, and what it adds is dropped."""

import contextlib
from collections.abc import AsyncGenerator

import attrs

from llm_ls.features.insertion import Insertion
from llm_ls.messages import MessageEnd, MessageStart, Notice, StreamEvent, TextDelta, UsageReport
from llm_ls.models import InfillRequest, Model
from llm_ls.prompts import chat_filling

_CHARACTERS_A_TOKEN = 5
"""More than there are in most code: it is the model that is to keep the limit, not who reads it."""


@attrs.frozen(eq=False)
class ChatFilling:
    """A `models.InfillModel`. It hangs up as soon as the text to insert is complete."""

    model: Model

    @property
    def name(self) -> str:
        return self.model.name

    async def stream(self, request: InfillRequest, /) -> AsyncGenerator[StreamEvent]:
        insertion, left = Insertion(request), request.max_tokens * _CHARACTERS_A_TOKEN
        end = MessageEnd("stop_sequence")
        async with contextlib.aclosing(self.model.stream(chat_filling.filling(request))) as events:
            async for event in events:
                match event:
                    case TextDelta(piece):
                        text = insertion.feed(piece)
                    case MessageEnd():
                        end, text = event, insertion.finish()
                    case Notice(kind="dropped_parameter"):  # none of them was the user's
                        continue
                    case MessageStart() | UsageReport() | Notice():
                        yield event
                        continue
                    case _:
                        continue
                if text:
                    yield TextDelta(text)
                left -= len(text)
                if left <= 0:
                    end = MessageEnd("max_tokens")
                if insertion.complete or left <= 0:
                    break
        yield end
