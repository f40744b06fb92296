"""Fill in the middle by llama.cpp's server (https://github.com/ggml-org/llama.cpp, tools/server, `POST /infill`).

It reads no tokens in the texts: they cannot be taken for those it puts between them.
"""

import contextlib
from collections.abc import AsyncGenerator, Iterable, Iterator
from typing import Any

import attrs

from llm_ls import errors
from llm_ls.messages import (
    MessageEnd,
    MessageStart,
    StopReason,
    StreamEvent,
    TextDelta,
    Usage,
    UsageReport,
)
from llm_ls.models import InfillRequest
from llm_ls.providers import asking, event_stream, fill_refusals, loose, posting
from llm_ls.providers.endpoint import Endpoint

_BASE_URL = "http://127.0.0.1:8080"
_TEMPERATURE = 0.1
_STOP_REASONS: dict[str, StopReason] = {"eos": "end_turn", "limit": "max_tokens", "word": "stop_sequence"}


@attrs.frozen
class LlamaCppInfill:
    """Asks `model_id` at `endpoint`; a `models.InfillModel`."""

    endpoint: Endpoint
    model_id: str

    @property
    def name(self) -> str:
        return f"{self.endpoint.provider}/{self.model_id}"

    def stream(self, request: InfillRequest) -> AsyncGenerator[StreamEvent]:
        return event_stream.read(self._ask(request))

    @contextlib.asynccontextmanager
    async def _ask(self, request: InfillRequest) -> AsyncGenerator[event_stream.Answer]:
        endpoint = self.endpoint
        exchange = await asking.begin(endpoint, self.model_id, _BASE_URL)
        headers = asking.all_headers(endpoint, exchange)
        url = f"{exchange.base_url.rstrip('/').removesuffix('/v1')}/infill"
        body = {**_body(self.model_id, request), **endpoint.extra_body}
        try:
            async with posting.opened(endpoint, exchange, "POST", url, headers, body) as response:
                yield event_stream.Answer(response, InfillDecoder(self.model_id), exchange)
        except errors.ProviderError as error:
            raise fill_refusals.named(error, exchange) from None


class InfillDecoder:
    """Reads one answer; see `event_stream.Decoder`. There is no `[DONE]`: the last event says `stop`."""

    def __init__(self, model_id: str) -> None:
        self.partial = False
        self.complete = False
        self._model_id = model_id
        self._started = False

    def decode(self, name: bytes, data: dict[str, Any]) -> Iterator[StreamEvent]:
        if name == b"error" or data.get("error"):
            raise event_stream.Reported(data)
        if not self._started:
            self._started = True
            yield MessageStart(self._model_id)
        text = loose.text(data.get("content"))
        if text:
            self.partial = True
            yield TextDelta(text)
        if data.get("stop") is True:
            yield from self._end(data)

    def done(self) -> Iterable[StreamEvent]:
        return ()

    def closed(self) -> Iterable[StreamEvent]:
        return ()

    def _end(self, data: dict[str, Any]) -> Iterator[StreamEvent]:
        read, written = loose.count(data.get("tokens_evaluated")), loose.count(data.get("tokens_predicted"))
        if read is not None and written is not None:
            cached = loose.count(loose.members(data.get("timings")).get("cache_n"))
            yield UsageReport(Usage(read, written, cached))
        reason = loose.text(data.get("stop_type"))
        self.complete = True
        yield MessageEnd(_STOP_REASONS.get(reason, "other"), reason)


def _body(model_id: str, request: InfillRequest) -> dict[str, Any]:
    return {
        "model": model_id,
        "input_prefix": request.prefix,
        "input_suffix": request.suffix,
        "input_extra": [{"filename": name, "text": text} for name, text in request.extra],
        "n_predict": request.max_tokens,
        "stop": list(request.stop),
        "temperature": _TEMPERATURE if request.temperature is None else request.temperature,
        "cache_prompt": True,
        "stream": True,
    }
