"""`llm-ls/chat` as one would write it first: a pygls server on the SDKs' typed streams, or on LiteLLM's.

The model's first part says which: `anthropic/...`, `openai/...`, or `litellm/...` (OpenAI's wire).
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from anthropic import AsyncAnthropic
from lsprotocol import types
from openai import AsyncOpenAI
from pygls.lsp.server import LanguageServer

from tests.benchmarks.peers.hello import on_code_action

server = LanguageServer("plain", "1")
server.feature(types.TEXT_DOCUMENT_CODE_ACTION)(on_code_action)
anthropic = AsyncAnthropic()
openai = AsyncOpenAI()


async def from_anthropic(model: str, prompt: str) -> AsyncGenerator[str]:
    """The text deltas of the typed stream of `anthropic`."""
    stream = await anthropic.messages.create(
        model=model, max_tokens=1000, messages=[{"role": "user", "content": prompt}], stream=True
    )
    async with stream:
        async for event in stream:
            if event.type == "content_block_delta" and event.delta.type == "text_delta":
                yield event.delta.text


async def from_openai(model: str, prompt: str) -> AsyncGenerator[str]:
    """The text deltas of the typed stream of `openai`."""
    stream = await openai.chat.completions.create(
        model=model, messages=[{"role": "user", "content": prompt}], stream=True
    )
    async with stream:
        async for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                yield chunk.choices[0].delta.content


async def from_litellm(model: str, prompt: str) -> AsyncGenerator[str]:
    """The text deltas of LiteLLM's stream."""
    import litellm  # pyright: ignore[reportMissingImports]  # optional, installed by hand

    module: Any = litellm
    stream = await module.acompletion(
        model=f"openai/{model}",
        base_url=str(openai.base_url),
        messages=[{"role": "user", "content": prompt}],
        stream=True,
    )
    async for chunk in stream:
        if chunk.choices[0].delta.content:
            yield chunk.choices[0].delta.content


WIRES = {"anthropic": from_anthropic, "openai": from_openai, "litellm": from_litellm}


@server.feature("llm-ls/chat")
async def on_chat(ls: LanguageServer, params: Any) -> dict[str, str]:
    """Stream one answer, each delta as it comes."""
    wire, _, model = params.model.partition("/")
    prompt = params.messages[0].content
    async with aclosing(WIRES[wire](model, prompt)) as deltas:
        async for text in deltas:
            ls.progress(types.ProgressParams(params.partialResultToken, {"type": "text_delta", "text": text}))
    return {"text": "", "stopReason": "end_turn"}


if __name__ == "__main__":
    server.start_io()
