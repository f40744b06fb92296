"""What a provider says its models are: `GET models`, as OpenAI has it and as Anthropic has it."""

import attrs

from llm_ls import errors
from llm_ls.auth import redaction
from llm_ls.models import ModelInfo
from llm_ls.providers import anthropic_headers, asking, cohere_listing, listed_models, loose, ollama_listing, posting
from llm_ls.providers.configured import Provider
from llm_ls.providers.endpoint import Endpoint

_NO_LIST = (404, 405, 501)


async def models(endpoint: Endpoint, provider: Provider) -> tuple[ModelInfo, ...]:
    """The models of a provider, as it orders them; none where it has no such list.

    Raises:
        ProviderError: It did not say.
    """
    try:
        found = await _listed(endpoint, provider)
    except errors.ProviderError as error:
        if error.status in _NO_LIST:
            return ()
        raise
    return _harmless(found)


async def _listed(endpoint: Endpoint, provider: Provider) -> tuple[ModelInfo, ...]:
    match provider.vendor.wire:
        case "ollama":
            return await ollama_listing.models(endpoint)
        case "cohere":
            return await cohere_listing.models(endpoint)
        case "anthropic":
            return await _as_anthropic(endpoint, provider)
        case _:
            return await _as_openai(endpoint, provider)


def _harmless(found: tuple[ModelInfo, ...]) -> tuple[ModelInfo, ...]:
    """Those of the models in whose names no secret is that was sent."""
    text = "\n".join(map(_shown, found))
    if redaction.without_held(text) == text:
        return found
    return tuple(info for info in found if redaction.without_held(_shown(info)) == _shown(info))


def _shown(info: ModelInfo) -> str:
    return f"{info.id} {info.name} {info.successor or ''}"


async def _as_anthropic(endpoint: Endpoint, provider: Provider) -> tuple[ModelInfo, ...]:
    exchange = await asking.begin_listing(endpoint, "")
    headers = anthropic_headers.all_headers(endpoint, exchange)
    url = f"{exchange.base_url.rstrip('/').removesuffix('/v1')}/v1/models"
    everything = attrs.evolve(endpoint, query={"limit": "1000", **endpoint.query})
    async with posting.opened(everything, exchange, "GET", url, headers) as response:
        return _read(await posting.parsed(response, exchange), provider)


async def _as_openai(endpoint: Endpoint, provider: Provider) -> tuple[ModelInfo, ...]:
    exchange = await asking.begin_listing(endpoint, "")
    url, headers = f"{exchange.base_url.rstrip('/')}/models", asking.all_headers(endpoint, exchange)
    async with posting.opened(endpoint, exchange, "GET", url, headers) as response:
        return _read(await posting.parsed(response, exchange), provider)


def _read(body: object, provider: Provider) -> tuple[ModelInfo, ...]:
    """The models in a `data` array, or in one that is all there is, as Together writes it."""
    rows = loose.objects(loose.members(body).get("data", body))
    found = (listed_models.read(row, provider) for row in rows)
    return tuple({info.id: info for info in found if info is not None}.values())
