"""A model behind OpenAI's Chat Completions API, or one of the many servers that speak it.

See https://platform.openai.com/docs/api-reference/chat. The official SDK sends the request; the stream is
read here, so that a cut-off answer is an error.
"""

import contextlib
from collections.abc import AsyncGenerator

import attrs
import httpx2

from llm_ls.messages import StreamEvent
from llm_ls.models import ModelRequest
from llm_ls.providers import asking, event_stream, openai_request, vendor_errors
from llm_ls.providers.endpoint import Endpoint
from llm_ls.providers.http import idle_timeout
from llm_ls.providers.openai_events import OpenAIDecoder

_BASE_URL = "https://api.openai.com/v1"


@attrs.frozen
class OpenAIChat:
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
        import openai

        endpoint = self.endpoint
        exchange = await asking.begin(endpoint, self.model_id, _BASE_URL)
        asked = openai_request.build(self.model_id, request, endpoint.quirks, exchange)
        key = asking.key(exchange)
        headers: dict[str, str | openai.Omit] = {**asking.headers(endpoint)}
        if key is None:
            headers.setdefault("Authorization", openai.Omit())
        async with contextlib.AsyncExitStack() as open_response:
            try:
                client = openai.AsyncOpenAI(
                    api_key=key or "none",
                    base_url=exchange.base_url,
                    http_client=endpoint.http,
                    max_retries=0,
                    timeout=idle_timeout(endpoint.timeout_s),
                )
                # The SDK takes these from the environment, where they may be meant for another server.
                client.organization, client.project = endpoint.organization, None
                client._custom_headers = {}  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
                response = await open_response.enter_async_context(
                    client.chat.completions.with_streaming_response.create(
                        model=self.model_id,
                        messages=[],
                        stream=True,
                        extra_headers=headers,
                        extra_body=asked.body,
                    )
                )
            except openai.APIStatusError as error:
                raise vendor_errors.refused(error.response, exchange) from None
            except (openai.APIConnectionError, httpx2.InvalidURL) as error:
                raise vendor_errors.broken(error.__cause__ or error, exchange) from error
            decoder = OpenAIDecoder(endpoint.provider, self.model_id, asked.notices)
            yield event_stream.Answer(response.http_response, decoder, exchange)


async def warm() -> None:
    """Import the SDK, which takes half a second, without holding up the event loop."""
    await asking.imported("openai.resources.chat.completions")
