"""Suggestions made while the user types, and what becomes of them, for the ledger."""

import asyncio

import attrs

from llm_ls.documents import Span
from llm_ls.routing.aside import Aside
from llm_ls.store.suggestion_counts import Fate, SuggestionLedger

COUNTED = 256
"""As many of the newest are still of interest."""


_RANK: dict[Fate, int] = {"offered": 0, "shown": 1, "rejected": 2, "accepted_in_part": 3, "accepted": 4}


@attrs.frozen
class Suggestion:
    """Text to put into a document.

    Attributes:
        span: What it replaces, on one line; mostly empty.
        text: With the document's line ends.
        model: `provider/model`.
    """

    id: str
    span: Span
    text: str
    model: str


@attrs.define(eq=False)
class _Counted:
    """What has become of one.

    Attributes:
        begins: How much of it was there already when it was last offered: it is offered again with what is left.
        parts: How much was taken of what was offered so, by where that began.
    """

    row: "asyncio.Task[int | None]"
    characters: int
    fate: Fate = "offered"
    shown: bool = False
    begins: int = 0
    parts: dict[int, int] = attrs.field(factory=dict[int, int])

    @property
    def accepted(self) -> int:
        return self.characters if self.fate == "accepted" else min(sum(self.parts.values()), self.characters)


class Suggestions:
    """Writes down what becomes of suggestions; of an id that it does not know, nothing does."""

    def __init__(self, ledger: SuggestionLedger) -> None:
        self._ledger = ledger
        self._aside = Aside()
        self._counted: dict[str, _Counted] = {}

    def offered(self, id: str, model: str, characters: int) -> None:
        """The editor has been given it, or what is left of it; counted the first time."""
        if (counted := self._counted.get(id)) is not None:
            counted.begins = max(0, counted.characters - characters)
        else:
            self._counted[id] = _Counted(self._aside.start(self._ledger.begin(model)), characters)
            if len(self._counted) > COUNTED:
                del self._counted[next(iter(self._counted))]

    def shown(self, id: str) -> None:
        """The user has seen it."""
        self._came_to(id, "shown")

    def accepted(self, id: str) -> None:
        """The user has taken the whole of it."""
        self._came_to(id, "accepted")

    def accepted_part(self, id: str, characters: int) -> None:
        """The user has taken that many characters of what was last offered of it; with the last one, all of it."""
        if (counted := self._counted.get(id)) is not None:
            counted.parts[counted.begins] = max(characters, counted.parts.get(counted.begins, 0))
            is_whole = counted.begins + characters >= counted.characters
            self._came_to(id, "accepted" if is_whole else "accepted_in_part")

    def rejected(self, id: str) -> None:
        """The user does not want it."""
        self._came_to(id, "rejected")

    async def aclose(self) -> None:
        """Let what is being written be written."""
        await self._aside.aclose()

    async def settled(self) -> None:
        """Wait until it is written; a moment at most."""
        await self._aside.settled()

    def _came_to(self, id: str, fate: Fate) -> None:
        counted = self._counted.get(id)
        if counted is None:
            return
        counted.shown |= fate in ("shown", "rejected")
        if _RANK[fate] > _RANK[counted.fate]:
            counted.fate = fate
        self._aside.start(self._write(counted, counted.fate, counted.shown, counted.accepted))

    async def _write(self, counted: _Counted, fate: Fate, shown: bool, accepted: int) -> None:
        if (row := await counted.row) is not None:
            await self._ledger.end(row, fate, shown, accepted)
