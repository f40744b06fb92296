"""camelCase JSON at the borders: what fits becomes a value, what does not is named by its path."""

import contextlib
from collections.abc import Mapping
from typing import Any, Literal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_ls import wire


@attrs.frozen
class Note:
    text: str
    type: Literal["note"] = "note"


@attrs.frozen
class Picture:
    media_type: str
    type: Literal["picture"] = "picture"


@attrs.frozen
class Place:
    line: int = attrs.field(default=0, validator=attrs.validators.ge(0))


@attrs.frozen
class Params:
    file_name: str
    max_tokens: int | None = None
    top_p: float = 1.0
    enabled: bool = True
    mode: Literal["fast", "careful"] = "fast"
    parts: tuple[Note | Picture, ...] = ()
    content: str | tuple[Note, ...] | None = None
    token: str | int | None = None
    places: Mapping[str, Place] = attrs.field(factory=dict[str, Place])
    anything: Any = None


def misfit(data: Any) -> str:
    with pytest.raises(wire.Malformed) as raised:
        wire.from_json(data, Params)
    assert str(raised.value) == f"{raised.value.path}: {raised.value.message}"
    return str(raised.value)


def test_camel_case_members_become_fields() -> None:
    value = wire.from_json({"fileName": "a.py", "maxTokens": 5, "topP": 1, "mode": "careful"}, Params)

    assert value == Params("a.py", max_tokens=5, top_p=1, mode="careful")


def test_members_that_nobody_knows_are_passed_over() -> None:
    assert wire.from_json({"fileName": "a", "futureMember": {"x": [1]}}, Params) == Params("a")


def test_a_value_survives_the_way_out_and_in() -> None:
    value = Params(
        "a",
        parts=(Note("hi"), Picture("image/png")),
        content=(Note("x"),),
        token=7,
        places={"a_b": Place(3)},
        anything={"snake_case": None},
    )

    assert wire.from_json(wire.to_json(value), Params) == value


def test_writes_camel_case_and_leaves_none_out() -> None:
    assert wire.to_json(Params("a", parts=(Picture("image/png"),), places={"a_b": Place()})) == {
        "fileName": "a",
        "topP": 1.0,
        "enabled": True,
        "mode": "fast",
        "parts": [{"mediaType": "image/png", "type": "picture"}],
        "places": {"a_b": {"line": 0}},
    }


def test_none_is_written_inside_free_json() -> None:
    assert wire.to_json(Params("a", anything={"gone": None}))["anything"] == {"gone": None}


MISFITS: list[tuple[Any, str]] = [
    (None, "params: expected an object, got null"),
    ([], "params: expected an object, got a list"),
    ({}, "params.fileName: required, but missing"),
    ({"fileName": None}, "params.fileName: expected text, got null"),
    ({"fileName": "a", "maxTokens": "5"}, "params.maxTokens: expected a whole number, got text"),
    ({"fileName": "a", "maxTokens": 1.5}, "params.maxTokens: expected a whole number, got a number"),
    (
        {"fileName": "a", "maxTokens": True},
        "params.maxTokens: expected a whole number, got true or false",
    ),
    ({"fileName": "a", "topP": True}, "params.topP: expected a number, got true or false"),
    ({"fileName": "a", "enabled": 1}, "params.enabled: expected true or false, got a whole number"),
    ({"fileName": "a", "mode": "slow"}, "params.mode: expected one of fast, careful; got 'slow'"),
    ({"fileName": "a", "parts": {}}, "params.parts: expected a list, got an object"),
    ({"fileName": "a", "content": 5}, "params.content: expected text or a list, got a whole number"),
    ({"fileName": "a", "content": [{}]}, "params.content[0].text: required, but missing"),
    ({"fileName": "a", "token": {}}, "params.token: expected text or a whole number, got an object"),
    (
        {"fileName": "a", "parts": [{"type": "note", "text": "x"}, {"type": "picture", "mediaType": 5}]},
        "params.parts[1].mediaType: expected text, got a whole number",
    ),
    (
        {"fileName": "a", "parts": [{"type": "film"}]},
        "params.parts[0]: expected type to be one of note, picture; got 'film'",
    ),
    (
        {"fileName": "a", "parts": [{}]},
        "params.parts[0]: expected type to be one of note, picture; got None",
    ),
    (
        {"fileName": "a", "places": {"gpt-4.1_mini @ home": {"line": "x"}}},
        "params.places['gpt-4.1_mini @ home'].line: expected a whole number, got text",
    ),
    ({"fileName": "a", "places": {"b": {"line": -1}}}, "params.places['b']: 'line' must be >= 0: -1"),
]


@pytest.mark.parametrize(("data", "complaint"), MISFITS)
def test_names_the_first_misfit_by_its_path(data: Any, complaint: str) -> None:
    assert misfit(data) == complaint


def test_long_values_are_not_repeated_in_full() -> None:
    assert len(misfit({"fileName": "a", "mode": "x" * 10_000})) < 120


def test_path_starts_where_the_caller_says() -> None:
    with pytest.raises(wire.Malformed, match=r"^settings\.fileName: required, but missing$"):
        wire.from_json({}, Params, "settings")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = (
    "fileName",
    "maxTokens",
    "topP",
    "enabled",
    "mode",
    "parts",
    "content",
    "token",
    "places",
    "anything",
)


@settings(deadline=None)
@given(JSON | st.dictionaries(st.sampled_from(MEMBERS), JSON))
def test_whatever_comes_either_fits_or_is_malformed(data: Any) -> None:
    with contextlib.suppress(wire.Malformed):
        value = wire.from_json(data, Params)

        assert wire.from_json(wire.to_json(value), Params) == value
