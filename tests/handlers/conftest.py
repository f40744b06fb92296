"""A fake of GitHub whose codes may be asked after as often as a test likes."""

from collections.abc import AsyncGenerator

import pytest

from tests.rigs.github import GitHub


@pytest.fixture
async def github(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[GitHub]:
    monkeypatch.setattr("llm_ls.auth.device_codes._SHORTEST_S", 0.01)
    async with GitHub() as fake:
        fake.interval = 0.02
        yield fake
