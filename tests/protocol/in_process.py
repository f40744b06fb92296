"""The small server without a process around it: messages in, messages out, as JSON."""

import asyncio
import json
from typing import Any

from llm_ls.protocol.outgoing import Outgoing
from tests.rigs import small_features

Message = dict[str, Any]
TIMEOUT_S = 5.0


class Conversation(Outgoing):
    """One client of one server, in this process.

    Attributes:
        said: What the server has sent, in order.
    """

    def __init__(self, initialize_params: Message | None = None) -> None:
        super().__init__()
        self.said: list[Message] = []
        self._news = asyncio.Event()
        self.server = small_features.build(initialize_params or {}, self)

    def send(self, body: bytes) -> None:
        self.said.append(json.loads(body))
        self._news.set()

    def receive(self, message: Any) -> None:
        """Hand the server a message."""
        self.server.receive(json.dumps(message).encode())

    async def ask(self, method: str, *params: Any, id: Any = 1) -> Message:
        """The answer to a request, made with the member `params` if one is given."""
        given = {"params": params[0]} if params else {}
        self.receive({"jsonrpc": "2.0", "id": id, "method": method, **given})
        return await self.answer(id)

    async def answer(self, id: Any) -> Message:
        """The answer to a request, once it is there."""
        async with asyncio.timeout(TIMEOUT_S):
            while not (answers := self.answers(id)):
                self._news.clear()
                await self._news.wait()
        return answers[0]

    def answers(self, id: Any) -> list[Message]:
        """All answers to a request so far."""
        return [message for message in self.said if "method" not in message and message["id"] == id]

    async def settled(self) -> None:
        """Let everything happen that needs no time."""
        for _ in range(10):
            await asyncio.sleep(0)
