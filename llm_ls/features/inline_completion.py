"""Inline completion: what a model says to a gap, cut while it streams, and made to fit the document."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

import attrs

from llm_ls.documents import Document, Position, Span
from llm_ls.features import cutting, gaps
from llm_ls.features.answered_gaps import Answer
from llm_ls.features.cutting import Cutter
from llm_ls.features.gaps import Gap
from llm_ls.features.suggestions import Suggestion
from llm_ls.messages import MessageEnd, TextDelta
from llm_ls.models import InfillModel, InfillRequest

TEMPERATURES = (None, 0.5, 0.9)
"""Of questions for several suggestions: the first is the one that would have been asked for alone."""


async def texts(
    model: InfillModel, request: InfillRequest, gap: Gap, *, several: bool, hear: Callable[[str], object]
) -> tuple[str, ...]:
    """What to put there, without what is blank or said twice; several are asked for at once.

    Args:
        hear: Is told the text as it comes, where one is asked for.

    Raises:
        errors.LlmLsError: Nobody has answered.
    """
    if not several:
        return _different([await _text(model, request, gap, hear)])
    requests = [request, *(attrs.evolve(request, temperature=temperature) for temperature in TEMPERATURES[1:])]
    answers = await asyncio.gather(*(_text(model, one, gap, _unheard) for one in requests), return_exceptions=True)
    heard = [answer for answer in answers if isinstance(answer, str)]
    failure = next((answer for answer in answers if isinstance(answer, BaseException)), None)
    if failure is not None and not heard:
        raise failure
    return _different(heard)


def fitting(answer: Answer) -> tuple[Suggestion, ...]:
    """The suggestions of `answer`, for its place in its document."""
    gap, place = gaps.at(answer.document, answer.position), answer.position
    made: list[Suggestion] = []
    for id, text in answer.texts:
        cut, replaced = cutting.fitted(text, gap)
        if cut.strip() and all(cut != one.text for one in made):
            made.append(Suggestion(id, Span(place, Position(place.line, place.column + replaced)), cut, answer.model))
    end = answer.document.line_end
    return tuple(made) if end == "\n" else tuple(attrs.evolve(one, text=one.text.replace("\n", end)) for one in made)


def with_selected(document: Document, span: Span, text: str) -> tuple[Document, Position]:
    """The document and the cursor as they would be with the item that is selected in the client's menu.

    Args:
        span: What the item replaces, on one line.
    """
    number = span.start.line
    line = document.lines[number]
    changed = line[: span.start.column] + text + line[span.end.column :]
    lines = (*document.lines[:number], changed, *document.lines[number + 1 :])
    return attrs.evolve(document, lines=lines), Position(number, span.start.column + len(text))


def widened(span: Span, selected: Span) -> Span:
    """What a suggestion after the selected item replaces in the document without it: the item's part as well."""
    after = span.end.column - span.start.column
    return Span(selected.start, Position(selected.end.line, selected.end.column + after))


async def _text(model: InfillModel, request: InfillRequest, gap: Gap, hear: Callable[[str], object]) -> str:
    """The stream is left, and with it the vendor, as soon as the suggestion is complete."""
    cutter = Cutter(gap)
    async with contextlib.aclosing(model.stream(request)) as events:
        async for event in events:
            match event:
                case TextDelta(text):
                    hear(text)
                    if cutter.feed(text):
                        break
                case MessageEnd(stop_reason="max_tokens"):
                    return cutter.finish(cut_off=True)
                case _:
                    pass
    return cutter.finish()


def _unheard(text: str) -> None: ...


def _different(heard: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in heard if text.strip()))
