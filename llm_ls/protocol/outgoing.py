"""Where messages leave: a buffer that takes everything at once, and says when a client is slow to read.

Nothing here ever blocks the loop.
"""

import asyncio
import os
import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable

from llm_ls import framing

HIGH_WATER_BYTES = 1024 * 1024
LIMIT_BYTES = 256 * 1024 * 1024
WRITE_BYTES = 256 * 1024


class Outgoing(ABC):
    """One client's way back.

    Attributes:
        unread_bytes: What waits here, beside what the system holds.
    """

    def __init__(self) -> None:
        self._lost: Callable[[], object] | None = None
        self._closed = False
        self.unread_bytes = 0
        self._below_high_water = asyncio.Event()
        self._below_high_water.set()
        self._empty = asyncio.Event()
        self._empty.set()

    @abstractmethod
    def send(self, body: bytes) -> None:
        """Send a message, now or as soon as the client reads; messages keep their order."""

    def on_lost(self, lost: Callable[[], object]) -> None:
        """Call `lost` when nobody reads any more, or a client lets more than `LIMIT_BYTES` pile up."""
        self._lost = lost
        if self._closed:
            lost()

    async def drained(self) -> None:
        """Wait while more than `HIGH_WATER_BYTES` wait to be read."""
        if not self._below_high_water.is_set():
            await self._below_high_water.wait()

    async def emptied(self, timeout_s: float) -> None:
        """Wait until everything has left, or the time is up."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._empty.wait()
        except TimeoutError:
            pass

    def _waits(self, size: int) -> None:
        """Note that `size` bytes wait; nobody waits for a client that is gone."""
        if self._closed:
            return
        self.unread_bytes = size
        if size <= 0:
            self._empty.set()
        else:
            self._empty.clear()
        if size <= HIGH_WATER_BYTES:
            self._below_high_water.set()
        else:
            self._below_high_water.clear()
        if size > LIMIT_BYTES:
            self._lose()

    def _lose(self) -> None:
        if not self._closed:
            self._closed = True
            self._empty.set()
            self._below_high_water.set()
            if self._lost is not None:
                self._lost()


class PipeOutgoing(Outgoing):
    """A pipe or socket of our own, written to when it has room."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._buffer = bytearray()
        self._loop = asyncio.get_running_loop()

    def send(self, body: bytes) -> None:
        if self._closed:
            return
        data = framing.encode(body)
        if self._buffer:
            self._buffer += data
            self._waits(len(self._buffer))
        elif (written := self._write(data)) < len(data) and not self._closed:
            self._buffer += data[written:]
            self._loop.add_writer(self._descriptor, self._write_on)
            self._waits(len(self._buffer))

    def _write_on(self) -> None:
        del self._buffer[: self._write(bytes(self._buffer[:WRITE_BYTES]))]
        if not self._buffer or self._closed:
            self._loop.remove_writer(self._descriptor)
        self._waits(len(self._buffer))

    def _write(self, data: bytes) -> int:
        try:
            return os.write(self._descriptor, data)
        except BlockingIOError:
            return 0
        except OSError:
            self._lose()
            return 0


class ThreadOutgoing(Outgoing):
    """A file, a terminal, or anything on Windows: a thread does the writing, since these may block."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._queue: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._write, name="stdout", daemon=True).start()

    def send(self, body: bytes) -> None:
        if not self._closed:
            data = framing.encode(body)
            self._queue.put(data)
            self._wrote(-len(data))

    def _write(self) -> None:
        try:
            while True:
                data = rest = self._queue.get()
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
                self._loop.call_soon_threadsafe(self._wrote, len(data))
        except OSError:
            self._loop.call_soon_threadsafe(self._lose)

    def _wrote(self, size: int) -> None:
        self._waits(self.unread_bytes - size)
