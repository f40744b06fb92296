"""camelCase JSON to attrs classes and back, for the borders: settings and the `llm-ls/*` messages.

Strict where a client could be wrong (a number is no text), lenient where it may know more than we do (extra members).
"""

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar, get_args, get_origin

import attrs
import cattrs
from cattrs.cols import homogenous_tuple_structure_factory, mapping_structure_factory
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
        first = cattrs.transform_error(error, path=path, format_exception=_describe)[0]
        message, _, where = first.rpartition(" @ ")
        raise Malformed(re.sub(r"\.\w+", lambda step: _camel(step[0]), where), message) from error


def to_json(value: Any) -> Any:
    """`value` as JSON; members that are `None` are left out."""
    return converter().unstructure(value)


@functools.cache
def converter() -> cattrs.Converter:
    """The one converter, made on first use. Collections are `tuple[X, ...]` and `Mapping[str, X]`."""
    made = cattrs.Converter(unstruct_collection_overrides={tuple: list})
    made.register_unstructure_hook_factory(attrs.has, lambda cls: _unstructure_object(cls, made))
    made.register_structure_hook_factory(
        attrs.has, lambda cls: _only(dict, make_dict_structure_fn(cls, made, **_renamed(cls)))
    )
    made.register_structure_hook_factory(
        lambda kind: get_origin(kind) is tuple,
        lambda kind: _only(list, homogenous_tuple_structure_factory(kind, made)),
    )
    made.register_structure_hook_factory(
        lambda kind: get_origin(kind) is Mapping, lambda kind: _only(dict, mapping_structure_factory(kind, made))
    )
    made.register_structure_hook_func(lambda kind: get_origin(kind) is Literal, _one_of)
    for kind in (str, bool, int, float):
        made.register_structure_hook(kind, _only(kind, lambda value, _: value))
    return made


def _only(kind: type, structure: Structure) -> Structure:
    """`structure`, for values of the JSON type that `kind` stands for and no others."""
    accepted = (float, int) if kind is float else (kind,)

    def checked(value: Any, target: Any) -> Any:
        if not isinstance(value, accepted) or (isinstance(value, bool) and kind is not bool):
            raise TypeError(f"expected {_JSON_NAMES[kind]}, got {_JSON_NAMES.get(type(value), 'null')}")
        return structure(value, target)

    return checked


_JSON_NAMES = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    dict: "an object",
    list: "a list",
}


def _one_of(value: Any, kind: Any) -> Any:
    if value not in get_args(kind):
        raise ValueError(f"expected one of {', '.join(map(str, get_args(kind)))}; got {value!r}")
    return value


def _unstructure_object(cls: type[Any], made: cattrs.Converter) -> Callable[[Any], dict[str, Any]]:
    unstructure = make_dict_unstructure_fn(cls, made, **_renamed(cls))
    return lambda value: {key: member for key, member in unstructure(value).items() if member is not None}


def _renamed(cls: type[Any]) -> dict[str, Any]:
    return {field.name: override(rename=_camel(field.name)) for field in attrs.fields(attrs.resolve_types(cls))}


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def _describe(error: BaseException, _: type | None) -> str:
    return "required, but missing" if isinstance(error, KeyError) else str(error) or type(error).__name__
