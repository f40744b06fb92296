"""A client that speaks raw bytes with a real server process; it waits for nothing without a limit."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

from llm_ls import framing
from tests.rigs import places

TIMEOUT_S = 20.0
SERVER = ("-m", "llm_ls")

Message = dict[str, Any]


class RawClient:
    """One server process and everything it has said.

    Attributes:
        process: The server.
        messages: What came on its stdout, in order.
        came: When each of them came, by `time.monotonic`.
        errors: What came on its stderr.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.messages: list[Message] = []
        self.came: list[float] = []
        self.errors = b""
        self._news = asyncio.Event()
        self._reads = asyncio.Event()
        self._reads.set()

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        assert self.process.stdin is not None
        self.process.stdin.write(data)

    def send(self, *messages: Any) -> None:
        """Send JSON messages in one write."""
        self.write(b"".join(framing.encode(json.dumps(message).encode()) for message in messages))

    def notify(self, method: str, params: Any) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, id: int | str, method: str, params: Any) -> None:
        """Send a request without waiting for the answer."""
        self.send({"jsonrpc": "2.0", "id": id, "method": method, "params": params})

    async def ask(self, id: int | str, method: str, params: Any) -> Message:
        """Send a request and wait for the answer."""
        self.request(id, method, params)
        return await self.response(id)

    async def initialize(self, params: Any) -> Message:
        """Say hello; the result."""
        answer = await self.ask("initialize", "initialize", params)
        self.notify("initialized", {})
        return answer["result"]

    async def response(self, id: int | str | None) -> Message:
        """The first answer to a request."""
        return await self.message(lambda message: "method" not in message and message["id"] == id)

    async def said(self, method: str) -> Message:
        """The first notification or request of the server called `method`."""
        return await self.message(lambda message: message.get("method") == method)

    async def message(self, wanted: Callable[[Message], bool]) -> Message:
        """The first message that is `wanted`, once it is there."""
        seen = 0
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                for message in self.messages[seen:]:
                    if wanted(message):
                        return message
                seen = len(self.messages)
                self._news.clear()
                await self._news.wait()

    def answers(self, id: int | str | None) -> list[Message]:
        """All answers to a request so far."""
        return [message for message in self.messages if "method" not in message and message["id"] == id]

    def stop_reading(self) -> None:
        """Leave what the server says in its pipes, stdout and stderr."""
        self._reads.clear()

    def read_on(self) -> None:
        self._reads.set()

    def close(self) -> None:
        """Close the server's stdin."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    async def exit_code(self, within_s: float = TIMEOUT_S) -> int:
        """The exit code, if the server ends in time."""
        async with asyncio.timeout(within_s):
            # `process.wait` waits for the pipes too, which a client that has stopped reading never drains.
            while self.process.returncode is None:  # noqa: ASYNC110  there is no event for it
                await asyncio.sleep(0.005)
        return self.process.returncode

    async def listen(self) -> None:
        """Take in what the server says, until it closes its stdout."""
        assert self.process.stdout is not None
        framer = framing.Framer()
        while data := await self.process.stdout.read(65536):
            for body in framer.feed(data):
                self.messages.append(json.loads(body))
                self.came.append(time.monotonic())
            self._news.set()
            await self._reads.wait()

    async def hear_errors(self) -> None:
        """Take in what the server says on stderr."""
        assert self.process.stderr is not None
        while data := await self.process.stderr.read(65536):
            self.errors += data
            await self._reads.wait()


@asynccontextmanager
async def started(*arguments: str, program: tuple[str, ...] = SERVER) -> AsyncGenerator[RawClient]:
    """A client of a new server process, which is ended with the block at the latest.

    Args:
        arguments: On the server's command line.
        program: What Python runs, as options or a file.
    """
    pipe = asyncio.subprocess.PIPE
    paths = filter(None, (str(places.REPOSITORY), os.environ.get("PYTHONPATH")))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        *arguments,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        cwd=places.REPOSITORY,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )
    client = RawClient(process)
    listening = [asyncio.create_task(client.listen()), asyncio.create_task(client.hear_errors())]
    try:
        yield client
    finally:
        if process.returncode is None:
            process.kill()
        client.read_on()
        await process.wait()
        await asyncio.wait(listening, timeout=TIMEOUT_S)
        client.close()
