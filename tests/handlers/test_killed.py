"""A server that is killed while it answers: what had come is kept, and marked as cut off."""

import asyncio
import random
import time
from typing import Any

import pytest

from tests.benchmarks import servers
from tests.rigs import raw_client
from tests.rigs.raw_client import Message, RawClient

CONVERSATIONS = 200
AT_ONCE = 40
LAG_S = 0.25
"""How long before its end a server may have had in hand what is not on disk yet; on a quiet machine it is 0.02 s."""


async def test_of_200_conversations_that_are_killed_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)
    seen: dict[str, str] = {}
    with servers.vendor() as vendor:
        for name, value in vendor.environment().items():
            monkeypatch.setenv(name, value)
        for _ in range(CONVERSATIONS // AT_ONCE):
            seen |= await _killed(chance.uniform(0.0, 0.6))
        kept = await _kept(list(seen))

    assert len(seen) == CONVERSATIONS
    for id, text in seen.items():
        question, answer = kept[id]
        assert question["content"].startswith("chat ")
        assert answer["content"].startswith(text)
        assert answer.get("cutOff") or answer["stopReason"] == "end_turn"
    assert sum("cutOff" in answer for _, answer in kept.values()) > CONVERSATIONS // 2


async def _killed(after_s: float) -> dict[str, str]:
    """By conversation, what a client had been told `LAG_S` before its server was killed."""
    async with raw_client.started() as client:
        await client.initialize({"capabilities": {}})
        for number in range(AT_ONCE):
            client.request(number, "llm-ls/chat", _question(number))
        for number in range(AT_ONCE):
            await client.message(lambda message, number=number: _event(message, number) == "text_delta")
        await asyncio.sleep(after_s)
        client.process.kill()
        ended = time.monotonic()
        await client.exit_code()
    return _told(client, ended - LAG_S)


def _question(number: int) -> dict[str, Any]:
    model = f"openai/words-{5 if number % 4 == 0 else 400}-every-10-ms"
    return {"message": f"chat {number}", "model": model, "partialResultToken": number}


def _event(message: Message, number: int) -> str:
    """Which event of that answer a message is; empty for any other message."""
    if message.get("method") != "$/progress" or message["params"]["token"] != number:
        return ""
    return message["params"]["value"]["type"]


def _told(client: RawClient, until: float) -> dict[str, str]:
    events = [
        (at, message["params"])
        for at, message in zip(client.came, client.messages, strict=True)
        if message.get("method") == "$/progress"
    ]
    ids = {params["token"]: params["value"]["conversationId"] for _, params in events if "messageId" in params["value"]}
    return {
        id: "".join(
            params["value"]["text"]
            for at, params in events
            if params["token"] == token and params["value"]["type"] == "text_delta" and at < until
        )
        for token, id in ids.items()
    }


async def _kept(ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """The turns of the conversations, as the next server knows them."""
    async with raw_client.started() as client:
        await client.initialize({"capabilities": {}})
        answers = [await client.ask(id, "llm-ls/getConversation", {"id": id}) for id in ids]
        return {id: answer["result"]["turns"] for id, answer in zip(ids, answers, strict=True)}
