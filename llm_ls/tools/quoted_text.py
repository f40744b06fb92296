"""Replaces text that a model quotes, which it does not always do to the letter."""

import re

from llm_ls import errors
from llm_ls.documents import split_lines

_LONGEST_SHOWN = 60


def replaced(name: str, text: str, old: str, new: str) -> str:
    """The text of the file `name` with `new` in the place of `old`, in its own line ends.

    Raises:
        InvalidRequest: `old` does not occur exactly once.
    """
    places = _places(text, old) if old.strip() else []
    if len(places) != 1:
        shown = next((line.strip() for line in old.splitlines() if line.strip()), "")[:_LONGEST_SHOWN]
        if not places:
            message = f"`oldText` does not occur in {name}: {shown!r}"
            raise errors.InvalidRequest(message, hint="read the file, and copy the text exactly as it is")
        message = f"`oldText` occurs {len(places)} times in {name}: {shown!r}"
        raise errors.InvalidRequest(message, hint="copy more of the lines around it, so that it occurs once")
    start, end = places[0]
    put = _unix(new)
    if _unix(old).endswith("\n") and not text[:end].endswith(("\n", "\r")):
        put = put.removesuffix("\n")
    return text[:start] + put.replace("\n", _line_end(text)) + text[end:]


def _places(text: str, old: str) -> list[tuple[int, int]]:
    """Where `old` is in `text`; if nowhere, then with other line ends, or other blanks at the ends of its lines."""
    exact = [found.span() for found in re.finditer(re.escape(old), text)]
    if exact:
        return exact
    lines = [re.escape(line.rstrip(" \t")) for line in _unix(old).split("\n")]
    if len(lines) > 1 and not lines[-1]:
        del lines[-1]
        lines[-1] += r"[ \t]*(?:\r\n|\n|\r|\Z)"
    return [found.span() for found in re.finditer(r"[ \t]*(?:\r\n|\n|\r)".join(lines), text)]


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _line_end(text: str) -> str:
    first = split_lines(text)[0]
    return next((end for end in ("\r\n", "\n", "\r") if first.endswith(end)), "\n")
