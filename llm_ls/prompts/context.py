"""What a model is shown of a document, and what it is never shown."""

import functools
import re

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


def excluded(path: str, globs: tuple[str, ...]) -> bool:
    r"""Whether a file must never be shown to a model.

    Globs are those of a `.gitignore`: one without a slash matches a name anywhere, and a folder's name all that
    is in it; `**` crosses folders; `!` takes an exclusion back; the last that matches wins. To keep rather too
    much than too little, case does not matter, and one with a slash matches below any folder unless it begins
    with one.

    Args:
        path: Relative to the workspace where it is inside, with `/` or `\\` between names.
    """
    plain = path.replace("\\", "/").lstrip("/")
    kept = True
    for glob in globs:
        if _pattern(glob.removeprefix("!")).match(plain):
            kept = glob.startswith("!")
    return not kept


@functools.lru_cache(maxsize=256)
def _pattern(glob: str) -> re.Pattern[str]:
    start = "" if glob.startswith("/") else "(?:.*/)?"
    folder_only = glob.endswith("/")
    pieces = re.split(r"(\*\*/|/\*\*$|\*|\?|\[!?[^\]]+\])", glob.strip("/"))
    body = "".join(_piece(piece) for piece in pieces)
    return re.compile(start + body + ("/.*" if folder_only else "(?:/.*)?") + "$", re.IGNORECASE | re.DOTALL)


def _piece(piece: str) -> str:
    match piece:
        case "**/":
            return "(?:.*/)?"
        case "/**":
            return "/.*"
        case "*":
            return "[^/]*"
        case "?":
            return "[^/]"
        case _ if piece.startswith("[") and piece.endswith("]") and len(piece) > 2:
            return "[" + piece[1:-1].replace("\\", r"\\").replace("!", "^", 1) + "]"
        case _:
            return re.escape(piece)
