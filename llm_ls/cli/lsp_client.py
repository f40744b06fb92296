"""A small LSP client over stdio, for `llm-ls demo`: the real server, seen from where an editor sits."""

import asyncio
import itertools
import json
import os
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from llm_ls.framing import Framer, encode

Message = dict[str, Any]


class LspClient:
    """Sends requests and hears what the server says.

    Attributes:
        on_notification: Called with every notification of the server.
        on_request: Called with every request of the server; what it returns is the result.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self.on_notification: Callable[[Message], None] = lambda _: None
        self.on_request: Callable[[Message], Any] = lambda _: None

    async def request(self, method: str, params: Any) -> Any:
        """The result of a request.

        Raises:
            RuntimeError: The server answered with an error; the text is its message.
        """
        number = next(self._numbers)
        waiting = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._send({"id": number, "method": method, "params": params})
        answer = await waiting
        if "error" in answer:
            raise RuntimeError(answer["error"]["message"])
        return answer.get("result")

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    async def listen(self) -> None:
        """Take in what the server says, until it closes."""
        assert self._process.stdout is not None
        framer = Framer()
        try:
            while chunk := await self._process.stdout.read(65536):
                for body in framer.feed(chunk):
                    self._take(json.loads(body))
        finally:
            for waiting in self._waiting.values():
                waiting.set_exception(RuntimeError("the server ended before it answered"))

    def _take(self, message: Message) -> None:
        if "method" not in message:
            self._waiting.pop(message["id"]).set_result(message)
        elif "id" in message:
            self._send({"id": message["id"], "result": self.on_request(message)})
        else:
            self.on_notification(message)

    def _send(self, message: Message) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(encode(json.dumps({"jsonrpc": "2.0", **message}).encode()))


@asynccontextmanager
async def started_server(environment: Mapping[str, str]) -> AsyncGenerator[LspClient]:
    """`llm-ls --stdio` with `environment` added to this process's own; ended when the block is left."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "llm_ls", "--stdio"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
    )
    client = LspClient(process)
    listening = asyncio.create_task(client.listen())
    try:
        yield client
        await client.request("shutdown", None)
        client.notify("exit", None)
        await process.wait()
    finally:
        listening.cancel()
        if process.returncode is None:
            process.kill()
            await process.wait()
