"""What routed models write to and ask with."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from llm_ls.providers.http import new_client
from llm_ls.providers.registry import Registry
from llm_ls.routing.aside import Aside
from llm_ls.routing.composition import Composition
from llm_ls.settings import ProviderSettings, Settings
from llm_ls.store.ledger import Ledger
from tests.routing.client import Client, Make
from tests.routing.rig import Time


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncGenerator[Ledger]:
    made = Ledger(tmp_path / "ledger.sqlite3")
    yield made
    await made.aclose()


@pytest.fixture
async def aside() -> AsyncGenerator[Aside]:
    made = Aside()
    yield made
    await made.aclose()


@pytest.fixture
async def http() -> AsyncGenerator[httpx2.AsyncClient]:
    async with new_client() as client:
        yield client


@pytest.fixture
async def make(tmp_path: Path, time: Time) -> AsyncGenerator[Make]:
    made: list[Client] = []

    def make(providers: dict[str, ProviderSettings], environment: dict[str, str] | None = None, **more: Any) -> Client:
        settings = Settings(providers=providers, **more)
        registry, ledger = Registry(settings, environment or {}), Ledger(tmp_path / "ledger.sqlite3")
        made.append(Client(registry, Composition(registry, settings, ledger, time.clock, time.sleep), ledger))
        return made[-1]

    yield make
    for client in made:
        await client.composition.aclose()
        await client.ledger.aclose()
        await client.registry.aclose()
