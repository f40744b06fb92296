"""What a provider says its models are: `GET models`, in OpenAI's and in Anthropic's shape.

Servers add to OpenAI's shape: OpenRouter prices and limits, vLLM `max_model_len`, llama.cpp `meta`.
"""

from collections.abc import Mapping
from typing import Any, Literal, cast

import attrs
import httpx2

from llm_ls.models import Capabilities, Cost, ModelInfo
from llm_ls.providers import asking, vendor_errors
from llm_ls.providers.endpoint import Endpoint
from llm_ls.providers.http import idle_timeout

_ANTHROPIC_VERSION = "2023-06-01"
_NO_LIST = (404, 405, 501)


async def models(endpoint: Endpoint, wire: Literal["anthropic", "openai"]) -> tuple[ModelInfo, ...]:
    """The models of a provider, as it orders them; none where it has no such list.

    Raises:
        ProviderError: It did not say.
    """
    exchange = attrs.evolve(await asking.begin(endpoint, "", ""), model=f"the models of {endpoint.provider}")
    key = asking.key(exchange)
    headers = asking.headers(endpoint)
    if wire == "anthropic":
        url = f"{exchange.base_url.rstrip('/').removesuffix('/v1')}/v1/models?limit=1000"
        headers |= {"anthropic-version": _ANTHROPIC_VERSION, **({"x-api-key": key} if key else {})}
    else:
        url = f"{exchange.base_url.rstrip('/')}/models"
        headers |= {"Authorization": f"Bearer {key}"} if key else {}
    try:
        response = await endpoint.http.get(url, headers=headers, timeout=idle_timeout(endpoint.timeout_s))
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise vendor_errors.broken(error, exchange) from error
    if response.status_code in _NO_LIST:
        return ()
    if not response.is_success:
        raise vendor_errors.refused(response, exchange)
    return _parsed(endpoint.provider, response)


def _parsed(provider: str, response: httpx2.Response) -> tuple[ModelInfo, ...]:
    try:
        body = cast(object, response.json())
    except ValueError:
        return ()
    rows = cast(dict[str, Any], body).get("data") if isinstance(body, dict) else body
    found = [
        _info(provider, cast(dict[str, Any], row))
        for row in (cast(list[object], rows) if isinstance(rows, list) else [])
        if isinstance(row, dict) and isinstance(cast(dict[str, Any], row).get("id"), str)
    ]
    return tuple({info.id: info for info in found}.values())


def _info(provider: str, row: Mapping[str, Any]) -> ModelInfo:
    top, meta = _object(row.get("top_provider")), _object(row.get("meta"))
    return ModelInfo(
        id=f"{provider}/{row['id']}",
        name=_text(row.get("display_name")) or _text(row.get("name")) or row["id"],
        provider=provider,
        context_window=_count(
            row.get("max_input_tokens"), row.get("context_length"), row.get("max_model_len"), meta.get("n_ctx")
        ),
        max_output_tokens=_count(row.get("max_tokens"), top.get("max_completion_tokens")),
        capabilities=_capabilities(row),
        cost=_cost(_object(row.get("pricing"))),
        deprecated=row.get("lifecycle") in ("deprecated", "retired"),
    )


def _capabilities(row: Mapping[str, Any]) -> Capabilities:
    parameters = row.get("supported_parameters")
    if isinstance(parameters, list):
        modalities = _object(row.get("architecture")).get("input_modalities")
        return Capabilities(
            tools="tools" in parameters,
            vision=isinstance(modalities, list) and "image" in modalities,
            reasoning="reasoning" in parameters,
            json="response_format" in parameters,
        )
    supported = _object(row.get("capabilities"))
    if not supported:
        return Capabilities()
    return Capabilities(
        tools=True,
        vision=_is_supported(supported.get("image_input")),
        reasoning=_is_supported(supported.get("thinking")),
        json=_is_supported(supported.get("structured_outputs")),
    )


def _is_supported(capability: object) -> bool:
    return _object(capability).get("supported") is True


def _cost(pricing: Mapping[str, Any]) -> Cost | None:
    """OpenRouter's prices: dollars a token, as text; negative where it depends."""
    try:
        prompt, completion = float(pricing["prompt"]), float(pricing["completion"])
    except (KeyError, TypeError, ValueError):
        return None
    return Cost(round(prompt * 1e6, 6), round(completion * 1e6, 6)) if min(prompt, completion) >= 0 else None


def _object(value: object) -> Mapping[str, Any]:
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(*values: object) -> int | None:
    return next((value for value in values if isinstance(value, int) and value > 0), None)
