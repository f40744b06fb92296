"""Fill in the middle by Ollama (https://docs.ollama.com/api/generate): the model's own template joins the two sides.

It has no place for other files: `extra` is not said.
"""

import contextlib
from collections.abc import AsyncGenerator
from typing import Any

import attrs

from llm_ls.messages import StreamEvent
from llm_ls.models import InfillRequest
from llm_ls.providers import asking, event_stream, ollama_context, ollama_request, ollama_server
from llm_ls.providers.endpoint import Endpoint
from llm_ls.providers.ollama_events import OllamaDecoder

_TEMPERATURE = 0.1


@attrs.frozen
class OllamaGenerate:
    """Asks `model_id` at `endpoint`; a `models.InfillModel`."""

    endpoint: Endpoint
    model_id: str

    @property
    def name(self) -> str:
        return f"{self.endpoint.provider}/{self.model_id}"

    def stream(self, request: InfillRequest, /) -> AsyncGenerator[StreamEvent]:
        return event_stream.read(self._ask(request))

    @contextlib.asynccontextmanager
    async def _ask(self, request: InfillRequest) -> AsyncGenerator[event_stream.Answer]:
        endpoint, model_id = self.endpoint, self.model_id
        exchange = await asking.begin(endpoint, model_id, ollama_server.BASE_URL)
        body = ollama_request.completed(_body(model_id, request), endpoint.extra_body)
        await ollama_context.add(endpoint, exchange, model_id, body)
        decoder = OllamaDecoder(endpoint.provider, model_id)
        async with ollama_server.ask(endpoint, exchange, "/api/generate", body, decoder) as answer:
            yield answer


def _body(model_id: str, request: InfillRequest) -> dict[str, Any]:
    """An empty `prompt` would only load the model, an empty `suffix` would have the prompt answered as a question."""
    options: dict[str, Any] = {
        "num_predict": request.max_tokens,
        "temperature": _TEMPERATURE if request.temperature is None else request.temperature,
    }
    if request.stop:
        options["stop"] = list(request.stop)
    return {
        "model": model_id,
        "prompt": request.prefix or "\n",
        "suffix": request.suffix or "\n",
        "options": options,
        "think": False,
        "stream": True,
        "truncate": False,
    }
