"""Asks the next model where one cannot answer, and says why. Never once content has been handed on."""

import contextlib
import copy
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Generic

import attrs

from llm_ls import errors
from llm_ls.messages import MessageStart, Notice, StreamEvent
from llm_ls.models import Answering, RequestT
from llm_ls.routing.balance import Loads
from llm_ls.routing.circuit import Circuit

_OF_THE_REQUEST = frozenset(error.kind for error in (errors.InvalidRequest, errors.ContentFiltered))
"""What is no fault of the model: another is not asked."""


@attrs.frozen(eq=False)
class Candidate(Generic[RequestT]):
    """A model that may be asked.

    Attributes:
        name: `provider/model`, as far as it is known.
        find: The model; raises `LlmLsError` if there is none that can be asked.
        circuit: Its provider's.
        window: Its context window; `None` is unknown.
    """

    name: str
    find: Callable[[], Answering[RequestT]]
    circuit: Circuit
    window: Callable[[], int | None] = lambda: None


@attrs.frozen(eq=False)
class Fallback(Generic[RequestT]):
    """Takes a model to have begun its answer with the first event that is no notice.

    Attributes:
        groups: In the order in which to ask; the models of a group are equal. The first is the one that was meant.
    """

    groups: tuple[tuple[Candidate[RequestT], ...], ...]
    loads: Loads = attrs.field(factory=Loads)

    @property
    def name(self) -> str:
        return self.groups[0][0].name

    async def stream(self, request: RequestT, /) -> AsyncGenerator[StreamEvent]:
        reasons: dict[str, str] = {}
        failures: list[tuple[str, errors.LlmLsError]] = []
        too_small: int | None = None
        for candidate in self._in_order(reasons):
            if too_small is not None and (candidate.window() or too_small + 1) <= too_small:
                continue
            reasons.pop(candidate.name, None)
            if reasons:
                yield Notice("fallback", f"{_listed(reasons)}; asking {candidate.name} instead")
                reasons.clear()
            begun = False
            try:
                async with self._answer(candidate, request) as events:
                    async for event in events:
                        if type(event) is not Notice:
                            begun = True
                            yield self._signed(event, candidate)
                            break
                        yield event
                    async for event in events:
                        yield event
                return
            except errors.LlmLsError as error:
                if begun:
                    raise
                failures.append((candidate.name, error))
                if not _may_be_answered_elsewhere(error):
                    break
                if isinstance(error, errors.ContextWindowExceeded):
                    too_small = max(too_small or 0, candidate.window() or 0)
                reasons[candidate.name] = error.message
        raise _together(failures)

    @contextlib.asynccontextmanager
    async def _answer(
        self, candidate: Candidate[RequestT], request: RequestT
    ) -> AsyncGenerator[AsyncGenerator[StreamEvent]]:
        with self.loads.asking(candidate.name):
            async with contextlib.aclosing(candidate.find().stream(request)) as events:
                yield events

    def _in_order(self, reasons: dict[str, str]) -> Iterator[Candidate[RequestT]]:
        """The least busy of each group first, and last of all those whose provider is failing."""
        put_off: list[Candidate[RequestT]] = []
        ordered = [candidate for group in self.groups for candidate in self.loads.least_first(group, _name)]
        for candidate in ordered:
            if candidate.circuit.admits():
                yield candidate
            else:
                put_off.append(candidate)
                reasons[candidate.name] = "it has failed again and again"
        if len(put_off) == len(ordered):
            reasons.clear()
        yield from put_off

    def _signed(self, event: StreamEvent, candidate: Candidate[RequestT]) -> StreamEvent:
        if type(event) is MessageStart and candidate.name != self.name:
            return attrs.evolve(event, answering=candidate.name)
        return event


def _name(candidate: Candidate[RequestT]) -> str:
    return candidate.name


def _may_be_answered_elsewhere(error: errors.LlmLsError) -> bool:
    """Whether another model may succeed; an unusable setting is one provider's too, as is a credential locked away."""
    elsewhere = isinstance(error, errors.ProviderError | errors.SettingsInvalid)
    locked_away = isinstance(error, errors.StorageFailed) and error.provider is not None
    return (elsewhere or locked_away) and not error.partial and error.kind not in _OF_THE_REQUEST


def _together(failures: list[tuple[str, errors.LlmLsError]]) -> errors.LlmLsError:
    """The failure of the model that was meant, which the others' are added to."""
    (_, first), *others = failures
    if not others:
        return first
    error = copy.copy(first)
    error.message = f"{first.message}; {_listed({name: other.message for name, other in others})}"
    error.args = (error.message,)
    return error


def _listed(reasons: dict[str, str]) -> str:
    return "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
