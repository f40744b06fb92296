"""The edit to make next: asked of a model, cut down to one place, and dropped where it takes back what was done."""

from collections.abc import Iterable, Sequence
from contextlib import aclosing

import attrs

from llm_ls import errors
from llm_ls.documents import Diagnostic, Document, Position, split_lines
from llm_ls.features import hunks, leaks, next_edit_answers, plans
from llm_ls.features.hunks import Hunk
from llm_ls.features.next_edits import NextEdit
from llm_ls.features.recent_edits import RecentEdit
from llm_ls.messages import MessageEnd, MessageStart, TextDelta, ThinkingDelta
from llm_ls.models import Model, ModelRequest
from llm_ls.prompts import likely_places, next_edit
from llm_ls.prompts.likely_places import Change, Place

_LINES_OF_ONE_PLACE = 2
_LONGEST_ANSWER = 60_000


@attrs.frozen
class Question:
    """What a model is asked, and what its answer is read against."""

    document: Document
    cursor: Position
    recent: tuple[RecentEdit, ...]
    places: tuple[Place, ...]
    request: ModelRequest


def question(
    document: Document,
    cursor: Position,
    name: str,
    recent: Sequence[tuple[str, RecentEdit]],
    diagnostics: Sequence[Diagnostic] = (),
) -> Question | None:
    """The question for the next edit of `document`; `None` where nothing can lead to one.

    Args:
        document: As it is now.
        cursor: Where the user is.
        name: The file as the model should call it.
        recent: What changed lately, with the names of the files; the newest first, of all documents.
        diagnostics: All that were reported of this file.
    """
    changes = tuple(
        Change(its_name, edit.start, edit.before, edit.after, edit.uri == document.uri, edit.ours)
        for its_name, edit in recent
    )
    worst_first = sorted(diagnostics, key=lambda one: (one.severity, abs(one.span.start.line - cursor.line)))
    if not changes and not any(one.severity <= 2 for one in worst_first):
        return None
    cursor = document.clamp(cursor)
    problem_lines = [one.span.start.line for one in worst_first if one.severity <= 2]
    places = likely_places.places(document, cursor.line, changes, problem_lines)
    if not places:
        return None
    request = next_edit.asking(document, cursor, name, places, changes, plans.problems_at(document, worst_first))
    return Question(document, cursor, tuple(edit for _, edit in recent), places, request)


async def ask(model: Model, asked: Question, id: str) -> NextEdit | None:
    """What the model says to it; `None` if that is nothing, or nothing new.

    Raises:
        ProviderError: The model failed, declined, was cut off, or its answer cannot be used.
    """
    text, answering = await _heard(model, asked.request)
    hunk = edit_in(text, asked)
    return None if hunk is None else NextEdit(id, asked.document, hunk, answering)


async def _heard(model: Model, request: ModelRequest) -> tuple[str, str]:
    """The answer, as far as it is of use, and who gave it."""
    text, answering, characters = "", model.name, 0
    async with aclosing(model.stream(request)) as events:
        async for event in events:
            match event:
                case MessageStart(_, name) if name:
                    answering = name
                case TextDelta(more):
                    text += more
                    characters += len(more)
                case ThinkingDelta(more):
                    characters += len(more)
                case MessageEnd(stop_reason="refusal"):
                    what = "the model declined to do this"
                    raise errors.ContentFiltered(what, hint="choose another model", model=answering)
                case MessageEnd(stop_reason="max_tokens"):
                    characters = _LONGEST_ANSWER
                case _:
                    pass
            if characters >= _LONGEST_ANSWER:
                raise errors.StreamTruncated("the model's answer would not end", hint=leaks.HINT, model=answering)
            if next_edit_answers.is_complete(text):
                break
    return text, answering


def edit_in(answer: str, asked: Question) -> Hunk | None:
    """The edit of `asked.document` that `answer` means: of the place next to the cursor, if it is of several.

    Raises:
        ProtocolViolation: The answer cannot be used.
        ContentFiltered: The model declined.
    """
    rewritten = next_edit_answers.read(answer, asked.document, asked.places)
    if rewritten is None:
        return None
    start, end = rewritten.place.start, rewritten.place.end
    part = attrs.evolve(asked.document, lines=tuple(split_lines("".join(asked.document.lines[start:end]))))
    found = [attrs.evolve(hunk, start=hunk.start + start) for hunk in hunks.diff(part, rewritten.text)]
    here = [edit for edit in asked.recent if edit.uri == asked.document.uri]
    wanted = [hunk for hunk in found if not _is_blank(hunk) and not any(_takes_back(hunk, edit) for edit in here)]
    if not wanted:
        return None
    nearest = min(_groups(wanted), key=lambda group: _distance(group, asked.cursor.line))
    return _joined(nearest, asked.document)


def _is_blank(hunk: Hunk) -> bool:
    """Whether it changes nothing but blank lines and spaces at the ends of lines."""
    before, after = ([line.rstrip() for line in lines if line.strip()] for lines in (hunk.before, hunk.after))
    return before == after


def _takes_back(hunk: Hunk, edit: RecentEdit) -> bool:
    """Whether it makes lines of `edit` what they were, or adds beside them what they have added."""
    if hunk.start > edit.end or edit.start > hunk.end:
        return False
    was, now = _content(edit.before), _content(edit.after)
    before, after = _content(hunk.before), _content(hunk.after)
    takes_back = before <= now and after <= was
    says_again = not before and after <= now
    return takes_back or says_again


def _content(lines: Iterable[str]) -> set[str]:
    return {line.strip() for line in lines if line.strip()}


def _groups(found: Sequence[Hunk]) -> list[list[Hunk]]:
    """Hunks that are so close that a user sees them as one edit."""
    groups: list[list[Hunk]] = []
    for hunk in found:
        if groups and hunk.start - groups[-1][-1].end <= _LINES_OF_ONE_PLACE:
            groups[-1].append(hunk)
        else:
            groups.append([hunk])
    return groups


def _distance(group: Sequence[Hunk], line: int) -> int:
    return max(group[0].start - line, line - max(group[-1].end - 1, group[-1].start), 0)


def _joined(group: Sequence[Hunk], document: Document) -> Hunk:
    """One hunk of all, with the lines between them."""
    start, end = group[0].start, group[-1].end
    inner = [attrs.evolve(hunk, start=hunk.start - start) for hunk in group]
    part = attrs.evolve(document, lines=document.lines[start:end] or ("",))
    after = hunks.lines_after(part, inner) if start < end else group[0].after
    return Hunk(group[0].id, start, document.lines[start:end], after)
