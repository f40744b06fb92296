"""Fill in the middle by `/completions`, with a suffix or in a family's tokens, or by Mistral's `/fim/completions`.

See https://platform.openai.com/docs/api-reference/completions, https://api-docs.deepseek.com/api/create-completion
and https://docs.mistral.ai/api/endpoint/fim. None of them has a place for other files: they head the prefix.
What a suffix is sent beside is for the vendor to keep apart from its tokens: there is no way to say so.
"""

import contextlib
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from typing import Any, Literal, cast

import attrs

from llm_ls import errors
from llm_ls.messages import MessageEnd, MessageStart, StopReason, StreamEvent, TextDelta, Usage, UsageReport
from llm_ls.models import InfillRequest
from llm_ls.providers import asking, event_stream, fill_refusals, loose, posting
from llm_ls.providers.endpoint import Endpoint
from llm_ls.providers.fill_families import Family, family_of, prefix_of

Dialect = Literal["openai", "mistral"]

_BASE_URLS: dict[Dialect, str] = {"openai": "https://api.openai.com/v1", "mistral": "https://api.mistral.ai/v1"}
_PATHS: dict[Dialect, str] = {"openai": "/completions", "mistral": "/fim/completions"}
_TEMPERATURE = 0.1
_STOP_REASONS: dict[str, StopReason] = {
    "": "end_turn",
    "stop": "end_turn",
    "eos": "end_turn",
    "length": "max_tokens",
    "model_length": "max_tokens",
    "content_filter": "refusal",
}
_FAILURES = ("error", "insufficient_system_resource")


@attrs.frozen
class Completions:
    """Asks `model_id` at `endpoint`; a `models.InfillModel`.

    Attributes:
        family: In whose tokens to ask; `None` leaves them to the vendor, who is given a suffix.
    """

    endpoint: Endpoint
    model_id: str
    dialect: Dialect
    family: Family | None = None

    @property
    def name(self) -> str:
        return f"{self.endpoint.provider}/{self.model_id}"

    def stream(self, request: InfillRequest) -> AsyncGenerator[StreamEvent]:
        return event_stream.read(self._ask(request))

    @contextlib.asynccontextmanager
    async def _ask(self, request: InfillRequest) -> AsyncGenerator[event_stream.Answer]:
        endpoint = self.endpoint
        exchange = await asking.begin(endpoint, self.model_id, _BASE_URLS[self.dialect])
        url = f"{exchange.base_url.rstrip('/')}{_PATHS[self.dialect]}"
        headers = asking.all_headers(endpoint, exchange)
        body = {**self._body(request), **endpoint.extra_body}
        async with contextlib.AsyncExitStack() as open_response:
            try:
                response = await open_response.enter_async_context(
                    posting.opened(endpoint, exchange, "POST", url, headers, body)
                )
            except errors.ProviderError as error:
                raise fill_refusals.named(error, exchange) from None
            yield event_stream.Answer(response, CompletionsDecoder(self.model_id), exchange)

    def _body(self, request: InfillRequest) -> dict[str, Any]:
        family = self.family
        stop = family.stops(request) if family else list(request.stop)
        body: dict[str, Any] = {
            "model": self.model_id,
            "prompt": family.prompt(request) if family else prefix_of(request, family_of(self.model_id)),
            "max_tokens": request.max_tokens,
            "temperature": _TEMPERATURE if request.temperature is None else request.temperature,
            "stream": True,
        }
        if request.suffix and family is None:
            body["suffix"] = request.suffix
        if stop:
            body["stop"] = stop
        if self.dialect == "openai" and self.endpoint.quirks.stream_usage:
            body["stream_options"] = {"include_usage": True}
        return body


class CompletionsDecoder:
    """Reads one answer, its text in OpenAI's place or in a chat's; see `event_stream.Decoder`."""

    def __init__(self, model_id: str) -> None:
        self.partial = False
        self.complete = False
        self._model_id = model_id
        self._started = False
        self._usage: Usage | None = None
        self._raw_reason: str | None = None

    def decode(self, name: bytes, data: dict[str, Any]) -> Iterator[StreamEvent]:
        if name == b"error" or data.get("error") or ("choices" not in data and "message" in data):
            raise event_stream.Reported(data)
        yield from self._start(loose.text(data.get("model")))
        self._usage = _usage(data.get("usage")) or self._usage
        choice = loose.members(next(iter(loose.elements(data.get("choices"))), None))
        for text in _texts(choice):
            self.partial = True
            yield TextDelta(text)
        reason = loose.text(choice.get("finish_reason"))
        if reason:
            self._raw_reason = reason
            if reason in _FAILURES:
                raise event_stream.Reported({"message": f"it stopped with {reason!r}", "code": reason})

    def done(self) -> Iterator[StreamEvent]:
        yield from self._start("")
        if self._usage is not None:
            yield UsageReport(self._usage)
        self.complete = True
        yield MessageEnd(_STOP_REASONS.get(self._raw_reason or "", "other"), self._raw_reason or "")

    def closed(self) -> Iterable[StreamEvent]:
        return () if self._raw_reason is None else self.done()

    def _start(self, model: str) -> Iterator[StreamEvent]:
        if not self._started:
            self._started = True
            yield MessageStart(model or self._model_id)


def _texts(choice: Mapping[str, Any]) -> Iterator[str]:
    """The text of a choice, which Mistral may also give in parts."""
    content: object = choice["text"] if "text" in choice else loose.members(choice.get("delta")).get("content")
    for part in cast(list[object], content) if isinstance(content, list) else [content]:
        text = part if isinstance(part, str) else loose.text(loose.members(part).get("text"))
        if text:
            yield text


def _usage(given: object) -> Usage | None:
    """The counts, if they count anything; DeepSeek has its own place for what came from the cache."""
    counts = loose.members(given)
    read, written = loose.count(counts.get("prompt_tokens")), loose.count(counts.get("completion_tokens"))
    if not read and not written:
        return None
    cached = loose.count(loose.members(counts.get("prompt_tokens_details")).get("cached_tokens"))
    return Usage(
        read or 0,
        written or 0,
        cache_read_tokens=cached if cached is not None else loose.count(counts.get("prompt_cache_hit_tokens")),
    )
