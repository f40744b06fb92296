"""The table of settings in `editors/PROTOCOL.md` is what the schema says."""

import json
from collections.abc import Iterator
from typing import Any

from llm_ls.settings.schema import schema
from tests.protocol_page.page import PAGE

BEGIN, END = "<!-- settings -->\n", "<!-- end of settings -->"


def rows(node: dict[str, Any], path: str = "") -> Iterator[str]:
    """A row for each setting below `node`, in the schema's order."""
    for name, member in node.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        named, listed = member.get("additionalProperties"), member.get("items")
        if "properties" in member:
            yield from rows(member, here)
        elif isinstance(named, dict) and "properties" in named:
            yield from rows(named, f"{here}.*")  # pyright: ignore[reportUnknownArgumentType] - JSON
        elif isinstance(listed, dict) and "properties" in listed:
            yield from rows(listed, f"{here}[]")  # pyright: ignore[reportUnknownArgumentType] - JSON
        else:
            default = f"`{json.dumps(member['default'])}`" if "default" in member else "required"
            yield f"| `{here}` | {kind(member)} | {default} | {member['description']} |\n"


def kind(member: dict[str, Any]) -> str:
    """What a setting may be, `null` aside, which is its default anywhere."""
    if "enum" in member:
        return " \\| ".join(f"`{json.dumps(value)}`" for value in member["enum"] if value is not None)
    types: str | list[str] = member["type"]
    name = types if isinstance(types, str) else next(name for name in types if name != "null")
    if name == "array":
        return f"{member['items']['type']}[]"
    if name == "object":
        of = member["additionalProperties"]
        return f"object of {kind(of) if 'type' in of else 'anything'}"
    return name


def test_table_has_every_setting_as_it_is() -> None:
    _, _, after = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    table, _, _ = after.partition(END)
    real = "".join(("| setting | is | default | what for |\n|---|---|---|---|\n", *rows(schema())))

    assert table == real, f"it is:\n\n{real}"
