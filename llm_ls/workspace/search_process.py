"""Searches files for a text or a regular expression; a process of its own, since a pattern can take for ever.

It reads one JSON object, says a line of JSON for each line found, in the order of the files, and at last how many
there are.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from llm_ls import errors
from llm_ls.workspace import opening

_LONGEST_LINE = 300
_BEFORE = 100
MOST_COUNTED = 10_000
"""Who has found so many lines looks for something else."""

Match = Callable[[str], int]
"""Where in a line the pattern is; -1 if it is not."""


def main() -> None:
    """Search as standard input says."""
    asked = json.load(sys.stdin)
    try:
        match, whole = _matcher(asked["pattern"], is_regex=asked["isRegex"], ignore_case=asked["ignoreCase"])
    except (re.error, OverflowError, RecursionError) as error:
        _say({"wrong": str(error) or "too complex"})
        return
    tops = sorted(asked["tops"], key=len, reverse=True)
    lines, files, left = 0, 0, asked["characters"]
    with opening.Reader() as reader:
        for name, path, opened in asked["files"]:
            text = _text(reader, tops, path, asked["maxBytes"]) if opened is None else opened
            if not text or not whole(text):
                continue
            before = lines
            for number, line in _found(text, match):
                lines += 1
                left -= len(name) + len(line) + 8
                if left > 0:
                    _say({"name": name, "line": number, "text": line})
            files += lines > before
            if left > 0 and lines > before:
                sys.stdout.flush()
            if lines > MOST_COUNTED and left <= 0:
                break
    _say({"lines": lines, "files": files})


def _text(reader: opening.Reader, tops: Sequence[str], path: str, max_bytes: int) -> str:
    """The text of the file; empty if it is none, or too large."""
    try:
        top = next(top for top in tops if path.startswith(f"{top}{os.sep}"))
        content = reader.read(top, path, max_bytes + 1)
        return opening.decoded(content, path) if len(content) <= max_bytes else ""
    except (OSError, errors.InvalidRequest):
        return ""


def _matcher(pattern: str, *, is_regex: bool, ignore_case: bool) -> tuple[Match, Callable[[str], bool]]:
    """What finds the pattern in a line; and what says of a whole text, at little cost, whether it may be there."""
    if not is_regex and not ignore_case:
        return (lambda line: line.find(pattern)), (lambda text: pattern in text)
    compiled = re.compile(pattern if is_regex else re.escape(pattern), re.IGNORECASE if ignore_case else 0)

    def match(line: str) -> int:
        found = compiled.search(line)
        return found.start() if found else -1

    return match, lambda _: True


def _found(text: str, match: Match) -> Iterator[tuple[int, str]]:
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, 1):
        ended = line.removesuffix("\r")
        if (at := match(ended)) >= 0:
            yield number, _cut(ended, at)


def _cut(line: str, at: int) -> str:
    if len(line) <= _LONGEST_LINE:
        return line
    start = max(0, min(at - _BEFORE, len(line) - _LONGEST_LINE))
    end = start + _LONGEST_LINE
    return "…" * (start > 0) + line[start:end] + "…" * (end < len(line))


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")


if __name__ == "__main__":
    main()
