"""A vendor on loopback."""

from collections.abc import AsyncGenerator

import pytest

from tests.rigs.vendor import LoopbackVendor


@pytest.fixture
async def vendor() -> AsyncGenerator[LoopbackVendor]:
    async with LoopbackVendor() as loopback:
        yield loopback
