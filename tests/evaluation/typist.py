"""A person who types a text: how fast, where they pause, what they mistype, and which suggestions they take."""

import random
import re
from typing import Literal

import attrs

_TYPO = "qzxjk"
_PAUSE_AT_LINE_END_S = (0.25, 1.6)
_PAUSE_TO_THINK_S = (0.7, 3.0)
_TO_THINK = 0.04
_TO_MISTYPE = 0.015
_JITTER = 0.35
_WORD_START = re.compile(r"(?<!\w)\w")


@attrs.frozen
class Key:
    """What is done next, so many seconds after the key before: typing `text`, or taking back what was mistyped."""

    after_s: float
    kind: Literal["type", "mistype", "backspace"]
    text: str = ""


@attrs.define
class Typist:
    """Types `text`, the same with the same seed.

    Attributes:
        characters_a_second: While the person types on.
        at: How much of the text is there.
    """

    text: str
    seed: int
    characters_a_second: float = 12.0
    at: int = 0
    _chance: random.Random = attrs.field(init=False)
    _mistyped: bool = False

    def __attrs_post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    @property
    def rest(self) -> str:
        return self.text[self.at :]

    def next(self) -> Key | None:
        """The next key; `None` when all is typed. A line end comes with the indentation after it, as in an editor."""
        if not self.rest:
            return None
        delay = self._chance.lognormvariate(0, _JITTER) / self.characters_a_second
        if self._mistyped:
            return Key(delay + self._chance.uniform(0.1, 0.3), "backspace")
        if self.text[: self.at].rstrip(" \t").endswith("\n"):
            delay += self._chance.uniform(*_PAUSE_AT_LINE_END_S)
        elif _WORD_START.match(self.text, self.at) and self._chance.random() < _TO_THINK:
            delay += self._chance.uniform(*_PAUSE_TO_THINK_S)
        if self.rest[0].isalnum() and self._chance.random() < _TO_MISTYPE:
            return Key(delay, "mistype", self._chance.choice(_TYPO))
        found = re.match(r"\n[ \t]*|.", self.rest, re.DOTALL)
        assert found is not None
        return Key(delay, "type", found[0])

    def press(self, key: Key) -> None:
        """The key that was next has been pressed."""
        self._mistyped = key.kind == "mistype"
        self.at += len(key.text) if key.kind == "type" else 0

    def would_take(self, suggestion: str, share: float) -> bool:
        """Whether `suggestion` is what they were about to type, and they are one who takes such."""
        fits = bool(suggestion.strip()) and not self._mistyped and self.rest.startswith(suggestion)
        return fits and self._chance.random() < share

    def take(self, suggestion: str) -> None:
        self.at += len(suggestion)
