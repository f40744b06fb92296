"""A home of its own for every test, and a vendor that repeats what it was sent."""

from collections.abc import AsyncGenerator

import pytest

from tests.secrets.house import House
from tests.secrets.parrot import Parrot


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
async def parrot() -> AsyncGenerator[Parrot]:
    async with Parrot() as vendor:
        yield vendor
