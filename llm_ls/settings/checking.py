"""One source's settings held against their shape: what fits is kept, what does not is named."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, cast

import attrs

from llm_ls.settings import secrecy, shapes
from llm_ls.settings.limits import Limit
from llm_ls.settings.problems import Problem, shown

Report = Callable[[str, str, str], None]


def checked(values: Any, source: str) -> tuple[dict[str, Any], list[Problem]]:
    """What of `values`, which may be any JSON, can be used, as JSON without nulls; and what cannot.

    Args:
        values: Settings as somebody wrote them.
        source: The name that the problems give them.
    """
    problems: list[Problem] = []
    kept = _Check(source, problems).value(shapes.settings_shape(), values, "")
    return (kept if kept is not _NOTHING else {}), problems


def nearest(path: str, name: str, siblings: Collection[str]) -> str | None:
    """The valid setting that was probably meant by `name`, written at `path`; its whole path."""
    import difflib  # not in the memory of a server that nothing was asked of

    plain = {_plain(sibling): sibling for sibling in siblings}
    found = difflib.get_close_matches(_plain(name), plain, n=1, cutoff=0.6)
    if found:
        return _joined(path, plain[found[0]])
    elsewhere = [known for known in shapes.paths() if _plain(known.rpartition(".")[2]) == _plain(name)]
    return elsewhere[0] if elsewhere else None


@attrs.frozen
class _Check:
    """The walk; each step returns what can be kept of a value, or `_NOTHING`.

    An empty list passes for an empty object and the other way round: Lua has one empty table, which Neovim 0.12
    sends as a list.
    """

    source: str
    problems: list[Problem]

    def value(self, shape: shapes.Shape, value: Any, path: str) -> Any:
        match shape:
            case shapes.Record():
                return self._record(shape, value, path)
            case shapes.Table():
                return self._table(shape, value, path)
            case shapes.Sequence():
                return self._sequence(shape, value, path)
            case shapes.Json():
                return self._json(value, path)
            case shapes.Choice(values):
                if not isinstance(value, str) or value not in values:
                    return self._refused(path, f"must be one of {', '.join(values)}")
                return value
            case shapes.Plain():
                return self._plain(shape, value, path)

    def _record(self, shape: shapes.Record, value: Any, path: str) -> Any:
        if value == []:
            value = {}
        if not isinstance(value, dict):
            return self._misfit("an object", value, path)
        values = cast(dict[str, Any], value)
        kept: dict[str, Any] = {}
        for name, member in values.items():
            known = shape.members.get(name)
            if known is None:
                self._unknown(shape, name, member, path)
            elif member is not None:
                found = self.value(known.shape, member, _joined(path, name))
                if found is not _NOTHING:
                    kept[name] = found
                elif shape.whole:
                    return _NOTHING
        for name, member in shape.members.items():
            if member.required and name not in kept:
                if values.get(name) is None:
                    self._refused(_joined(path, name), "is required, but missing")
                return _NOTHING
        return kept

    def _unknown(self, shape: shapes.Record, name: str, member: Any, path: str) -> None:
        meant = nearest(path, name, shape.members)
        could_hold_one = isinstance(member, str | dict | list)
        if secrecy.looks_secret(name) and (could_hold_one or meant is None):
            self._secret(_joined(path, name))
        else:
            hint = f"use '{meant}'" if meant else "see the README for the settings there are"
            self._refused(_joined(path, name), "is unknown", hint)

    def _table(self, shape: shapes.Table, value: Any, path: str) -> Any:
        if value == []:
            return {}
        if not isinstance(value, dict):
            return self._misfit("an object", value, path)
        kept: dict[str, Any] = {}
        for name, item in cast(dict[str, Any], value).items():
            place = _joined(path, name)
            if isinstance(item, str) and secrecy.looks_secret(name):
                self._secret(place)
            elif shape.name and not shape.name.accepts(name):
                self._refused(place, f"must be named by {shape.name.expected}")
            elif item is not None:
                found = self.value(shape.item, item, place)
                if found is not _NOTHING:
                    kept[name] = found
        return kept

    def _sequence(self, shape: shapes.Sequence, value: Any, path: str) -> Any:
        """Of a list of objects the good ones are kept; a list of texts, such as a command, is one thing."""
        if value == {}:
            return []
        if not isinstance(value, list):
            return self._misfit("a list", value, path)
        items = cast(list[Any], value)
        found = [self.value(shape.item, item, f"{path}[{index}]") for index, item in enumerate(items)]
        kept = [item for item in found if item is not _NOTHING]
        return kept if len(kept) == len(items) or isinstance(shape.item, shapes.Record) else _NOTHING

    def _json(self, value: Any, path: str) -> Any:
        match value:
            case dict():
                members = cast(dict[str, Any], value)
                return self._table(shapes.Table(None, shapes.Json()), members, path)
            case list():
                return self._sequence(shapes.Sequence(shapes.Json()), value, path)
            case str() | bool() | int() | float():
                return self._plain(shapes.Plain(type(value)), value, path)
            case _:
                return self._misfit("JSON", value, path)

    def _plain(self, shape: shapes.Plain, value: Any, path: str) -> Any:
        limit = shape.limit or Limit(_WORDS[shape.type], lambda _: True, {})
        kept = self._limited(shape.type, limit, value, path)
        return limit.stand_in if kept is _NOTHING and limit.stand_in is not None else kept

    def _limited(self, kind: type, limit: Limit, value: Any, path: str) -> Any:
        accepted = (int, float) if kind is float else (kind,)
        if not isinstance(value, accepted) or (isinstance(value, bool) and kind is not bool):
            return self._misfit(limit.expected, value, path)
        if isinstance(value, str) and _UNSENDABLE.search(value):
            return self._refused(path, "must be text without lone surrogates")
        return value if limit.accepts(value) else self._refused(path, f"must be {limit.expected}", limit.hint)

    def _misfit(self, expected: str, value: object, path: str) -> Any:
        return self._refused(path, f"must be {expected}, not {_WORDS.get(type(value), 'something else')}")

    def _secret(self, path: str) -> None:
        self._refused(path, "would hold a secret, and settings never do", secrecy.hint(path))

    def _refused(self, path: str, what: str, hint: str = "") -> Any:
        self.problems.append(Problem(path, self.source, what, hint))
        return _NOTHING


class _Nothing:
    """Nothing of the value can be kept; `None` would be JSON's null."""


_NOTHING = _Nothing()
_UNSENDABLE = re.compile(r"[\ud800-\udfff]")
_WORDS: Mapping[type, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    dict: "an object",
    list: "a list",
    type(None): "null",
}


def _joined(path: str, name: str) -> str:
    return f"{path}.{shown(name)}" if path else shown(name)


def _plain(name: str) -> str:
    """`name` without what people vary: `debounce_ms`, `DebounceMs` and `debounce-ms` are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())
