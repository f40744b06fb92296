"""From a provider to something that can be asked: all that needs an HTTP client, so imported on first use only."""

import asyncio
import contextlib

import attrs
import httpx2

from llm_ls.models import InfillModel, Model, ModelInfo, ModelRequest, TokenCount, Wire
from llm_ls.providers import (
    anthropic_messages,
    catalog_refresh,
    listing,
    models_dev,
    openai_chat,
    openai_responses,
    proxies,
    token_count,
)
from llm_ls.providers.access import Way
from llm_ls.providers.anthropic_messages import AnthropicMessages
from llm_ls.providers.cohere_chat import CohereChat
from llm_ls.providers.completions import Completions
from llm_ls.providers.configured import Provider
from llm_ls.providers.endpoint import Endpoint
from llm_ls.providers.fetcher import Fetcher
from llm_ls.providers.fill_families import family_of
from llm_ls.providers.http import new_client, place_of
from llm_ls.providers.listed_wires import ListedWires
from llm_ls.providers.llamacpp import LlamaCppInfill
from llm_ls.providers.local import LocalServers, file_of, files
from llm_ls.providers.network import Network, Route
from llm_ls.providers.ollama_chat import OllamaChat
from llm_ls.providers.ollama_generate import OllamaGenerate
from llm_ls.providers.openai_chat import OpenAIChat
from llm_ls.providers.openai_responses import OpenAIResponses
from llm_ls.providers.replicate import ReplicatePredictions
from llm_ls.providers.vendor import FillWire

_LIST_SILENCE_S = 10.0


class Connections:
    """The HTTP clients, one for each `Network`, and the child processes, which all providers share."""

    def __init__(self) -> None:
        self._local = LocalServers()
        self._wires = ListedWires(self.models)
        self._clients: dict[Network, httpx2.AsyncClient] = {}
        self._skews_s: dict[str, float] = {}

    async def model(self, way: Way, model_id: str) -> Model:
        """What asks `model_id`; the file of a local model is loaded first.

        Raises:
            LlmLsError: The file cannot be served.
        """
        endpoint = await self._endpoint(way, model_id)
        match await self._wires.of(way, model_id):
            case "anthropic":
                return AnthropicMessages(endpoint, model_id)
            case "openai":
                return OpenAIChat(endpoint, model_id)
            case "openai-responses":
                return OpenAIResponses(endpoint, model_id)
            case "ollama":
                return OllamaChat(endpoint, model_id)
            case "cohere":
                return CohereChat(endpoint, model_id)
            case "replicate":
                return ReplicatePredictions(endpoint, model_id)

    async def infill_model(self, way: Way, model_id: str, wire: FillWire) -> InfillModel:
        """The same for what fills in the middle."""
        endpoint = await self._endpoint(way, model_id)
        if way.provider.fill_url and wire == way.provider.vendor.fills:
            endpoint = attrs.evolve(endpoint, base_url=way.provider.fill_url)
        match wire:
            case "ollama":
                return OllamaGenerate(endpoint, model_id)
            case "generate":
                return OllamaGenerate(endpoint, model_id, family_of(model_id))
            case "openai" | "mistral" as dialect:
                return Completions(endpoint, model_id, dialect)
            case "completions":
                raw = attrs.evolve(endpoint, extra_body={**way.provider.vendor.raw_body, **endpoint.extra_body})
                return Completions(raw, model_id, "openai", family_of(model_id))
            case "llamacpp":
                return LlamaCppInfill(endpoint, model_id)

    async def count_tokens(self, way: Way, model_id: str, request: ModelRequest) -> TokenCount:
        """How long `request` is, counted by the vendor where it can."""
        wire = await self._wires.of(way, model_id)
        return await token_count.count(await self._endpoint(way, model_id), model_id, request, wire)

    async def models(self, way: Way) -> tuple[ModelInfo, ...]:
        """What the provider lists; the files of a local one.

        Raises:
            LlmLsError: It did not say.
        """
        provider = way.provider
        if not provider.vendor.lists:
            return ()
        if provider.vendor.place == "file":
            return tuple(
                ModelInfo(f"{provider.id}/{id}", id, provider.id)
                for id in await asyncio.to_thread(files, provider.settings.model_path or "")
            )
        endpoint = await self._endpoint(way, "")
        hasty = attrs.evolve(endpoint, timeout_s=min(endpoint.timeout_s, _LIST_SILENCE_S))
        return await listing.models(hasty, provider)

    def fetch(self, network: Network) -> Fetcher:
        """What asks for tokens."""
        return Fetcher(self._client(network))

    def route(self, provider: Provider, network: Network) -> Route:
        """How the provider is reached, as far as asking it has shown."""
        with contextlib.suppress(httpx2.InvalidURL):
            url = httpx2.URL(provider.base_url)
            proxy = proxies.proxy_to(url, network.proxy) if url.host else None
            return Route(proxy.address if proxy else None, self._skews_s.get(place_of(url)))
        return Route()

    async def refresh_catalog(self, url: str, network: Network) -> None:
        """Bring the user's copy of models.dev up to date, from a mirror if `url` is not empty.

        Raises:
            LlmLsError: It could not be had.
        """
        await catalog_refresh.refresh(self._client(network), url or models_dev.URL)

    async def warm(self, wire: Wire) -> None:
        """Import what asking in this wire format will need, on a thread."""
        match wire:
            case "anthropic":
                await anthropic_messages.warm()
            case "openai":
                await openai_chat.warm()
            case "openai-responses":
                await openai_responses.warm()
            case _:
                pass

    async def aclose(self) -> None:
        """Close all at once, the children first: a cancel leaves none of them behind."""
        clients, self._clients = self._clients, {}
        closing = (self._local.aclose(), *(client.aclose() for client in clients.values()))
        for failure in await asyncio.gather(*closing, return_exceptions=True):
            if failure is not None:
                raise failure

    def _client(self, network: Network) -> httpx2.AsyncClient:
        if network not in self._clients:
            self._clients[network] = new_client(network, self._skews_s)
        return self._clients[network]

    async def _endpoint(self, way: Way, model_id: str) -> Endpoint:
        provider, base_url, credential = way.provider, way.provider.base_url_of(model_id), way.credential
        if provider.vendor.place == "file":
            path = file_of(provider.id, provider.settings.model_path or "", model_id)
            served = await self._local.serve(provider.id, path)
            base_url, credential = served.base_url, served.credential
        return Endpoint(
            provider=provider.id,
            base_url=base_url,
            credential=credential,
            http=self._client(way.network),
            headers=provider.headers,
            request_headers=provider.vendor.request_headers,
            query=provider.query,
            key_header=provider.vendor.key_header,
            extra_body=provider.body_of(model_id),
            timeout_s=provider.settings.timeout_s,
            first_byte_timeout_s=provider.settings.first_byte_timeout_s,
            connect_timeout_s=provider.settings.connect_timeout_s,
            organization=provider.settings.organization,
            quirks=provider.quirks,
        )
