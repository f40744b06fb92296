"""How much text fits, in tokens: estimated, since every model counts its own."""

from collections.abc import Iterable

from llm_ls.providers import token_estimate

CHARACTERS_A_TOKEN = token_estimate.CHARACTERS_A_TOKEN


def tokens_in(text: str) -> int:
    """About how many tokens `text` is; never 0 for a text."""
    return token_estimate.tokens_of_text(text)


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
    shown = text
    while (needed := tokens_in(shown)) > tokens:  # more than once where the start has more tokens than the rest
        shown = shown[: tokens * CHARACTERS_A_TOKEN if shown.isascii() else len(shown) * tokens // needed]
    return shown if shown == text else shown[: shown.rfind("\n") + 1] or shown
