"""The next edit in a model's answer: which place it rewrites, and how, however the model put it.

What weak models do, and what is made of it: no number, or a wrong one (the place that the text is most like), only the
changed lines in place of all (put where they fit), other marks around the text, a patch, search and replace. What would
do harm is refused: text that is like nothing that was shown.
"""

import re
from collections.abc import Sequence

import attrs

from llm_ls import errors
from llm_ls.documents import Document
from llm_ls.features import answers, fences, indentation, leaks, patches
from llm_ls.prompts import context
from llm_ls.prompts.likely_places import Place

_NOTHING = re.compile(
    r"\W*(?:place\W*)?(?:nothing|none|null|no (?:\w+ )?(?:edit|change)s?\b|there (?:is|are) (?:no|nothing)\b)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\b(?:place|region)\W{0,4}(?:(?:number|no|id)\W{0,4})?(\d+)", re.IGNORECASE)
_TAGGED = re.compile(r"<(place|region|edit|answer)\b[^>\n]*>\n?(.*?)(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_MARK = re.compile(
    r"^(?:</?(?:place|region|edit|answer)\b[^>\n]*>|[\W_]*(?:place|region)\W{0,4}\d+\W*)(?:\n|\Z)",
    re.IGNORECASE | re.MULTILINE,
)
_SEARCH = re.compile(r"^<{5,9} ?\w*\n(?P<old>.*?)^={5,9}\n(?P<new>.*?)^>{5,9} ?\w*$", re.DOTALL | re.MULTILINE)

_SAID = 0.4
_LIKE_ENOUGH = 0.3
_FITS = 0.6
_LINES_AROUND = 30


@attrs.frozen
class Rewritten:
    """A place, and its text as the model wants it, with the document's line ends."""

    place: Place
    text: str


def read(answer: str, document: Document, places: Sequence[Place]) -> Rewritten | None:
    """What `answer` makes of which place; `None` if it says that there is no next edit.

    Args:
        answer: All that the model wrote.
        document: As it was asked about.
        places: Those that were shown.

    Raises:
        ProtocolViolation: The answer is like nothing that was shown.
        ContentFiltered: The model declined.
    """
    text = leaks.without_thoughts(answer.replace("\r\n", "\n").replace("\r", "\n"), "").strip("\n")
    written = fences.blocks(text) or [_unfenced(text, document.language_id)]
    if any(_says_nothing(said) for said in (text, *(block.text for block in written))):
        return None
    number = _NUMBER.search(text)
    place, block = _meant(written, document, places, int(number[1]) if number else None)
    original = "".join(document.lines[place.start : place.end])
    code = answers.code_of(
        _whole(block, original),
        original,
        language_id=document.language_id,
        line_end=document.line_end,
        unit=indentation.unit_of(document),
        base=indentation.of_line(document.lines[place.start]),
        before="".join(document.lines[max(0, place.start - _LINES_AROUND) : place.start]),
        after="".join(document.lines[place.end : place.end + _LINES_AROUND]),
    )
    return Rewritten(place, code)


def is_complete(answer: str) -> bool:
    """Whether nothing of use can follow: the one block of code is closed."""
    if answer.count("```") < 2 or not answer.endswith("\n"):
        return False
    found = fences.blocks(leaks.without_thoughts(answer, ""))
    return len(found) == 1 and found[0].closed


def _unfenced(text: str, language_id: str) -> fences.Block:
    """The code of an answer without a fence."""
    if tagged := _TAGGED.search(text):
        return fences.Block("", tagged[2])
    number = _NUMBER.search(text)
    if number and len(text[: number.start()].strip()) < len("**place"):
        text = text[number.end() :].partition("\n")[2]
    return fences.Block(
        "", leaks.without_prose(text, "", language_id) if text.strip() and not _says_nothing(text) else ""
    )


def _says_nothing(text: str) -> bool:
    return not text.strip() or (bool(_NOTHING.match(text)) and len(text.strip().split("\n")) <= 3)


def _meant(
    written: Sequence[fences.Block], document: Document, places: Sequence[Place], said: int | None
) -> tuple[Place, fences.Block]:
    """The place and the block that are most alike; the number counts, and is not always believed."""
    best, likeness = (places[0], written[0]), 0.0
    for place in places:
        own = _lines("".join(document.lines[place.start : place.end]))
        for block in written:
            code = _lines(block.text)
            like = len(code & own) / max(1, min(len(code), len(own))) + _SAID * (place.number == said)
            if like > likeness:
                best, likeness = (place, block), like
    if likeness < _LIKE_ENOUGH:
        raise errors.ProtocolViolation("the model's answer is like nothing in the text", hint=leaks.HINT)
    return best


def _lines(text: str) -> set[str]:
    return {line.strip().lstrip("+-").strip() for line in text.split("\n")} - {""}


def _whole(block: fences.Block, original: str) -> str:
    """A fenced block of all of `original` as it is to be, where `block` may hold but a part of it."""
    if found := _SEARCH.search(block.text):
        patch = "".join(f"-{line}\n" for line in found["old"].splitlines())
        patch += "".join(f"+{line}\n" for line in found["new"].splitlines())
        return _fenced(patch, "diff")
    if patches.is_patch(block.text, block.language):
        return _fenced(block.text, "diff")
    part = _MARK.sub("", block.text).strip("\n").split("\n")
    whole = original.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    said, own = ([line.strip() for line in lines if line.strip()] for lines in (part, whole))
    if len(said) < len(own) and (said[:1] != own[:1] or said[-1:] != own[-1:]):
        start, end = _where_it_fits(part, whole)
        part = [*whole[:start], *part, *whole[end:]]
    return _fenced("\n".join(part))


def _where_it_fits(part: list[str], whole: list[str]) -> tuple[int, int]:
    """The lines of `whole` that `part` replaces: from its first line to its last, or else as many that are like it.

    Raises:
        ProtocolViolation: There are none.
    """
    import difflib  # not in the memory of a server that nothing was asked of

    own = [line.strip() for line in whole]
    first, last = part[0].strip(), part[-1].strip()
    spans = [
        (start, end + 1)
        for start, line in enumerate(own)
        if line == first and len(part) > 1
        for end in range(start + 1, len(own))
        if own[end] == last
    ]
    if spans:
        return min(spans, key=lambda span: abs(span[1] - span[0] - len(part)))
    fits = [
        sum(
            difflib.SequenceMatcher(None, old, new.strip(), autojunk=False).ratio()
            for old, new in zip(own[start:], part, strict=False)
        )
        / len(part)
        for start in range(len(own) - len(part) + 1)
    ]
    best = max(range(len(fits)), key=fits.__getitem__)
    if fits[best] < _FITS:
        raise errors.ProtocolViolation("the model's answer fits nowhere in the text", hint=leaks.HINT)
    return best, best + len(part)


def _fenced(code: str, language: str = "") -> str:
    fence = context.fence_for(code)
    return f"{fence}{language}\n{code}\n{fence}"
