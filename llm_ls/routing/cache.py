"""Gives an answer again to a question that is the same in every detail (`responseCache`)."""

import contextlib
import itertools
import json
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from typing import Any, Generic, cast

import attrs

from llm_ls.messages import MessageEnd, Notice, StreamEvent, TextDelta, ThinkingDelta, Usage, UsageReport
from llm_ls.models import Answering, InfillRequest, ModelRequest, RequestT

_COMPLETE = frozenset(("end_turn", "stop_sequence", "tool_use"))
_FREE = UsageReport(Usage(cost_usd=0.0))

Events = tuple[StreamEvent, ...]


class Answers:
    """The answers of one client, those used last; each until it is too old.

    Attributes:
        max_entries: 0 keeps none.
    """

    def __init__(self, max_entries: int, max_age_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.max_entries = max_entries
        self._max_age_s = max_age_s
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Events]] = OrderedDict()

    def limit(self, max_entries: int, max_age_s: float) -> None:
        """Keep no more and nothing older from now on."""
        self.max_entries, self._max_age_s = max_entries, max_age_s
        self._trim()

    def clear(self) -> None:
        """Forget all of them."""
        self._kept.clear()

    def get(self, key: str) -> Events | None:
        """The answer kept under `key`."""
        at, events = self._kept.get(key, (0.0, None))
        if events is None or self._clock() - at > self._max_age_s:
            self._kept.pop(key, None)
            return None
        self._kept.move_to_end(key)
        return events

    def put(self, key: str, events: Events) -> None:
        """Keep an answer; the one that was not used for longest makes room for it."""
        self._kept.pop(key, None)
        self._kept[key] = self._clock(), events
        self._trim()

    def _trim(self) -> None:
        while len(self._kept) > self.max_entries:
            self._kept.popitem(last=False)


@attrs.frozen(eq=False)
class Cache(Generic[RequestT]):
    """Only complete answers are given again, and none that came from a model in another's place; they cost nothing.

    Attributes:
        fresh: Whether the model is asked in any case.
    """

    inner: Answering[RequestT]
    answers: Answers
    fresh: bool = False

    @property
    def name(self) -> str:
        return self.inner.name

    async def stream(self, request: RequestT, /) -> AsyncGenerator[StreamEvent]:
        key = digest(self.name, request)
        kept = None if self.fresh else self.answers.get(key)
        if kept is not None:
            for event in kept:
                yield event
            return
        events: list[StreamEvent] = []
        async with contextlib.aclosing(self.inner.stream(request)) as stream:
            async for event in stream:
                events.append(event)
                yield event
        if _is_worth_keeping(events):
            self.answers.put(key, tuple(_replayed(events)))


def digest(name: str, request: ModelRequest | InfillRequest) -> str:
    """The same for requests to the model called `name` that are equal, whatever the order of their mappings."""
    text = json.dumps([name, request], default=_plain, sort_keys=True)
    import hashlib  # with OpenSSL

    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> object:
    """The parts of a request have no two classes with the same members, so these tell which one it is."""
    return attrs.asdict(value, recurse=False) if attrs.has(cast(type[object], type(value))) else dict(value)


def _is_worth_keeping(events: list[StreamEvent]) -> bool:
    end = events[-1] if events else None
    elsewhere = any(isinstance(event, Notice) and event.kind == "fallback" for event in events)
    return isinstance(end, MessageEnd) and end.stop_reason in _COMPLETE and not elsewhere


def _replayed(events: Iterable[StreamEvent]) -> Iterator[StreamEvent]:
    """The same answer in as few events as it can be told in, at no cost, and without what held it up."""
    for kind, group in itertools.groupby(filter(_is_of_the_answer, events), type):
        if kind is MessageEnd:
            yield _FREE
        if kind is TextDelta or kind is ThinkingDelta:
            yield kind("".join(event.text for event in group if isinstance(event, kind)))
        else:
            yield from group


def _is_of_the_answer(event: StreamEvent) -> bool:
    passing = isinstance(event, Notice) and event.kind in ("retry", "waiting")
    return not passing and not isinstance(event, UsageReport)
