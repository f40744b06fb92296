"""Writes every request to the ledger: what it took, how soon it was answered, how it ended; says what answers cost."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Callable
from typing import Generic

import attrs

from llm_ls import errors
from llm_ls.messages import (
    MessageEnd,
    MessageStart,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    ToolUseDelta,
    ToolUseStart,
    Usage,
    UsageReport,
)
from llm_ls.models import Answering, RequestT
from llm_ls.routing import estimates
from llm_ls.routing.aside import Aside
from llm_ls.store.ledger import Entry, Ledger, Outcome

logger = logging.getLogger(__name__)

_PROSE = (TextDelta, ThinkingDelta)


@attrs.define
class _Seen:
    """What has come of an answer.

    Attributes:
        kind: How it ended, as `Outcome.kind`; until it has, it may still be cancelled.
        sufficed: Whether who asked has left it because it had heard enough, as a suggestion does that is complete.
        begun: Whether the vendor works on it.
        first_s: When the content began, from asking on.
        seconds: How long it took.
        deltas: In how many pieces it came, which is about as many tokens.
    """

    kind: str = "cancelled"
    sufficed: bool = False
    begun: bool = False
    first_s: float | None = None
    seconds: float = 0.0
    deltas: int = 0
    characters: int = 0
    usage: Usage | None = None


@attrs.frozen(eq=False)
class Metering(Generic[RequestT]):
    """The innermost link, so that each attempt is an entry of the ledger.

    Attributes:
        cost_of: What usage of this model costs, in US dollars; `None` is unknown.
    """

    inner: Answering[RequestT]
    ledger: Ledger
    entry: Entry
    aside: Aside
    cost_of: Callable[[Usage], float | None]
    clock: Callable[[], float] = time.monotonic

    @property
    def name(self) -> str:
        return self.inner.name

    async def stream(self, request: RequestT, /) -> AsyncGenerator[StreamEvent]:
        row = self.aside.start(self.ledger.begin(self.entry))
        seen, began = _Seen(), self.clock()
        try:
            async with contextlib.aclosing(self.inner.stream(request)) as events:
                async for event in events:  # a `match` takes three times as long, and this is done for every word
                    if isinstance(event, _PROSE):
                        if seen.first_s is None:
                            seen.first_s = self.clock() - began
                        seen.deltas += 1
                        seen.characters += len(event.text)
                    elif type(event) is UsageReport:
                        seen.usage = event.usage
                        if seen.first_s is not None:  # the catalog, which is read at first use, delays no first word
                            seen.usage = self._priced(event.usage)
                            event = UsageReport(seen.usage)  # noqa: PLW2901
                    elif type(event) is ToolUseDelta:
                        seen.deltas += 1
                        seen.characters += len(event.input_delta)
                    elif type(event) is ToolUseStart:
                        seen.first_s = seen.first_s or self.clock() - began
                    elif type(event) is MessageStart:
                        seen.begun = True
                    elif type(event) is MessageEnd:
                        seen.kind = "ok"
                    yield event
        except GeneratorExit:
            seen.sufficed = seen.kind == "cancelled"
            raise
        except errors.LlmLsError as error:
            seen.kind = error.kind
            raise
        except Exception:
            seen.kind = errors.LlmLsError.kind
            raise
        finally:
            seen.seconds = self.clock() - began
            self.aside.start(self._end(row, request, seen))

    async def _end(self, row: "asyncio.Task[int | None]", request: RequestT, seen: _Seen) -> None:
        usage, estimated = self._usage(request, seen)
        kind = "ok" if seen.sufficed else seen.kind
        tokens = (usage.input_tokens, usage.output_tokens)
        logger.info("%s, %s: %s, %.1f s, %d + %d tokens", self.entry.purpose, self.name, kind, seen.seconds, *tokens)
        if (id := await row) is not None:
            await self.ledger.end(id, Outcome(kind, usage, estimated, seen.first_s))

    def _usage(self, request: RequestT, seen: _Seen) -> tuple[Usage, bool]:
        """What the answer took, and whether some of that is estimated: of one cut short, no vendor says all."""
        said = seen.usage or Usage()
        whole = seen.kind == "ok"
        if (whole and seen.usage is not None) or not (whole or seen.begun or seen.deltas or seen.usage):
            return self._priced(said), False
        return self._priced(
            attrs.evolve(
                said,
                input_tokens=said.input_tokens or estimates.tokens_of(request),
                output_tokens=max(said.output_tokens, seen.deltas, estimates.tokens(seen.characters)),
            )
        ), True

    def _priced(self, usage: Usage) -> Usage:
        """With its cost, unless the vendor has said it."""
        if usage.cost_usd is not None or not (usage.input_tokens or usage.output_tokens):
            return usage
        return attrs.evolve(usage, cost_usd=self.cost_of(usage))
