"""The headers of a request to Anthropic's API (https://platform.claude.com/docs/en/api/versioning)."""

from llm_ls.models import ModelRequest
from llm_ls.providers import asking
from llm_ls.providers.endpoint import Endpoint
from llm_ls.providers.vendor_errors import Exchange

VERSION = "2023-06-01"

_SIGNED_IN = "sk-ant-oat"
_BETA = "oauth-2025-04-20"


def all_headers(
    endpoint: Endpoint, exchange: Exchange, request: ModelRequest | None = None, *, version: str | None = VERSION
) -> dict[str, str]:
    """The version, unless it is left to the SDK (`None`), what `asking.headers` has, which counts more, and the key.

    Raises:
        Authentication: The key cannot be sent in a header.
    """
    versions = {"anthropic-version": version} if version is not None else {}
    return {**versions, **asking.headers(endpoint, exchange, request), **_key_headers(endpoint, exchange)}


def _key_headers(endpoint: Endpoint, exchange: Exchange) -> dict[str, str]:
    """The header that carries the key; the token of a sign-in is marked as one, beside the betas that are set."""
    carried = asking.key_headers(endpoint, exchange)
    granted = exchange.grant.headers.get("anthropic-beta", "") if exchange.grant else ""
    marks = [_BETA] if (asking.key(exchange) or "").startswith(_SIGNED_IN) else [granted] if granted else []
    if not marks:
        return carried
    betas = (value for name, value in endpoint.headers.items() if name.lower() == "anthropic-beta")
    return {**carried, "anthropic-beta": ",".join((*betas, *marks))}
