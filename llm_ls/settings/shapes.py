"""The settings classes read as shapes, for those that walk them: the check, the schema, the list of names."""

import functools
import re
from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import attrs

from llm_ls import settings
from llm_ls.settings.limits import Limit


@attrs.frozen
class Plain:
    """Text, a number, or true or false."""

    type: type
    limit: Limit | None = None


@attrs.frozen
class Choice:
    values: tuple[str, ...]


@attrs.frozen
class Json:
    """Any JSON; what it means is a vendor's affair."""


@attrs.frozen
class Sequence:
    item: "Shape"


@attrs.frozen
class Table:
    """An object with names of the user's own."""

    name: Limit | None
    item: "Shape"


@attrs.frozen
class Member:
    """One member of a `Record`; without a default it must be given."""

    shape: "Shape"
    default: Any
    description: str

    @property
    def required(self) -> bool:
        return self.default is attrs.NOTHING


@attrs.frozen
class Record:
    """An object with the members of a settings class, by their JSON names.

    Attributes:
        whole: Whether it is not used at all without a member that is refused: doing without it could do harm.
    """

    description: str
    members: Mapping[str, Member]
    whole: bool = False


Shape = Plain | Choice | Json | Sequence | Table | Record


@functools.cache
def settings_shape() -> Record:
    """All settings."""
    return _record(settings.Settings)


def paths(shape: Shape | None = None) -> Iterator[str]:
    """Every setting as people write it, such as `providers.*.baseUrl` and `codeActions.custom[].title`."""
    for name, member in _members(settings_shape() if shape is None else shape):
        inner = list(paths(member))
        yield from (f"{name}{'' if path.startswith('[') else '.'}{path}" for path in inner)
        if not inner:
            yield name


def default(path: str) -> Any:
    """What the setting `path`, such as `context.exclude`, is when nobody sets it."""
    *groups, name = path.split(".")
    shape = settings_shape()
    for group in groups:
        inner = shape.members[group].shape
        assert isinstance(inner, Record)
        shape = inner
    return shape.members[name].default


def _members(shape: Shape) -> Iterator[tuple[str, Shape]]:
    match shape:
        case Record(members=members):
            yield from ((name, member.shape) for name, member in members.items())
        case Table(item=Record() as item):
            yield "*", item
        case Sequence(item=Record() as item):
            yield "[]", item
        case _:
            pass


def _record(cls: type[attrs.AttrsInstance]) -> Record:
    documentation = cls.__doc__ or ""
    descriptions = dict(re.findall(r"^ {8}(\w+): (.+)$", documentation, re.MULTILINE))
    return Record(
        documentation.partition("\n")[0],
        {
            _camel(field.name): Member(
                _shape(field.type),
                _default(field),
                descriptions.get(field.name, ""),
            )
            for field in attrs.fields(attrs.resolve_types(cls))
        },
        getattr(cls, "WHOLE", False),
    )


def _default(field: "attrs.Attribute[Any]") -> Any:
    made: Any = field.default
    return made.factory() if hasattr(made, "factory") else made


def _shape(kind: Any, limit: Limit | None = None) -> Shape:
    """The shape of a type; `limit` is what an `Annotated` around it said."""
    arguments = get_args(kind)
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        (only,) = [argument for argument in arguments if argument is not NoneType]
        return _shape(only)
    if origin is Annotated:
        return _shape(arguments[0], arguments[1])
    if origin is Literal:
        return Choice(arguments)
    if kind is Any:
        return Json()
    if origin is tuple:
        return Sequence(_shape(arguments[0]))
    if origin is Mapping:
        name = _shape(arguments[0])
        return Table(name.limit if isinstance(name, Plain) else None, _shape(arguments[1]))
    return _record(kind) if attrs.has(kind) else Plain(kind, limit)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
