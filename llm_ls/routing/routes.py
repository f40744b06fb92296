"""The models of one client as they are asked: each wrapped in what the settings want, and followed by its fallbacks.

Importing it costs little: what wraps a model is imported when the first one is wanted.
"""

import asyncio
import importlib
from collections.abc import Callable
from typing import Literal, Protocol, cast

import attrs

from llm_ls.models import InfillModel, Model
from llm_ls.providers.directory import Role
from llm_ls.providers.registry import Registry
from llm_ls.settings import Settings
from llm_ls.store.ledger import Ledger

Purpose = Literal["chat", "edit", "inlineCompletion", "nextEdit", "other"]

_COMPOSITION = "llm_ls.routing.composition"


@attrs.frozen
class Use:
    """What a model is asked for.

    Attributes:
        conversation: Its id; empty if there is none.
        fresh: Whether to ask even if the answer to the same question is kept.
    """

    purpose: Purpose
    conversation: str = ""
    fresh: bool = False


class Composer(Protocol):
    """What `composition.Composition` does, said where it can be read without importing it."""

    def configure(self, settings: Settings) -> None: ...
    def model(self, name: str, use: Use) -> Model: ...
    def infill_model(self, name: str, use: Use, by_chat: Callable[[Model], InfillModel]) -> InfillModel: ...
    async def settled(self) -> None: ...
    async def aclose(self) -> None: ...


class Routes:
    """Owns what the models of a client share. Opens nothing before one is asked.

    Attributes:
        ledger: Of what they are asked, and what it took.
    """

    def __init__(self, registry: Registry, settings: Settings) -> None:
        self.ledger = Ledger()
        self._registry = registry
        self._settings = settings
        self._composition: Composer | None = None

    def configure(self, settings: Settings) -> None:
        """Go by `settings` from now on; what is being answered goes on as it began."""
        self._settings = settings
        if self._composition is not None:
            self._composition.configure(settings)

    def model(self, name: str, purpose: Purpose, conversation: str = "", *, fresh: bool = False) -> Model:
        """The model that `name` means, as `Registry.model` has it; where it has fallbacks, they answer in its place.

        Args:
            purpose: What asks, for the ledger.
            conversation: Likewise; empty if there is none.
            fresh: Whether to ask even if the answer to the same question is kept.

        Raises:
            errors.LlmLsError: It cannot be asked, and has no fallbacks.
        """
        return self._composed.model(name, Use(purpose, conversation, fresh))

    def default_model(
        self, role: Role, purpose: Purpose | None = None, conversation: str = "", *, fresh: bool = False
    ) -> Model:
        """The model for `role` where none is named; the purpose is the role unless it is given.

        Raises:
            errors.LlmLsError: Nothing is configured, or it cannot be asked and has no fallbacks.
        """
        name = self._registry.default_name(role) or self._registry.default_model(role).name
        return self.model(name, purpose or role, conversation, fresh=fresh)

    def infill_model(self, name: str, by_chat: Callable[[Model], InfillModel]) -> InfillModel:
        """The model that `name` means, for filling in the middle.

        Args:
            name: As of `model`.
            by_chat: Makes one that fills of one that can only be talked with.

        Raises:
            errors.LlmLsError: It cannot be asked, and has no fallbacks.
        """
        return self._composed.infill_model(name, Use("inlineCompletion"), by_chat)

    async def prepare(self) -> None:
        """Import what wraps a model, on a thread."""
        if self._composition is None:
            await asyncio.to_thread(importlib.import_module, _COMPOSITION)

    async def settled(self) -> None:
        """Wait until the ledger has what has ended; a moment at most."""
        if self._composition is not None:
            await self._composition.settled()

    async def aclose(self) -> None:
        """Write what is still to be written, and close the ledger."""
        if self._composition is not None:
            await self._composition.aclose()
        await self.ledger.aclose()

    @property
    def _composed(self) -> Composer:
        if self._composition is None:
            module = importlib.import_module(_COMPOSITION)
            self._composition = cast(Composer, module.Composition(self._registry, self._settings, self.ledger))
        return self._composition
