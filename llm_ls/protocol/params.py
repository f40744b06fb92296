"""Raw params to the types that handlers take, and the path to what does not fit.

lsprotocol's converter is made without detailed validation, which makes the code that it generates smaller and
faster; only where something does not fit is it structured again, to find the place.
"""

import enum
import functools
import linecache
import re
from collections.abc import Callable, Mapping
from typing import Any, cast

import attrs
import cattrs
from lsprotocol import converters, types

from llm_ls import wire
from llm_ls.protocol import position_codec

MAX_INTEGER = 2**31 - 1

ParamType = type[Any] | Callable[[], type[Any]]

# attrs 25 keeps the source of every method it generates, for debuggers: 2 MiB for lsprotocol's 554 classes. Dropped
# here, before the rest of the server is imported, the space is used again.
for _name in [name for name in linecache.cache if name.startswith("<attrs generated")]:
    del linecache.cache[_name]
# The same holds for what prints and pickles objects of these classes, which nobody does here: 1.3 MiB.
for _kind in vars(types).values():
    for _name in ("__repr__", "__getstate__", "__setstate__") if isinstance(_kind, type) else ():
        if _name in vars(_kind) and attrs.has(_kind):
            delattr(_kind, _name)


class ParamTypes:
    """Knows the type of each method's params.

    Args:
        custom: By method, the attrs classes of messages that are not LSP's, or what gets them on first use.
    """

    def __init__(self, converter: cattrs.Converter, custom: Mapping[str, ParamType]) -> None:
        self._converter = converter
        self._custom = custom

    def structure(self, method: str, params: Any) -> Any:
        """`params` as the handlers of `method` take them; what has no type stays as it is.

        Raises:
            wire.Malformed: They do not fit.
        """
        if (custom := self._custom.get(method)) is not None:
            known: type[Any] = custom if isinstance(custom, type) else custom()
            return wire.from_json({} if params is None else _mended(params), known)
        if method not in types.METHOD_TO_TYPES:
            return params
        kind = cast("Any", types.METHOD_TO_TYPES)[method][2]
        if kind is None:
            return None
        params = {} if params is None else params
        try:
            return self._converter.structure(params, kind)
        except Exception:  # cattrs passes on whatever the hooks raised
            return self._structure_mended(params, kind)

    def _structure_mended(self, params: Any, kind: Any) -> Any:
        """As if members that are null were absent, which is how clients in Lua and Vim script write it."""
        try:
            return self._converter.structure(_without_nulls(params), kind)
        except Exception as error:  # as above
            raise misfit(params, kind) from error


def misfit(params: Any, kind: Any) -> wire.Malformed:
    """Where `params` are no `kind`."""
    try:
        _detailed_converter().structure(params, kind)
    except Exception as error:  # the same, in groups
        first = cattrs.transform_error(error, path="params", format_exception=_describe)[0]
        message, _, where = first.rpartition(" @ ")
        if _WAS_NO_OBJECT.search(message):  # found when a member of it was looked up
            return wire.Malformed(_camel(where.rpartition(".")[0]), "expected an object")
        return wire.Malformed(_camel(where), message)
    return wire.Malformed("params", "not what the method takes")


_WAS_NO_OBJECT = re.compile("indices must be|not subscriptable|argument of type")


def lsp_converter(*, detailed: bool = False) -> cattrs.Converter:
    """A converter for LSP's types that takes no number for text and no text for a number."""
    converter = cattrs.Converter(detailed_validation=detailed)
    # These hooks also get the enumerations that derive from text and number.
    for kind, structure in ((str, _text), (int, _integer), (bool, _boolean), (float, _number)):
        converter.register_structure_hook(kind, structure)
    converter.register_unstructure_hook(enum.Enum, lambda value: getattr(value, "value", value))
    return converters.get_converter(converter)


@functools.cache
def _detailed_converter() -> cattrs.Converter:
    return lsp_converter(detailed=True)


def _mended(value: Any) -> Any:
    """`value` as it was meant: no null members, no whole number written as 2.0 (Lua), no half of a surrogate pair."""
    match value:
        case str():
            return position_codec.without_lone_surrogates(value)
        case float() if value.is_integer():
            return int(value)
        case dict():
            members = cast("dict[str, Any]", value).items()
            return {name: _mended(member) for name, member in members if member is not None}
        case list():
            return [_mended(item) for item in cast("list[Any]", value)]
        case _:
            return value


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value).items()
        return {name: _without_nulls(member) for name, member in members if member is not None}
    return [_without_nulls(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value


def _text(value: Any, kind: Any) -> str:
    if type(value) is not str:
        raise TypeError("expected text")
    return _member(value, kind)


def _integer(value: Any, kind: Any) -> int:
    if type(value) is float and value.is_integer():  # clients written in Lua have one kind of number
        value = int(value)
    if type(value) is not int:
        raise TypeError("expected a whole number")
    # Some clients write the largest number they have for "the end".
    return _member(min(value, MAX_INTEGER), kind)


def _member(value: Any, kind: Any) -> Any:
    """The member of an enumeration; a value it does not have (a newer client's) stays as it is."""
    if not issubclass(kind, enum.Enum):
        return value
    try:
        return kind(value)
    except ValueError:
        return value


def _number(value: Any, _: Any) -> float:
    if type(value) not in (int, float):
        raise TypeError("expected a number")
    return float(value)


def _boolean(value: Any, _: Any) -> bool:
    if type(value) is not bool:
        raise TypeError("expected true or false")
    return value


def _describe(error: BaseException, _: type | None) -> str:
    if isinstance(error, TypeError) and str(error).endswith("object is not iterable"):
        return "expected a list"
    return "required, but missing" if isinstance(error, KeyError) else str(error) or type(error).__name__


def _camel(path: str) -> str:
    return re.sub(r"_+([a-z]?)", lambda step: step[1].upper(), path)
