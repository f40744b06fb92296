"""The question for the edit to make next: what was changed lately, and the places where the next one may be."""

from collections.abc import Iterable, Sequence

from llm_ls.documents import Document, Position
from llm_ls.messages import user
from llm_ls.models import ModelRequest
from llm_ls.prompts import budget, context
from llm_ls.prompts.editing import Problem, problems_part
from llm_ls.prompts.likely_places import Change, Place

NOTHING = "NOTHING"

_SYSTEM = f"""\
You watch a programmer at work. From what they have just changed you say the one edit that they will make next
in the file that is open: the same rename in another place, a caller of a function that has a new parameter,
an import that is missing, a test, comment or message that no longer fits, the rest of what they have begun.

You are shown numbered places of the file. Answer with the number of the place to edit, then with the new text of
that whole place in one fenced code block, and nothing else:

PLACE 2
```
the new text of place 2, every line of it
```

- Edit one place only, and change as little as possible there. Copy every other line of it letter for letter.
- Never take back or write again what the programmer has just changed.
- Do not guess at new features. If no edit clearly follows from the changes or the problems, answer {NOTHING}."""

_TOKENS_OF_CHANGES = 1_500
_MOST_PROBLEMS = 8
_LINES_BEFORE_THE_CHANGE = 1


def asking(
    document: Document,
    cursor: Position,
    name: str,
    places: Sequence[Place],
    changes: Sequence[Change],
    problems: Sequence[Problem] = (),
) -> ModelRequest:
    """Asks for the next edit of `document`.

    Args:
        document: The text as it is now.
        cursor: Where the user is.
        name: The file as the model should call it.
        places: What may be edited, at least one.
        changes: The newest first; as many are shown as fit.
        problems: What was reported of this file.
    """
    at = next((place.number for place in places if place.start <= cursor.line < place.end), None)
    line = document.lines[cursor.line].strip()
    where = f", in place {at}" if at is not None else ""
    parts = [
        f"Changes made lately, the newest last:\n{_diff(document, changes)}" if changes else "",
        f"File: {name}" + (f" ({document.language_id})" if document.language_id else ""),
        *(_shown(document, place) for place in places),
        problems_part(tuple(problems[:_MOST_PROBLEMS])),
        f"The cursor is on line {cursor.line + 1}{where}" + (f": `{line[:200]}`" if line else "."),
        f"Which edit comes next? Answer `PLACE number` and one {_fence(document, places)} block, or {NOTHING}.",
    ]
    question = "\n\n".join(part for part in parts if part)
    return ModelRequest(messages=(user(question),), system=_SYSTEM, temperature=0.0, reasoning="off")


def _diff(document: Document, changes: Sequence[Change]) -> str:
    """The changes as a patch; those that do not fit any more are the oldest."""
    left = _TOKENS_OF_CHANGES
    taken: list[str] = []
    for change in changes:
        text = _hunk(document, change)
        left -= budget.tokens_in(text)
        if left < 0 and taken:
            break
        taken.append(budget.cut(text, _TOKENS_OF_CHANGES))
    body = "".join(reversed(taken))
    fence = context.fence_for(body)
    return f"{fence}diff\n{body}{fence}"


def _hunk(document: Document, change: Change) -> str:
    first = max(0, change.start - _LINES_BEFORE_THE_CHANGE) if change.here else change.start
    lead = document.lines[first : change.start] if change.here else ()
    marked = [*_marked(" ", lead), *_marked("-", change.before), *_marked("+", change.after)]
    by = ", made by you" if change.ours else ""
    return f"--- {change.name}, line {change.start + 1}{by}\n" + "".join(marked)


def _marked(mark: str, lines: Iterable[str]) -> list[str]:
    return [f"{mark}{content}\n" for line in lines if (content := line.rstrip("\r\n")) or line]


def _shown(document: Document, place: Place) -> str:
    text = "".join(document.lines[place.start : place.end]).replace("\r\n", "\n").replace("\r", "\n")
    end = "" if text.endswith("\n") else "\n"
    return f'<place number="{place.number}" lines="{place.start + 1}-{place.end}">\n{text}{end}</place>'


def _fence(document: Document, places: Sequence[Place]) -> str:
    return context.fence_for("".join(line for place in places for line in document.lines[place.start : place.end]))
