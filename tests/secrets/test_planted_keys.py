"""No key that a vendor, hostile or broken, was sent comes out of the program, whatever happens to it."""

import os
from typing import Any
from urllib.parse import quote

import pytest

from tests.secrets.house import UNFILTERED, Conversation, House
from tests.secrets.parrot import REPLIES, Parrot

KINDS = ("anthropic", "openai", "openai-responses", "ollama", "cohere", "replicate", "github-copilot")


def settings(house: House, parrot: Parrot) -> dict[str, Any]:
    """A provider of each wire, with a key of each source, and a token in a header of the user's own."""
    house.plant_keys()
    key = house.plant("printed by the command")
    command = ["cat", str(house.write("key", key))]
    providers: dict[str, Any] = {
        kind: {"baseUrl": parrot.url, "models": ["m"], "retry": {"maxRetries": 0}} for kind in KINDS
    }
    providers["gateway"] = {**providers["openai"], "kind": "openai", "apiKeyCommand": command}
    providers["gateway"]["baseUrl"] = f"{parrot.url}/?gate={house.plant('gate', '{name}-{core}')}"
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
        parrot.reply = REPLIES["models"]
        for name in given["providers"]:
            await one.ask("llm-ls/listModels", {"provider": name, "refresh": True})

    assert parrot.heard(house.secrets) >= {
        *("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OLLAMA_API_KEY", "COHERE_API_KEY", "REPLICATE_API_TOKEN"),
        *("GITHUB_COPILOT_API_TOKEN", "printed by the command", "header", "gate", "given to be tried"),
    }
    assert house.leaks() == []


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_proxy_that_repeats_its_password(scheme: str, house: House, parrot: Parrot) -> None:
    password = quote(house.plant("password of the proxy"), safe="")
    proxy = parrot.url.replace("//", f"//ann:{password}@")
    os.environ.update(HTTP_PROXY=proxy, HTTPS_PROXY=proxy, OPENAI_API_KEY=house.plant("key"))
    far = {"baseUrl": f"{scheme}://vendor.test/v1", "retry": {"maxRetries": 0}}
    async with house.server({"providers": {"openai": far}}, UNFILTERED) as one:
        for reply in REPLIES.values():
            parrot.reply = reply
            await one.ask("llm-ls/chat", {"message": "Hi", "model": "openai/m"})

    assert "password of the proxy" in parrot.heard(house.secrets)
    assert house.leaks() == []
