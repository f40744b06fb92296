"""From a provider to something that can be asked: all that needs an HTTP client, so imported on first use only."""

import asyncio

import attrs
import httpx2

from llm_ls.models import InfillModel, Model, ModelInfo
from llm_ls.providers import anthropic_messages, catalog, listing, openai_chat
from llm_ls.providers.access import Way
from llm_ls.providers.anthropic_messages import AnthropicMessages
from llm_ls.providers.configured import Provider
from llm_ls.providers.endpoint import Endpoint
from llm_ls.providers.http import check_environment, new_client
from llm_ls.providers.llamacpp import LlamaCppInfill
from llm_ls.providers.local import LocalServers, file_of, files
from llm_ls.providers.openai_chat import OpenAIChat

_LIST_SILENCE_S = 10.0


class Connections:
    """The HTTP clients, one for each proxy, and the child processes, which all providers share."""

    def __init__(self) -> None:
        self._local = LocalServers()
        self._clients: dict[str | None, httpx2.AsyncClient] = {}

    async def model(self, way: Way, model_id: str) -> Model:
        """What asks `model_id`; the file of a local model is loaded first.

        Raises:
            LlmLsError: The file cannot be served, or the proxy cannot be used.
        """
        endpoint = await self._endpoint(way, model_id)
        match way.provider.vendor.wire:
            case "anthropic":
                return AnthropicMessages(endpoint, model_id)
            case "openai":
                return OpenAIChat(endpoint, model_id)

    async def infill_model(self, way: Way, model_id: str) -> InfillModel:
        """The same for what fills in the middle."""
        return LlamaCppInfill(await self._endpoint(way, model_id), model_id)

    async def models(self, way: Way) -> tuple[ModelInfo, ...]:
        """What the provider lists; the files of a local one.

        Raises:
            LlmLsError: It did not say.
        """
        provider = way.provider
        if provider.vendor.place == "file":
            found = tuple(
                ModelInfo(f"{provider.id}/{id}", id, provider.id)
                for id in await asyncio.to_thread(files, provider.settings.model_path or "")
            )
        else:
            endpoint = await self._endpoint(way, "")
            hasty = attrs.evolve(endpoint, timeout_s=min(endpoint.timeout_s, _LIST_SILENCE_S))
            found = await listing.models(hasty, provider.vendor.wire)
        return tuple(_finished(info, provider) for info in found)

    async def warm(self, provider: Provider) -> None:
        """Import what asking the provider will need, on a thread."""
        match provider.vendor.wire:
            case "anthropic":
                await anthropic_messages.warm()
            case "openai":
                await openai_chat.warm()

    async def aclose(self) -> None:
        """Close all at once, the children first: a cancel leaves none of them behind."""
        clients, self._clients = self._clients, {}
        closing = (self._local.aclose(), *(client.aclose() for client in clients.values()))
        for failure in await asyncio.gather(*closing, return_exceptions=True):
            if failure is not None:
                raise failure

    async def _endpoint(self, way: Way, model_id: str) -> Endpoint:
        if way.proxy not in self._clients:
            self._clients[way.proxy] = new_client(way.proxy)
        if way.proxy is None:
            check_environment(way.provider.base_url)
        provider, base_url, credential = way.provider, way.provider.base_url, way.credential
        if provider.vendor.place == "file":
            path = file_of(provider.id, provider.settings.model_path or "", model_id)
            served = await self._local.serve(provider.id, path)
            base_url, credential = served.base_url, served.credential
        return Endpoint(
            provider=provider.id,
            base_url=base_url,
            credential=credential,
            http=self._clients[way.proxy],
            headers=provider.headers,
            timeout_s=provider.settings.timeout_s,
            organization=provider.settings.organization,
            quirks=provider.quirks,
        )


def _finished(info: ModelInfo, provider: Provider) -> ModelInfo:
    """`info` with what the catalog knows, and with what the wire can do for every model."""
    info = catalog.completed(info)
    if not provider.vendor.fills:
        return info
    return attrs.evolve(info, capabilities=attrs.evolve(info.capabilities, fim=True))
