"""No token, code or verifier of a sign-in comes out of the program, whatever becomes of it."""

import os
import re
import time
from collections.abc import AsyncGenerator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.rigs.github import CHAT, CLIENT_ID, DEVICE, EXCHANGE, MODELS, PAGE, TOKEN, USER, GitHub, Reply
from tests.rigs.raw_client import Message
from tests.secrets.house import UNFILTERED, Conversation, House
from tests.secrets.parrot import REPLIES, Parrot

COPILOT = "github-copilot"


class Forgetful(GitHub):
    """Can be told to forget what it was to say."""

    def unsaid(self, *paths: str) -> None:
        for path in paths:
            self._scripted.pop(path, None)


@pytest.fixture
async def github() -> AsyncGenerator[Forgetful]:
    async with Forgetful() as fake:
        yield fake


def hostile(words: str) -> tuple[Reply | None, ...]:
    """What ends a sign-in, or a question, with these words in it."""
    return (
        Reply({"error": "access_denied", "error_description": words}),
        Reply({"error": words, "error_description": words, "error_uri": words}, 400),
        Reply({"error": {"code": words, "message": words}}, 400),
        Reply({"message": words, "error_details": {"message": words}}, 401),
        Reply({"message": words, "error_details": {"message": words}}, 403),
        Reply({"message": words}, 404, {"x-github-request-id": words}),
        Reply({"message": f"go to https://{words}"}, 421, {"location": f"https://x.test/{words}"}),
        Reply({"message": words}, 422),
        Reply({"token": [words], "access_token": f"{words} {words}", "token_type": words}),
        Reply(text=f"<html><title>{words}</title>", status=200),
        Reply(text=f'{{"access_token": "{words}'),
        Reply({}, 302, {"location": f"https://x.test/{words}?{words}"}),
    )


WAYS = len(hostile(""))


def device_code(house: House, number: int, github: GitHub) -> Reply:
    planted = house.plant(f"device code {number}", "{core}")
    page = {"user_code": "AB-12", "verification_uri": f"{github.url}{PAGE}", "expires_in": 60}
    return Reply({"device_code": planted, "interval": 0, **page})


async def test_device_flow_that_fails(house: House, github: GitHub) -> None:
    os.environ["GITHUB_COPILOT_OAUTH_CLIENT_SECRET"] = secret = house.plant("client secret")
    async with house.server({"providers": {COPILOT: {"domain": github.url, "clientId": CLIENT_ID}}}, UNFILTERED) as one:
        for number in range(WAYS):
            code = device_code(house, number, github)
            github.says(DEVICE, code)
            github.says(TOKEN, hostile(f"{house.secrets[f'device code {number}']} {secret}")[number])
            await one.ask("llm-ls/signIn", {"provider": COPILOT})
        for reply in hostile(secret):
            github.says(DEVICE, reply)
            await one.ask("llm-ls/signIn", {"provider": COPILOT})

    assert len(github.asked(TOKEN)) == WAYS
    assert house.leaks() == []


async def signs_in(one: Conversation, house: House, github: GitHub, number: int) -> str:
    """Sign in anew to Copilot; the token, and whose it is GitHub says with the token itself."""
    access = house.plant(f"access {number}", "gho_{core}")
    github.says(DEVICE, device_code(house, number, github))
    github.says(TOKEN, Reply({"access_token": access, "token_type": "bearer", "scope": "read:user"}))
    github.says(USER, Reply({"login": access}))
    answer = await one.ask("llm-ls/signIn", {"provider": COPILOT, "again": True})
    assert answer["result"]["status"] == "signedIn"
    return access


async def test_copilot_that_fails_after_the_sign_in(house: House, github: Forgetful) -> None:
    token = house.plant("copilot", "tid={core};exp=1;8kp=1:x")
    exchanged = {"token": token, "expires_at": time.time() + 9000, "refresh_in": 9000, "endpoints": {"api": github.url}}
    async with house.server({"providers": {COPILOT: {"domain": github.url, "clientId": CLIENT_ID}}}, UNFILTERED) as one:
        for number in range(WAYS):
            access = await signs_in(one, house, github, number)
            github.says(EXCHANGE, *[hostile(access)[number]] * 2)
            await one.ask("llm-ls/testProviderConnection", {"provider": COPILOT, "model": "m"})
            github.unsaid(EXCHANGE)
        for number in range(WAYS):
            access = await signs_in(one, house, github, WAYS + number)
            github.says(EXCHANGE, *[Reply(exchanged)] * 3)
            github.says(MODELS, Reply({"data": []}))
            github.says(CHAT, *[hostile(f"{token} {access}")[number]] * 3)
            await one.ask("llm-ls/testProviderConnection", {"provider": COPILOT, "model": "m"})
            github.unsaid(EXCHANGE, MODELS, CHAT)
        status = await one.ask("llm-ls/authStatus", {"provider": COPILOT})
        await one.ask("llm-ls/signOut", {})

    assert status["result"][0]["accounts"] == ["default"]
    assert len(github.asked(EXCHANGE)) >= 2 * WAYS
    assert len(github.asked(CHAT)) >= WAYS
    assert house.leaks() == []


async def test_refresh_that_fails(house: House, github: GitHub) -> None:
    secret = os.environ["ACME_OAUTH_CLIENT_SECRET"] = house.plant("client secret")
    settings: dict[str, Any] = {
        "kind": "openai",
        "baseUrl": f"{github.url}/v1",
        "clientId": CLIENT_ID,
        "oauth": {"deviceUrl": f"{github.url}{DEVICE}", "tokenUrl": f"{github.url}{TOKEN}"},
    }
    providers = {f"acme{number}": settings for number in range(WAYS)}
    async with house.server({"providers": providers}, UNFILTERED) as one:
        for number, provider in enumerate(providers):
            access, refresh = house.plant(f"access {number}"), house.plant(f"refresh {number}")
            given = {"access_token": access, "token_type": "bearer", "refresh_token": refresh, "expires_in": 0.001}
            github.says(DEVICE, device_code(house, number, github))
            github.says(TOKEN, Reply(given))
            await one.ask("llm-ls/signIn", {"provider": provider})
            github.says(TOKEN, hostile(f"{refresh} {access} {secret}")[number])
            await one.ask("llm-ls/testProviderConnection", {"provider": provider, "model": "m"})
            await one.ask("llm-ls/authStatus", {"provider": provider})

    assert len(github.asked(TOKEN)) >= 2 * len(providers)
    assert house.leaks() == []


async def test_browser_flow_that_fails(house: House, parrot: Parrot) -> None:
    os.environ["ACME_OAUTH_CLIENT_SECRET"] = house.plant("client secret")
    oauth = {"authorizationUrl": f"{parrot.url}/authorize", "tokenUrl": f"{parrot.url}/token"}
    acme = {"kind": "openai", "baseUrl": parrot.url, "clientId": CLIENT_ID, "oauth": oauth}
    async with house.server({"providers": {"acme": acme, "openrouter": {}}}, UNFILTERED) as one:
        for name, reply in REPLIES.items():
            parrot.reply = reply
            await paste(one, code=house.plant(f"code at {name}"))
        for members in ({"error": "invalid_scope"}, {"error": "{state}"}, {"code": "a b"}, {"state": "wrong"}):
            await paste(one, **{"error_description": "you sent {state}", **members})
    for number, verifier in enumerate(re.findall(r"(?<!%22)\bcode_verifier=([\w-]+)", parrot.words)):
        house.secrets[f"verifier {number}"] = verifier

    assert parrot.heard(house.secrets) == house.secrets.keys()
    assert len(house.secrets) >= 2 * len(REPLIES) + 1
    assert house.leaks() == []


async def paste(one: Conversation, **members: str) -> None:
    """Sign in with what the page ends at: these members, in which `{state}` is the attempt's own."""
    seen = len(one.client.messages)
    number = one.begin("llm-ls/signIn", {"provider": "acme", "method": "paste"})

    def is_invitation(message: Message) -> bool:
        return "/authorize?" in str(message) and one.client.messages.index(message) >= seen

    url = re.search(r"http\S+", (await one.client.message(is_invitation))["params"]["message"])
    assert url
    page = dict(parse_qsl(urlsplit(url[0]).query))
    sent = {"state": "{state}", **members}
    query = urlencode({name: text.replace("{state}", page["state"]) for name, text in sent.items()})
    answer = await one.ask("llm-ls/signIn", {"provider": "acme", "paste": f"{page['redirect_uri']}?{query}"})
    if "error" in answer:
        one.client.notify("$/cancelRequest", {"id": number})
    await one.client.response(number)
