"""Fill in the middle by Ollama (https://docs.ollama.com/api/generate): the model's own template joins the two sides.

Where it has none for that, the prompt is raw, in the tokens of the model's family. Other files head the prefix.
"""

import contextlib
from collections.abc import AsyncGenerator
from typing import Any

import attrs

from llm_ls.messages import StreamEvent
from llm_ls.models import InfillRequest
from llm_ls.providers import asking, event_stream, ollama_context, ollama_request, ollama_server
from llm_ls.providers.endpoint import Endpoint
from llm_ls.providers.fill_families import Family, family_of, prefix_of
from llm_ls.providers.ollama_events import OllamaDecoder

_TEMPERATURE = 0.1


@attrs.frozen
class OllamaGenerate:
    """Asks `model_id` at `endpoint`; a `models.InfillModel`.

    Attributes:
        family: In whose tokens to ask; `None` leaves that to the model's template.
    """

    endpoint: Endpoint
    model_id: str
    family: Family | None = None

    @property
    def name(self) -> str:
        return f"{self.endpoint.provider}/{self.model_id}"

    def stream(self, request: InfillRequest, /) -> AsyncGenerator[StreamEvent]:
        return event_stream.read(self._ask(request))

    @contextlib.asynccontextmanager
    async def _ask(self, request: InfillRequest) -> AsyncGenerator[event_stream.Answer]:
        endpoint, model_id = self.endpoint, self.model_id
        exchange = await asking.begin(endpoint, model_id, ollama_server.BASE_URL)
        body = ollama_request.completed(self._body(request), endpoint.extra_body)
        await ollama_context.add(endpoint, exchange, model_id, body)
        decoder = OllamaDecoder(endpoint.provider, model_id)
        async with ollama_server.ask(endpoint, exchange, "/api/generate", body, decoder) as answer:
            yield answer

    def _body(self, request: InfillRequest) -> dict[str, Any]:
        options: dict[str, Any] = {
            "num_predict": request.max_tokens,
            "temperature": _TEMPERATURE if request.temperature is None else request.temperature,
        }
        stop = self.family.stops(request) if self.family else list(request.stop)
        if stop:
            options["stop"] = stop
        return {
            "model": self.model_id,
            **(_raw(request, self.family) if self.family else _sides(request, family_of(self.model_id))),
            "options": options,
            "think": False,
            "stream": True,
            "truncate": False,
        }


def _raw(request: InfillRequest, family: Family) -> dict[str, Any]:
    return {"prompt": family.prompt(request), "raw": True}


def _sides(request: InfillRequest, family: Family | None) -> dict[str, Any]:
    """An empty `prompt` would only load the model, an empty `suffix` would have the prompt answered as a question."""
    if family is not None:
        request = family.tamed(request)
    return {"prompt": prefix_of(request, family) or "\n", "suffix": request.suffix or "\n"}
