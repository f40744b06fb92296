"""No key that a vendor, hostile or broken, was sent comes out of the program, whatever happens to it."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tests.secrets.house import UNFILTERED, Conversation, House
from tests.secrets.parrot import REPLIES, Parrot

KINDS = ("anthropic", "openai", "openai-responses", "ollama", "cohere", "replicate", "github-copilot")


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
async def parrot() -> AsyncGenerator[Parrot]:
    async with Parrot() as vendor:
        yield vendor


def settings(house: House, parrot: Parrot) -> dict[str, Any]:
    """A provider of each wire, with a key of each source, and a token in a header of the user's own."""
    house.plant_keys()
    key = house.plant("printed by the command")
    command = ["cat", str(house.write("key", key))]
    providers: dict[str, Any] = {
        kind: {"baseUrl": parrot.url, "models": ["m"], "retry": {"maxRetries": 0}} for kind in KINDS
    }
    providers["gateway"] = {**providers["openai"], "kind": "openai", "apiKeyCommand": command}
    providers["gateway"]["headers"] = {"X-Gateway": house.plant("header")}
    return {"providers": providers}


async def drive(one: Conversation, parrot: Parrot, given: dict[str, Any], given_key: str) -> None:
    """Ask every provider in every way, with each answer."""
    for reply in REPLIES.values():
        parrot.reply = reply
        begun = [
            one.begin(method, {"provider": name, "message": "Hi", "model": f"{name}/m", **params})
            for name in given["providers"]
            for method, params in (
                ("llm-ls/chat", {"partialResultToken": "p"}),
                ("llm-ls/testProviderConnection", {"model": "m", "apiKey": given_key}),
            )
        ]
        for number in begun:
            await one.client.response(number)


async def test_vendor_that_repeats_what_it_was_sent(house: House, parrot: Parrot) -> None:
    given = settings(house, parrot)
    async with house.server(given, UNFILTERED) as one:
        await drive(one, parrot, given, house.plant("given to be tried"))
        await one.ask("llm-ls/listModels", {"refresh": True})

    assert len(parrot.requests) > 200
    assert house.leaks() == []
