"""How the results of tools are kept short, and how what a model has given is shown to the user who is asked."""

from typing import Any

from llm_ls.prompts import budget
from llm_ls.workspace import names

MOST_TOKENS = 8_000
"""Of one result."""


def lines(text: str, rest: str) -> str:
    """`text` up to the last line that fits; `rest` says what to do about the others, with `{left}` for their number."""
    shown = budget.cut(text, MOST_TOKENS)
    if len(shown) == len(text):
        return text
    left = len(text[len(shown) :].splitlines())
    return f"{shown.rstrip()}\n[{rest.format(left=f'{left:,}')}]"


def quoted(value: Any, most: int = 200) -> str:
    """`value` on one line, with nothing in it that cannot be seen."""
    text = names.shown(str(value))
    return text if len(text) <= most else f"{text[:most]}…"
