"""How good a suggestion is, beside what stood there."""

import difflib

import attrs

from tests.evaluation.holes import Hole
from tests.evaluation.served import Suggested
from tests.evaluation.syntax import Syntax


@attrs.frozen
class Score:
    """Of one suggestion.

    Attributes:
        exact: Whether its first line is the one that stood there.
        similarity: 0 to 1, of the lines that stood there; a line more or less counts where a block was cut out.
        valid: Whether the file can be parsed with it; `None` where it could not with what stood there.
    """

    exact: bool
    similarity: float
    valid: bool | None


NOTHING = Score(exact=False, similarity=0.0, valid=None)


def score(hole: Hole, text: str, replaced: int, syntax: Syntax) -> Score:
    """Of `text` in the hole, where it replaces as many characters after the gap."""
    text, wanted = text.replace("\r\n", "\n"), hole.missing
    compared = text.partition("\n")[0] if hole.kind != "block" else text
    language = hole.source.language
    parses = syntax.valid(language, hole.source.text)
    return Score(
        exact=_first_line(text) == _first_line(wanted),
        similarity=difflib.SequenceMatcher(None, compared.rstrip(), wanted.rstrip(), autojunk=False).ratio(),
        valid=syntax.valid(language, hole.before + text + hole.after[replaced:]) if parses else None,
    )


def best(hole: Hole, suggested: Suggested, syntax: Syntax) -> Score:
    """The best of the items, as a person would choose."""
    scores = (score(hole, *item, syntax) for item in zip(suggested.texts, suggested.replaced, strict=True))
    return max(scores, key=lambda each: (each.exact, each.similarity), default=NOTHING)


def _first_line(text: str) -> str:
    return text.partition("\n")[0].rstrip()
