"""A clock for who waits long: hours pass in no time, or so much faster than they do."""

import asyncio
import math


class FastClock:
    """A `device_flow.Clock`.

    Attributes:
        slept: What was slept, in seconds of its own.
        speed: Its seconds in one of this machine's.
    """

    def __init__(self, speed: float = math.inf) -> None:
        self.slept: list[float] = []
        self.speed = speed
        self._now = 1000.0
        self._woken: asyncio.Queue[float] = asyncio.Queue()

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)
        self.slept.append(seconds)
        self._now += seconds
        self._woken.put_nowait(seconds)

    async def woken(self) -> float:
        """Wait until a sleep is over that no earlier call has returned."""
        async with asyncio.timeout(10):
            return await self._woken.get()
