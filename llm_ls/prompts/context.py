"""What a model is shown of a document."""

import attrs

from llm_ls.documents import Document, Span
from llm_ls.prompts import budget


@attrs.frozen
class Excerpt:
    """Part of a document around a selection.

    Attributes:
        name: The file as the model should call it: its path in the workspace, or its name.
        before: What stands before the selection, from a line start on.
        after: What stands after it, up to a line end.
        first_line: The selection's first line as people count, from 1.
        whole: Whether nothing of the document was left out.
    """

    name: str
    language_id: str
    before: str
    selection: str
    after: str
    first_line: int = 1
    whole: bool = True


def excerpt(document: Document, span: Span, tokens: int, name: str) -> Excerpt:
    """`span` with the nearest lines around it, `tokens` of them at most, more before than after."""
    start, end = span.start, span.end
    widest = tokens * budget.CHARACTERS_A_TOKEN // 4
    head = document.lines[start.line][max(0, start.column - widest) : start.column]
    tail = document.lines[end.line][end.column :][:widest]
    above = budget.first_lines(reversed(document.lines[: start.line]), tokens * 2 // 3)
    spare = tokens - budget.tokens_in("".join(above))
    below = budget.first_lines(document.lines[end.line + 1 :], spare)
    return Excerpt(
        name=name,
        language_id=document.language_id,
        before="".join(above[::-1]) + head,
        selection=document.slice(span),
        after=tail + "".join(below),
        first_line=start.line + 1,
        whole=len(above) == start.line and len(below) == len(document.lines) - end.line - 1,
    )


def fence_for(text: str) -> str:
    """Backticks that `text` does not hold as many of in a row, so that it cannot close them."""
    fence = "```"
    while fence in text:
        fence += "`"
    return fence
