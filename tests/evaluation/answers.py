"""What stands in for a model that can fill: one that knows what was cut out, one that copies, one that goes on."""

import json
import re
import urllib.request
from collections.abc import Iterable
from typing import Any

from tests.evaluation.holes import Hole
from tests.evaluation.vendor import Answer

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_LONGEST_MATCH = 12
_LONGEST_COPY = 40
_TAIL = 60
_MOST_READ = 4_000


def oracle(holes: Iterable[Hole]) -> Answer:
    """Says what was cut out: the upper bound of what our side lets through."""
    known = {(hole.before[-_TAIL:], hole.after[:_TAIL]): hole.missing for hole in holes}

    def answer(body: dict[str, Any]) -> str:
        key = (body["input_prefix"][-_TAIL:], body["input_suffix"][:_TAIL])
        return next((text for (before, after), text in known.items() if _same_place(key, before, after)), "")

    return answer


def copying() -> Answer:
    """Copies what follows elsewhere in what it is shown: after the longest of the last tokens that is there again."""

    def answer(body: dict[str, Any]) -> str:
        before: list[str] = _TOKEN.findall(body["input_prefix"])
        shown = [_TOKEN.findall(extra["text"]) for extra in body["input_extra"]]
        shown += [_TOKEN.findall(body["input_suffix"]), before]
        for length in range(min(_LONGEST_MATCH, len(before) - 1), 0, -1):
            found = _continuation(before[-length:], shown, before)
            if found:
                return found
        return ""

    return answer


def going_on(url: str) -> Answer:
    """What a model that cannot fill says after the text before the gap; it is asked of llama.cpp at `url`."""

    def answer(body: dict[str, Any]) -> str:
        shown = "".join(extra["text"] for extra in body["input_extra"]) + body["input_prefix"]
        question = {
            "prompt": shown[-_MOST_READ:],
            "n_predict": body["n_predict"],
            "stop": [*body["stop"], "\n\n\n"],
            "temperature": 0,
        }
        request = urllib.request.Request(f"{url}/completion", json.dumps(question).encode())
        with urllib.request.urlopen(request) as response:
            return json.load(response)["content"]

    return answer


def _continuation(last: list[str], shown: list[list[str]], before: list[str]) -> str:
    """What follows `last`, at its last occurrence."""
    length = len(last)
    for tokens in reversed(shown):
        latest = len(tokens) - length - (1 if tokens is before else 0)
        for start in range(latest, -1, -1):
            if tokens[start : start + length] == last:
                copied = "".join(tokens[start + length : start + length + _LONGEST_COPY])
                return copied.partition("\n")[0]
    return ""


def _same_place(key: tuple[str, str], before: str, after: str) -> bool:
    """Whether it is the gap between `before` and `after`, of which a small window may show less."""
    shown_before, shown_after = key
    return before.endswith(shown_before) and after.startswith(shown_after)
