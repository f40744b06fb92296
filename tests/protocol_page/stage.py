"""What an example is played on: a project, a vendor, GitHub, and the names that the page has for them."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import attrs

from tests.rigs.github import GitHub
from tests.rigs.vendor import LoopbackVendor

# What is different each time has one value on the page: times and figures that are measured, ids made of random bytes.
_MEASURED: Mapping[str, Any] = {"latencyMs": 180, "firstEventS": 0.9, "since": "2026-11-21T00:00:00+00:00"}
_MADE = (
    (re.compile(r"\bmessage-[0-9a-f]{16}\b"), "message-5f0e6f2a9c31b7d4"),
    (re.compile(r"\b[0-9A-F]{4}-[0-9A-F]{4}\b"), "ABCD-1234"),
    (re.compile(r"\b\d+(\.\d)? s\b"), "1.2 s"),
)


@attrs.frozen
class Stage:
    """Everything around one server.

    Attributes:
        folder: The project.
        vendor: What `https://llm.example.com` is on the page.
        github: What `https://github.com` is on the page.
    """

    folder: Path
    vendor: LoopbackVendor
    github: GitHub

    def to_server(self, value: Any) -> Any:
        """A message of the page as it is sent here."""
        return _replaced(value, self._names())

    def to_page(self, value: Any) -> Any:
        """A message from here as the page has it."""
        return _settled(_replaced(value, [(here, named) for named, here in self._names()]))

    def _names(self) -> list[tuple[str, str]]:
        """What the page calls a thing, and what it is here."""
        return [
            ("https://llm.example.com", self.vendor.url),
            ("https://github.com", self.github.url),
            ("/home/me/project", str(self.folder)),
        ]


def _replaced(value: Any, names: list[tuple[str, str]]) -> Any:
    def replaced(text: str) -> str:
        for old, new in names:
            text = text.replace(old, new)
        return text

    return _with_texts(value, replaced)


def _settled(value: Any) -> Any:
    def settled(text: str) -> str:
        for pattern, always in _MADE:
            text = pattern.sub(always, text)
        return text

    return _with_texts(value, settled, _MEASURED)


def _with_texts(value: Any, change: Callable[[str], str], given: Mapping[str, Any] = MappingProxyType({})) -> Any:
    """`value` with each text changed, also names of members; members that are `given` have that value."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value).items()
        return {change(name): given.get(name, _with_texts(member, change, given)) for name, member in members}
    if isinstance(value, list):
        return [_with_texts(member, change, given) for member in cast("list[Any]", value)]
    return value
