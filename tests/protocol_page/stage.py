"""What an example is played on: a project, a vendor, GitHub, and the names that the page has for them."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import attrs

from tests.rigs.github import GitHub
from tests.rigs.vendor import LoopbackVendor

# What is different each time has one value on the page: times and figures that are measured, ids made of random bytes.
_MEASURED: Mapping[str, Any] = {
    "latencyMs": 180,
    "firstEventS": 0.9,
    "since": "2026-11-21T00:00:00+00:00",
    "at": "2026-11-27T20:15:00.250000Z",
    "createdAt": "2026-11-27T20:15:00.125000Z",
    "updatedAt": "2026-11-27T20:15:04.500000Z",
}
_MADE = (
    (re.compile(r"\bmessage-[0-9a-f]{16}\b"), "message-5f0e6f2a9c31b7d4"),
    (re.compile(r"\b[0-9A-F]{4}-[0-9A-F]{4}\b"), "ABCD-1234"),
    (re.compile(r"\b\d+(\.\d)? s\b"), "1.2 s"),
)
_ID = re.compile(r"\b[0-9a-f]{12}\b")
_IDS = ("5f0e6f2a9c31", "8b1d40c7e256", "c37a915e08fd", "e94b2f60d71a", "1ad85c3b94e7", "72c6f1a0be58", "0d3f9b57a4c2")
"""Of conversations and turns; a client sends back what it got, so each has one of its own."""


@attrs.frozen
class Stage:
    """Everything around one server.

    Attributes:
        folder: The project.
        vendor: What `https://llm.example.com` is on the page.
        github: What `https://github.com` is on the page.
        ids: What each of `_IDS` is here, as far as there were any.
    """

    folder: Path
    vendor: LoopbackVendor
    github: GitHub
    ids: dict[str, str] = attrs.field(factory=dict[str, str])

    def to_server(self, value: Any) -> Any:
        """A message of the page as it is sent here."""
        return _replaced(value, self._names())

    def to_page(self, value: Any) -> Any:
        """A message from here as the page has it."""
        for id in _ID.findall(json.dumps(value)):
            if id not in self.ids.values():
                self.ids[_IDS[len(self.ids)]] = id
        return _settled(_replaced(value, [(here, named) for named, here in self._names()]))

    def _names(self) -> list[tuple[str, str]]:
        """What the page calls a thing, and what it is here."""
        return [
            ("https://llm.example.com", self.vendor.url),
            ("https://github.com", self.github.url),
            ("/home/me/project", str(self.folder)),
            *self.ids.items(),
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
