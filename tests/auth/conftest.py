"""What signs in here: an HTTP client, to our fake of GitHub."""

from collections.abc import AsyncGenerator

import httpx2
import pytest

from llm_ls.auth.fetching import Fetch
from llm_ls.providers.fetcher import Fetcher
from tests.rigs.github import GitHub


@pytest.fixture
async def github() -> AsyncGenerator[GitHub]:
    async with GitHub() as fake:
        yield fake


@pytest.fixture
async def fetch() -> AsyncGenerator[Fetch]:
    async with httpx2.AsyncClient(trust_env=False) as http:
        yield Fetcher(http)
