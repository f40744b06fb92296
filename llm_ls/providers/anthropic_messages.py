"""A model behind Anthropic's Messages API (https://platform.claude.com/docs/en/api/messages).

The official SDK sends the request; the stream is read here, so that a cut-off answer is an error.
"""

import contextlib
from collections.abc import AsyncGenerator

import attrs
import httpx2

from llm_ls.messages import StreamEvent
from llm_ls.models import ModelRequest
from llm_ls.providers import anthropic_request, asking, event_stream, vendor_errors
from llm_ls.providers.anthropic_events import AnthropicDecoder
from llm_ls.providers.endpoint import Endpoint
from llm_ls.providers.http import idle_timeout

_BASE_URL = "https://api.anthropic.com"
_OAUTH = "oauth-2025-04-20"


@attrs.frozen
class AnthropicMessages:
    """Asks `model_id` at `endpoint`; a `models.Model`."""

    endpoint: Endpoint
    model_id: str

    @property
    def name(self) -> str:
        return f"{self.endpoint.provider}/{self.model_id}"

    def stream(self, request: ModelRequest) -> AsyncGenerator[StreamEvent]:
        return event_stream.read(self._ask(request))

    @contextlib.asynccontextmanager
    async def _ask(self, request: ModelRequest) -> AsyncGenerator[event_stream.Answer]:
        await warm()
        import anthropic

        endpoint = self.endpoint
        exchange = await asking.begin(endpoint, self.model_id, _BASE_URL)
        asked = anthropic_request.build(self.model_id, request, endpoint.quirks, exchange)
        key = asking.key(exchange)
        headers: dict[str, str | anthropic.Omit] = {**asking.headers(endpoint)}
        if key is None:
            headers.setdefault("Authorization", anthropic.Omit())
        elif key.startswith("sk-ant-oat"):
            headers["anthropic-beta"] = ",".join(filter(None, (endpoint.headers.get("anthropic-beta"), _OAUTH)))
        if asked.version is not None:
            headers.setdefault("anthropic-version", asked.version)
        async with contextlib.AsyncExitStack() as open_response:
            try:
                client = anthropic.AsyncAnthropic(
                    api_key=key or "none",
                    base_url=exchange.base_url.rstrip("/").removesuffix("/v1"),
                    http_client=endpoint.http,
                    max_retries=0,
                    timeout=idle_timeout(endpoint.timeout_s),
                    open_telemetry=False,
                )
                # The SDK adds ANTHROPIC_CUSTOM_HEADERS, which may hold a key meant for another server.
                client._custom_headers = {}  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
                response = await open_response.enter_async_context(
                    client.messages.with_streaming_response.create(
                        model="",  # the body has it: here the SDK would warn of models that are retired soon
                        max_tokens=1,
                        messages=[],
                        stream=True,
                        extra_headers=headers,
                        extra_body=asked.body,
                    )
                )
            except anthropic.APIStatusError as error:
                raise vendor_errors.refused(error.response, exchange) from None
            except (anthropic.APIConnectionError, httpx2.InvalidURL) as error:
                raise vendor_errors.broken(error.__cause__ or error, exchange) from error
            decoder = AnthropicDecoder(endpoint.provider, self.model_id, asked.notices)
            yield event_stream.Answer(response.http_response, decoder, exchange)


async def warm() -> None:
    """Import the SDK, which takes a second, without holding up the event loop."""
    await asking.imported("anthropic.resources.messages")
