"""How much text fits, in tokens: estimated, since every model counts its own."""

from collections.abc import Iterable

CHARACTERS_A_TOKEN = 4


def tokens_in(text: str) -> int:
    """About how many tokens `text` is; never 0 for a text."""
    return -(-len(text) // CHARACTERS_A_TOKEN)


def first_lines(lines: Iterable[str], tokens: int) -> list[str]:
    """As many whole lines from the start as fit."""
    left = tokens * CHARACTERS_A_TOKEN
    taken: list[str] = []
    for line in lines:
        left -= len(line)
        if left < 0:
            break
        taken.append(line)
    return taken


def cut(text: str, tokens: int) -> str:
    """`text` up to the last line that fits; a first line that does not fit is cut within."""
    limit = tokens * CHARACTERS_A_TOKEN
    if len(text) <= limit:
        return text
    return text[: text.rfind("\n", 0, limit) + 1] or text[:limit]
