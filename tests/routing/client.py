"""A client of loopback vendors whose models are routed: its registry, its composition, its ledger."""

from collections.abc import Callable
from typing import Any

import attrs

from llm_ls.models import ModelRequest
from llm_ls.providers.registry import Registry
from llm_ls.routing.composition import Composition
from llm_ls.routing.routes import Use
from llm_ls.settings import ProviderSettings
from llm_ls.store.ledger import Ledger
from tests.rigs.vendor import LoopbackVendor
from tests.routing.rig import HELLO, answer, rows

CHAT = Use("chat")


@attrs.define
class Client:
    """A client of the loopback vendors, which are providers `first`, `second` and so on."""

    registry: Registry
    composition: Composition
    ledger: Ledger

    async def ask(self, name: str, use: Use = CHAT, request: ModelRequest = HELLO) -> Any:
        return await answer(self.composition.model(name, use), request)

    async def written(self, *columns: str) -> list[tuple[Any, ...]]:
        await self.composition.aclose()
        return await rows(self.ledger, *columns)


Make = Callable[..., Client]


def row(vendor: LoopbackVendor, **settings: Any) -> ProviderSettings:
    return ProviderSettings(kind="openai", base_url=f"{vendor.url}/v1", **settings)
