"""What reading an event costs on each wire: our adapters, the SDKs' own streams and LiteLLM's, in this process."""

import asyncio
import contextlib
import importlib.util
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any

from anthropic import AsyncAnthropic
from openai import AsyncOpenAI

from llm_ls.auth.grant import Grant
from llm_ls.auth.secret import Secret
from llm_ls.messages import TextDelta, user
from llm_ls.models import Model, ModelRequest
from llm_ls.providers.anthropic_messages import AnthropicMessages
from llm_ls.providers.cohere_chat import CohereChat
from llm_ls.providers.endpoint import Endpoint
from llm_ls.providers.http import new_client
from llm_ls.providers.ollama_chat import OllamaChat
from llm_ls.providers.openai_chat import OpenAIChat
from llm_ls.providers.openai_responses import OpenAIResponses
from tests.benchmarks import report, servers

EVENTS = 5_000
ROUNDS = 5
AT_ONCE = 200
SPEED = f"words-{EVENTS}-every-0-ms"
ADAPTERS: dict[str, tuple[Callable[[Endpoint, str], Model], str]] = {
    "anthropic": (AnthropicMessages, ""),
    "openai": (OpenAIChat, "/v1"),
    "openai-responses": (OpenAIResponses, "/v1"),
    "ollama": (OllamaChat, ""),
    "cohere": (CohereChat, "/v2"),
}
Words = AsyncGenerator[str]


def events() -> None:
    """CPU of one event from the vendor's bytes to a delta in hand; each event is a write of its own."""
    with servers.vendor() as vendor:
        asyncio.run(_events(f"http://127.0.0.1:{vendor.port}"))


def many() -> None:
    """200 answers at once on each wire, 50 events a second each: CPU of an event, and how long the last one took."""
    with servers.vendor() as vendor:
        asyncio.run(_many(f"http://127.0.0.1:{vendor.port}"))


async def _events(url: str) -> None:
    async with new_client() as http:
        ours = {
            wire: await _measured(f"llm-ls, {wire}", lambda wire=wire: _ours(wire, url, http, SPEED))
            for wire in ADAPTERS
        }
        for wire, stream in (("anthropic", _anthropic), ("openai", _openai), ("openai-responses", _responses)):
            theirs = await _measured(f"the SDK's stream, {wire}", lambda stream=stream: stream(url))
            report.ratio(ours[wire], f"the SDK, {wire}", theirs)
        if importlib.util.find_spec("litellm"):
            report.ratio(ours["openai"], "LiteLLM", await _measured("LiteLLM's stream, openai", lambda: _litellm(url)))


async def _many(url: str) -> None:
    async with new_client() as http:
        for wire in ADAPTERS:
            await _count(_ours(wire, url, http, "words-2-every-1-ms"))
            began, before = time.monotonic(), time.process_time()
            streams = (_ours(wire, url, http, "words-100-every-20-ms") for _ in range(AT_ONCE))
            counts = await asyncio.gather(*map(_count, streams))
            used, took = time.process_time() - before, time.monotonic() - began
            report.line(f"{wire}, CPU of an event", [used / sum(counts) * 1e6], "us")
            report.line(f"{wire}, {sum(counts)} events, due within 1.98 s", [took], "s")


async def _measured(name: str, stream: Callable[[], Words]) -> float:
    """CPU of this process for an event, in microseconds."""
    await _count(stream())
    costs = list[float]()
    for _ in range(ROUNDS):
        before = time.process_time()
        count = await _count(stream())
        costs.append((time.process_time() - before) / count * 1e6)
    return report.line(name, costs, "us")


async def _count(words: Words) -> int:
    count = 0
    async with contextlib.aclosing(words):
        async for _ in words:
            count += 1
    return count


async def _ours(wire: str, url: str, http: Any, model: str) -> Words:
    async def key() -> Grant:
        return Grant(Secret("not-a-key"))

    adapter, path = ADAPTERS[wire]
    asked = ModelRequest((user("Go."),), max_tokens=1_000)
    async with contextlib.aclosing(adapter(Endpoint(wire, url + path, key, http), model).stream(asked)) as answer:
        async for event in answer:
            if isinstance(event, TextDelta):
                yield event.text


async def _anthropic(url: str) -> Words:
    async with (
        AsyncAnthropic(base_url=url, api_key="not-a-key") as client,
        await client.messages.create(
            model=SPEED, max_tokens=1_000, messages=[{"role": "user", "content": "Go."}], stream=True
        ) as stream,
    ):
        async for event in stream:
            if event.type == "content_block_delta" and event.delta.type == "text_delta":
                yield event.delta.text


async def _openai(url: str) -> Words:
    async with (
        AsyncOpenAI(base_url=f"{url}/v1", api_key="not-a-key") as client,
        await client.chat.completions.create(
            model=SPEED, messages=[{"role": "user", "content": "Go."}], stream=True
        ) as stream,
    ):
        async for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                yield chunk.choices[0].delta.content


async def _responses(url: str) -> Words:
    async with (
        AsyncOpenAI(base_url=f"{url}/v1", api_key="not-a-key") as client,
        await client.responses.create(model=SPEED, input=[{"role": "user", "content": "Go."}], stream=True) as stream,
    ):
        async for event in stream:
            if event.type == "response.output_text.delta":
                yield event.delta


async def _litellm(url: str) -> Words:
    import litellm  # pyright: ignore[reportMissingImports]  # optional, installed by hand

    module: Any = litellm
    stream = await module.acompletion(
        model=f"openai/{SPEED}",
        base_url=f"{url}/v1",
        api_key="not-a-key",
        messages=[{"role": "user", "content": "Go."}],
        stream=True,
    )
    async for chunk in stream:
        if chunk.choices[0].delta.content:
            yield chunk.choices[0].delta.content
