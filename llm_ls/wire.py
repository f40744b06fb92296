"""camelCase JSON to attrs classes and back, for the borders: settings and the `llm-ls/*` messages.

Strict where a client could be wrong (a number is no text), lenient where it may know more (extra members).
"""

import functools
import reprlib
from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import attrs
import cattrs
from cattrs.cols import (
    homogenous_tuple_structure_factory,
    mapping_structure_factory,  # pyright: ignore[reportUnknownVariableType]  two parameters are untyped
)
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

T = TypeVar("T")
Structure = Callable[[Any, Any], Any]


class Malformed(Exception):
    """JSON that does not fit. `path` leads to the first misfit, such as `params.textDocument.uri`."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


def from_json(data: Any, cls: type[T], path: str = "params") -> T:
    """`data` as a `cls`.

    Raises:
        Malformed: It does not fit.
    """
    try:
        return converter().structure(data, cls)
    except Exception as error:  # cattrs raises groups of whatever the hooks raised
        raise _malformed(error, path) from error


def to_json(value: Any) -> Any:
    """`value` as JSON; members that are `None` are left out."""
    return converter().unstructure(value)


@functools.cache
def converter() -> cattrs.Converter:
    """The one converter, made on first use. Collections are `tuple[X, ...]` and `Mapping[str, X]`."""
    made = cattrs.Converter(unstruct_collection_overrides={tuple: list})
    made.register_unstructure_hook_factory(attrs.has, functools.partial(_unstructure_object, made))
    structures: list[tuple[Callable[[Any], bool], Callable[[Any], Structure]]] = [
        (attrs.has, lambda cls: _only(dict, make_dict_structure_fn(cls, made, **_renamed(cls)))),
        (
            lambda kind: get_origin(kind) is tuple,
            lambda kind: _only(list, homogenous_tuple_structure_factory(kind, made)),
        ),
        (
            lambda kind: get_origin(kind) is Mapping,
            lambda kind: _only(dict, mapping_structure_factory(kind, made)),
        ),
        (lambda kind: get_origin(kind) is Literal, lambda _: _one_of),
        (_is_text_or_other, lambda kind: _text_or_other(kind, made)),
        (_is_tagged, lambda kind: _only(dict, _tagged(kind, made))),
    ]
    for fits, factory in structures:
        made.register_structure_hook_factory(fits, factory)
    for kind in (str, bool, int, float):
        made.register_structure_hook(kind, _only(kind, lambda value, _: value))
    return made


def _only(kind: type[Any], structure: Structure) -> Structure:
    """`structure`, for values of the JSON type that `kind` stands for and no others."""
    accepted = (float, int) if kind is float else (kind,)

    def checked(value: Any, target: Any) -> Any:
        if not isinstance(value, accepted) or (isinstance(value, bool) and kind is not bool):
            raise TypeError(f"expected {_JSON_NAMES[kind]}, got {_json_name(value)}")
        return structure(value, target)

    return checked


def _json_name(value: Any) -> str:
    return _JSON_NAMES.get(type(value), "null")


_JSON_NAMES: dict[Any, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    dict: "an object",
    list: "a list",
}


def _one_of(value: Any, kind: Any) -> Any:
    if value not in get_args(kind):
        raise ValueError(f"expected one of {', '.join(map(str, get_args(kind)))}; got {reprlib.repr(value)}")
    return value


def _is_text_or_other(kind: Any) -> bool:
    return get_origin(kind) in (UnionType, Union) and str in get_args(kind) and len(_others(kind)) == 1


def _text_or_other(kind: Any, made: cattrs.Converter) -> Structure:
    """A member that may be written as text for short, such as `content: string | Part[]`."""
    (other,) = _others(kind)
    structure = made.get_structure_hook(other)

    def checked(value: Any, _: Any) -> Any:
        if isinstance(value, str) or (value is None and NoneType in get_args(kind)):
            return value
        try:
            return structure(value, other)
        except TypeError as misfit:
            raise TypeError(str(misfit).replace("expected", "expected text or", 1)) from misfit

    return checked


def _others(kind: Any) -> list[Any]:
    return [member for member in get_args(kind) if member not in (str, NoneType)]


def _is_tagged(kind: Any) -> bool:
    return get_origin(kind) in (UnionType, Union) and all(attrs.has(member) for member in get_args(kind))


def _tagged(kind: Any, made: cattrs.Converter) -> Structure:
    """A union of classes told apart by their first `Literal` field, such as `type`."""
    members = get_args(kind)
    tag = next(
        field.name for field in attrs.fields(attrs.resolve_types(members[0])) if get_origin(field.type) is Literal
    )
    by_tag = {
        value: member
        for member in members
        for value in get_args(attrs.fields_dict(attrs.resolve_types(member))[tag].type)
    }

    def structure(value: Any, _: Any) -> Any:
        if not isinstance(value.get(tag), str) or value[tag] not in by_tag:
            raise ValueError(f"expected {tag} to be one of {', '.join(by_tag)}; got {reprlib.repr(value.get(tag))}")
        return made.structure(value, by_tag[value[tag]])

    return structure


def _unstructure_object(made: cattrs.Converter, cls: type[Any]) -> Callable[[Any], dict[str, Any]]:
    unstructure = make_dict_unstructure_fn(cls, made, **_renamed(cls))
    return lambda value: {key: member for key, member in unstructure(value).items() if member is not None}


def _renamed(cls: type[Any]) -> dict[str, Any]:
    return {field.name: override(rename=_camel(field.name)) for field in attrs.fields(attrs.resolve_types(cls))}


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def _malformed(error: BaseException, path: str) -> Malformed:
    """The first misfit in what cattrs raised for the value at `path`."""
    if isinstance(error, cattrs.ClassValidationError):
        noted, others = error.group_exceptions()
        steps = [(inner, f".{_camel(note.name)}") for inner, note in noted]
    elif isinstance(error, cattrs.IterableValidationError):
        noted, others = error.group_exceptions()
        steps = [(inner, f"[{note.index!r}]") for inner, note in noted]
    elif isinstance(error, KeyError):
        return Malformed(path, "required, but missing")
    else:
        return Malformed(path, str(error) or type(error).__name__)
    inner, step = (*steps, *((other, "") for other in others))[0]
    return _malformed(inner, path + step)
