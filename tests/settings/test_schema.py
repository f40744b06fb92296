"""The settings as JSON schema, for editors that check and complete them."""

from collections.abc import Iterator
from typing import Any, cast

import pytest

from llm_ls.settings.schema import schema


def members(within: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, member in within.get("properties", {}).items():
        yield name, member
        yield from members(member)
    for keyword in ("items", "additionalProperties"):
        inner: Any = within.get(keyword)
        if isinstance(inner, dict):
            yield from members(cast(dict[str, Any], inner))


def at(*names: str) -> dict[str, Any]:
    """The schema of the setting that `names` lead to; `*` goes into a table or list."""
    found = schema()
    for name in names:
        found = (found.get("items") or found["additionalProperties"]) if name == "*" else found["properties"][name]
    return found


def test_every_setting_is_described() -> None:
    described = list(members(schema()))

    assert len(described) > 60
    assert [name for name, member in described if not member.get("description")] == []


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("inlineCompletion", "debounceMs"), {"type": ["integer", "null"], "default": 150, "minimum": 0}),
        (
            ("codeActions", "review"),
            {"enum": ["auto", "apply", "confirm", "proposal", None], "default": "auto"},
        ),
        (
            ("context", "exclude"),
            {"type": ["array", "null"], "default": [".env*", "*.pem", "*.key", "id_rsa*", ".git/**"]},
        ),
        (("codeActions", "custom", "*"), {"type": "object", "required": ["title", "prompt"]}),
        (("providers", "*", "baseUrl"), {"type": ["string", "null"], "format": "uri", "default": None}),
        (("providers", "*", "retry"), {"type": ["object", "null"], "additionalProperties": False}),
    ],
)
def test_says_types_ranges_and_defaults(names: tuple[str, ...], expected: dict[str, Any]) -> None:
    found = at(*names)

    assert {key: found.get(key) for key in expected} == expected


def test_has_no_place_for_a_key() -> None:
    assert {"apiKey", "token", "password"} & {name for name, _ in members(schema())} == set()
