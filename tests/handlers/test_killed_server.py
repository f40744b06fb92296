"""A server that is killed while it answers leaves conversations that open, with what the user has seen of each."""

import asyncio
import os
import random
import time
from collections import defaultdict
from typing import Any

import attrs

from tests.handlers.chats import CHAT, FOOTER, WHY, id_in, marked, path_of, sent, without_id
from tests.rigs.editor import editor
from tests.rigs.openai import environment, whole
from tests.rigs.raw_client import started
from tests.rigs.vendor import LoopbackVendor

SERVERS = 10
CHATS = 20
SOON_S = 0.25
"""What was shown no longer ago may be missing; on a machine with nothing else to do, no longer than 0.02."""

WORDS = tuple(f"{number} " for number in range(1500))
ANSWER = "".join(WORDS)


@attrs.define
class Seen:
    """What a client was shown of an answer.

    Attributes:
        old: The text, but for what came at the very end.
    """

    conversation: str = ""
    turn: str = ""
    old: str = ""
    ended: bool = False


async def killed(after_s: float) -> list[Seen]:
    """What a client saw of a server's answers that was killed some time after its first word."""
    async with started() as client:
        await client.initialize({"capabilities": {}})
        for number in range(CHATS):
            params = {"message": f"Count, {number}.", "partialResultToken": f"chat {number}"}
            client.request(number, "llm-ls/chat", params)
        await client.message(lambda message: event_of(message).get("type") == "text_delta")
        await asyncio.sleep(after_s)
        client.process.kill()
        killed_at = time.monotonic()
        await client.process.wait()
    seen = defaultdict[str, Seen](Seen)
    for message, at in zip(client.messages, client.came, strict=True):
        event = event_of(message)
        one = seen[message["params"]["token"]] if event else Seen()
        match event.get("type"):
            case "message_start":
                one.conversation, one.turn = event["conversationId"], event["messageId"]
            case "text_delta" if at < killed_at - SOON_S:
                one.old += event["text"]
            case "message_end":
                one.ended = True
            case _:
                pass
    return list(seen.values())


def event_of(message: dict[str, Any]) -> dict[str, Any]:
    """The chat event that a message of the server is; else nothing."""
    is_event = message.get("method") == "$/progress" and str(message["params"]["token"]).startswith("chat ")
    return message["params"]["value"] if is_event else {}


async def test_two_hundred_conversations_open_again(vendor: LoopbackVendor) -> None:
    os.environ.update(environment(vendor))
    vendor.says(*whole(*WORDS))
    chance, seen = random.Random(7), list[Seen]()
    for _ in range(SERVERS):
        seen += await killed(chance.uniform(0, 0.6))
    async with editor(environ=environment(vendor)) as one:
        listed = await one.request("llm-ls/listConversations", {"limit": 1000})
        opened = {found["id"]: await one.request("llm-ls/getConversation", {"id": found["id"]}) for found in listed}

    assert len(seen) == len(opened) == SERVERS * CHATS
    assert any(shown.old and not shown.ended for shown in seen)
    for shown in seen:
        question, answer = opened[shown.conversation]["turns"]
        assert question["content"].startswith("Count, ")
        assert answer["id"] == shown.turn
        assert ANSWER.startswith(answer["content"])
        assert answer["content"].startswith(shown.old)
        assert answer["content"] == ANSWER or answer["cutOff"]
        assert "cutOff" not in answer or not shown.ended


async def test_what_a_killed_server_has_left_is_answered_anew(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("One.\n\nTwo."))
    vendor.says(*whole("Three."))
    async with editor(environ=environment(vendor)) as one:
        one.open(WHY, CHAT, "markdown")
        first = await sent(one)
        one.type(first[: first.index("Two.")], CHAT)
        offered = [action["title"] for action in await one.actions(uri=CHAT)]
        await one.command("llm-ls.preview", {"uri": CHAT})
        await one.idle()
        preview = path_of(one.opened()[-1]).read_text(encoding="utf-8")
        after = await sent(one)
        kept = await one.request("llm-ls/getConversation", {"id": id_in(after)})

    assert "AI: Regenerate" in offered
    assert "Why?" in preview
    assert "One." not in preview
    assert without_id(after) == marked(f"## You\n\nWhy?\n\n## Assistant\n\nThree.\n\n{FOOTER}\n\n## You\n\n\n")
    assert [turn["content"] for turn in kept["turns"]] == ["Why?", "Three."]
    assert len(kept["turns"][1]["alternatives"]) == 1
