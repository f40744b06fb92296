"""What the tests of routing share: time that passes when somebody waits, and models that answer otherwise each time."""

import contextlib
from collections.abc import AsyncGenerator
from typing import Any, cast

from llm_ls import errors, messages
from llm_ls.messages import Notice, StreamEvent
from llm_ls.models import Answering, InfillRequest, ModelRequest
from llm_ls.store.ledger import Ledger
from tests.rigs.models import Scripted

HELLO = ModelRequest((messages.user("hello"),))


class Time:
    """A clock that only `sleep` moves; `slept` is for how long."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class InTurn:
    """Plays a script, a step or a tuple of them, each time it is asked; the last one over and over."""

    def __init__(self, name: str, *scripts: Any) -> None:
        self.name = name
        self.requests = 0
        self._scripts = scripts

    async def stream(self, request: ModelRequest, /) -> AsyncGenerator[StreamEvent]:
        script = self._scripts[min(self.requests, len(self._scripts) - 1)]
        self.requests += 1
        steps = cast(tuple[Any, ...], script if isinstance(script, tuple) else (script,))
        async with contextlib.aclosing(Scripted(self.name, *steps).stream(request)) as events:
            async for event in events:
                yield event


async def heard(
    model: Answering[Any], request: ModelRequest | InfillRequest = HELLO
) -> tuple[list[StreamEvent], errors.LlmLsError | None]:
    """What comes of asking, and the failure in which it ends, if it does."""
    events: list[StreamEvent] = []
    try:
        async with contextlib.aclosing(model.stream(request)) as stream:
            async for event in stream:
                events.append(event)  # noqa: PERF401 - what came before a failure counts
    except errors.LlmLsError as error:
        return events, error
    return events, None


async def answer(model: Answering[Any], request: ModelRequest | InfillRequest = HELLO) -> list[StreamEvent]:
    """The whole answer."""
    events, failure = await heard(model, request)
    if failure is not None:
        raise failure
    return events


async def failure(model: Answering[Any], request: ModelRequest | InfillRequest = HELLO) -> errors.LlmLsError:
    """The failure in which the answer ends."""
    _, error = await heard(model, request)
    assert error is not None
    return error


def text(events: list[StreamEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, messages.TextDelta))


def notices(events: list[StreamEvent]) -> list[str]:
    return [event.message for event in events if isinstance(event, Notice)]


async def rows(ledger: Ledger, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of every row of the ledger, oldest first."""
    statement = f"SELECT {', '.join(columns)} FROM requests ORDER BY id"
    return await ledger.database.run(lambda connection: connection.execute(statement).fetchall())
