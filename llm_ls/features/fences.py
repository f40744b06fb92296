"""Fenced code blocks in a model's answer (CommonMark 0.31, 4.5), read as models write them."""

import re
from collections.abc import Iterator

import attrs

_FENCE = re.compile(r"[ \t]*(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)")
_ONE_LINE = re.compile(r"\s*(?P<mark>`{3,})(?:(?P<info>[\w+#.-]+)[ \t]+)?(?P<code>[^`\n]+)(?P=mark)\s*")


@attrs.frozen
class Block:
    """A fenced block.

    Attributes:
        language: The first word after the opening fence, in lower case; may be empty.
        text: Its lines, without the fences.
        closed: Whether it ends in a fence, not with the answer.
    """

    language: str
    text: str
    closed: bool = True


@attrs.frozen
class _Fence:
    line: int
    mark: str
    info: str

    def closes(self, opening: "_Fence") -> bool:
        return not self.info and self.mark.startswith(opening.mark)


def has_fence(text: str) -> bool:
    return any(_FENCE.fullmatch(line) for line in text.split("\n"))


def blocks(answer: str) -> list[Block]:
    """Every block that `answer`, whose lines end in LF, can be read to hold; the likeliest reading first.

    Where fences stand within fences there are several: that inner fences with a language open blocks of their
    own, that the first bare fence ends the block (CommonMark), and that only the last one does.
    """
    single = _ONE_LINE.fullmatch(answer)
    if single:
        return [Block((single["info"] or "").lower(), single["code"])]
    lines = answer.split("\n")
    found = [
        _Fence(number, match["mark"], match["info"].strip())
        for number, line in enumerate(lines)
        if (match := _FENCE.fullmatch(line))
    ]
    tail = answer.rstrip()
    if len(found) == 1 and tail.endswith(found[0].mark) and tail.rpartition("\n")[2] != lines[found[0].line]:
        return blocks(f"{tail.removesuffix(found[0].mark)}\n{found[0].mark}")  # glued to the last line
    if len(found) == 1 and not found[0].info and not "".join(lines[found[0].line + 1 :]).strip():
        return [Block("", "\n".join(lines[: found[0].line]))]
    nested = list(_nested(found))
    flat = list(_flat(found))
    balanced = all(close is not None for _, close in nested)
    readings = [*(nested if balanced else flat), *(flat if balanced else nested), *_outermost(found)]
    return [_block(lines, opening, close) for opening, close in dict.fromkeys(readings)]


_Reading = tuple[_Fence, _Fence | None]


def _flat(found: list[_Fence]) -> Iterator[_Reading]:
    opening: _Fence | None = None
    for fence in found:
        if opening is None:
            opening = fence
        elif fence.closes(opening):
            yield opening, fence
            opening = None
    if opening is not None:
        yield opening, None


def _nested(found: list[_Fence]) -> Iterator[_Reading]:
    opened: list[_Fence] = []
    for fence in found:
        if opened and fence.closes(opened[-1]):
            opening = opened.pop()
            if not opened:
                yield opening, fence
        elif not opened or (fence.info and fence.mark[0] == opened[-1].mark[0]):
            opened.append(fence)
    if opened:
        yield opened[0], None


def _outermost(found: list[_Fence]) -> Iterator[_Reading]:
    if not found:
        return
    opening, last = found[0], found[-1]
    inner = found[1:-1]
    if inner and last.closes(opening) and len(inner) % 2 == 0 and not any(fence.info for fence in inner[1::2]):
        yield opening, last


def _block(lines: list[str], opening: _Fence, close: _Fence | None) -> Block:
    inner = lines[opening.line + 1 : close.line if close else len(lines)]
    margin = len(lines[opening.line]) - len(lines[opening.line].lstrip(" "))
    stripped = (line[min(margin, len(line) - len(line.lstrip(" "))) :] for line in inner)
    language = opening.info.split()[0].lower() if opening.info else ""
    return Block(language, "\n".join(stripped), closed=close is not None)
