"""Asking a model of ours in a test: an endpoint at the loopback vendor, and the whole answer or the failure."""

import contextlib
from typing import Any

import attrs
import httpx2
import pytest

from llm_ls import errors, messages
from llm_ls.auth.grant import Grant
from llm_ls.auth.secret import Secret
from llm_ls.messages import StreamEvent
from llm_ls.models import Answering, InfillRequest, ModelRequest
from llm_ls.providers.anthropic_messages import AnthropicMessages
from llm_ls.providers.cohere_chat import CohereChat
from llm_ls.providers.completions import Completions, Dialect
from llm_ls.providers.endpoint import Endpoint
from llm_ls.providers.llamacpp import LlamaCppInfill
from llm_ls.providers.openai_chat import OpenAIChat
from llm_ls.providers.openai_responses import OpenAIResponses

HELLO = ModelRequest((messages.user("hello"),))
KEY = "sk-test-0123456789"


def endpoint(url: str, http: httpx2.AsyncClient, *, key: str | None = KEY, **changes: Any) -> Endpoint:
    async def credential() -> Grant | None:
        return Grant(Secret(key)) if key is not None else None

    return attrs.evolve(Endpoint("acme", url, credential, http), **changes)


def anthropic(url: str, http: httpx2.AsyncClient, model_id: str = "m", **changes: Any) -> AnthropicMessages:
    return AnthropicMessages(endpoint(url, http, **changes), model_id)


def openai(url: str, http: httpx2.AsyncClient, model_id: str = "m", **changes: Any) -> OpenAIChat:
    return OpenAIChat(endpoint(f"{url}/v1", http, **changes), model_id)


def responses(url: str, http: httpx2.AsyncClient, model_id: str = "m", **changes: Any) -> OpenAIResponses:
    return OpenAIResponses(endpoint(f"{url}/v1", http, **changes), model_id)


def cohere(url: str, http: httpx2.AsyncClient, model_id: str = "m", **changes: Any) -> CohereChat:
    return CohereChat(endpoint(f"{url}/v2", http, **changes), model_id)


def completions(url: str, http: httpx2.AsyncClient, dialect: Dialect = "openai", **changes: Any) -> Completions:
    return Completions(endpoint(f"{url}/v1", http, **changes), "m", dialect)


def infill(url: str, http: httpx2.AsyncClient, model_id: str = "m", **changes: Any) -> LlamaCppInfill:
    return LlamaCppInfill(endpoint(f"{url}/v1", http, **changes), model_id)


async def answer(model: Answering[Any], request: ModelRequest | InfillRequest = HELLO) -> list[StreamEvent]:
    """The whole answer."""
    async with contextlib.aclosing(model.stream(request)) as stream:
        return [event async for event in stream]


async def failure(model: Answering[Any], request: ModelRequest | InfillRequest = HELLO) -> errors.ProviderError:
    """The failure in which the answer ends."""
    with pytest.raises(errors.ProviderError) as caught:
        await answer(model, request)
    return caught.value


async def failed(model: Answering[Any]) -> errors.LlmLsError:
    """The same where it may be no fault of the provider's."""
    with pytest.raises(errors.LlmLsError) as caught:
        await answer(model)
    return caught.value


def text(events: list[StreamEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, messages.TextDelta))


def calls(events: list[StreamEvent]) -> list[messages.ToolCall]:
    return [event.call for event in events if isinstance(event, messages.ToolUseEnd)]
