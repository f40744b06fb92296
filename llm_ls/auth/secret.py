"""A key or token that does not show itself: it leaves only through `reveal`, at the moment it is used."""

from collections.abc import Iterator
from typing import NoReturn
from weakref import WeakValueDictionary


class Secret:
    """Holds one secret text; printing, formatting and logging it reveal nothing, pickling it fails."""

    __slots__ = ("__weakref__", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        _held[id(self)] = self

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(****)"

    def __str__(self) -> str:
        return "****"

    def __format__(self, format_spec: str) -> str:
        return "****"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written down")


_held: WeakValueDictionary[int, Secret] = WeakValueDictionary()


def held() -> Iterator[str]:
    """The texts of all secrets that are in use, the longest first, to be looked for where none may be."""
    return iter(sorted({secret.reveal() for secret in tuple(_held.values())}, key=len, reverse=True))
