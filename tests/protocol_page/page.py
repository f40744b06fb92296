"""The examples of `editors/PROTOCOL.md`: how they are written, and how they are read."""

import json
import re
import textwrap
from typing import Any, cast

import attrs

from tests.rigs.places import REPOSITORY

PAGE = REPOSITORY / "editors" / "PROTOCOL.md"
_WIDTH = 120
_BLOCK = re.compile(r"^<!-- example: (\w+) -->\n```jsonc\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@attrs.frozen
class Said:
    """One message.

    Attributes:
        by: Who sent it, `client` or `server`.
        message: The message, without its `jsonrpc` member.
    """

    by: str
    message: dict[str, Any]


@attrs.frozen
class Happens:
    """What somebody else does meanwhile, in words."""

    what: str


Step = Said | Happens


def examples() -> dict[str, str]:
    """The text of each example on the page, by its name."""
    found = _BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    names = [name for name, _ in found]
    assert len(set(names)) == len(names), "two examples have one name"
    return dict(found)


def parse(text: str) -> list[Step]:
    """The steps of an example."""
    steps: list[Step] = []
    by, decoder = "", json.JSONDecoder()
    while text := text.lstrip():
        if text.startswith("//"):
            comment, _, text = text.partition("\n")
            by = comment.removeprefix("// ")
            if by not in {"client", "server"}:
                steps.append(Happens(by))
        else:
            message, end = decoder.raw_decode(text)
            steps.append(Said(by, message))
            text = text[end:]
    return steps


def write(steps: list[Step]) -> str:
    """The text of an example with these steps, as the page has it."""
    lines: list[str] = []
    by = ""
    for step in steps:
        said_by = step.by if isinstance(step, Said) else step.what
        if said_by != by:
            lines.append(f"// {said_by}")
            by = said_by
        if isinstance(step, Said):
            lines.append(_folded(step.message, ""))
    return "\n".join(lines) + "\n"


def _folded(value: Any, indent: str, room: int = _WIDTH) -> str:
    """JSON on one line if it fits into `room`, else with each member on a line of its own, but names side by side."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) <= room or not isinstance(value, dict | list) or not value:
        return line
    inner = f"{indent}  "
    if isinstance(value, dict):
        named = cast("dict[str, Any]", value)
        members = [f"{json.dumps(name)}: {_folded(named[name], inner, _WIDTH - len(name) - 8)}" for name in named]
        return "".join(("{\n", inner, f",\n{inner}".join(members), f"\n{indent}}}"))
    items = cast("list[Any]", value)
    if all(isinstance(item, str) and " " not in item for item in items):
        rows = textwrap.wrap(line[1:-1], _WIDTH - len(inner), break_long_words=False, break_on_hyphens=False)
        return "".join(("[\n", inner, f"\n{inner}".join(rows), f"\n{indent}]"))
    folded = [_folded(item, inner, _WIDTH - len(inner) - 1) for item in items]
    return "".join(("[\n", inner, f",\n{inner}".join(folded), f"\n{indent}]"))
