"""Models that play a script, for tests of the rooms above the providers."""

import asyncio
from collections.abc import AsyncGenerator

from llm_ls.messages import MessageEnd, MessageStart, StreamEvent, TextDelta
from llm_ls.models import ModelRequest


class Scripted:
    """Plays `script`: a text is a delta, an exception is raised, an event (`asyncio.Event`) is waited for.

    `MessageStart` and, unless the script holds its own, `MessageEnd("end_turn")` are added.
    """

    def __init__(self, name: str, *script: "str | StreamEvent | Exception | asyncio.Event") -> None:
        self.name = name
        self.script = script
        self.requests: list[ModelRequest] = []
        self.open_streams = 0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[StreamEvent]:
        self.requests.append(request)
        self.open_streams += 1
        try:
            yield MessageStart(self.name.rpartition("/")[2])
            for step in self.script:
                match step:
                    case str():
                        yield TextDelta(step)
                    case Exception():
                        raise step
                    case asyncio.Event():
                        await step.wait()
                    case _:
                        yield step
            if not any(isinstance(step, MessageEnd) for step in self.script):
                yield MessageEnd("end_turn")
        finally:
            self.open_streams -= 1
