"""What all wires share of sending a request: who is asked, with which key and which headers, by which SDK."""

import asyncio
import importlib
import re

import attrs

import llm_ls
from llm_ls import errors
from llm_ls.models import ModelRequest
from llm_ls.providers.endpoint import Endpoint
from llm_ls.providers.http import Limits
from llm_ls.providers.vendor_errors import Exchange

_IMPORTED: set[str] = set()
_JSON_WEB_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.")


async def imported(module: str) -> None:
    """Import `module` on a thread, once."""
    if module not in _IMPORTED:
        await asyncio.to_thread(importlib.import_module, module)
        _IMPORTED.add(module)


async def begin(endpoint: Endpoint, model_id: str, base_url: str) -> Exchange:
    """The exchange that is about to happen, its credential fetched."""
    grant = await endpoint.credential()
    return Exchange(
        endpoint.provider,
        f"{endpoint.provider}/{model_id}",
        (grant and grant.base_url) or endpoint.base_url or base_url,
        grant,
        Limits(endpoint.connect_timeout_s, endpoint.first_byte_timeout_s or endpoint.timeout_s, endpoint.timeout_s),
    )


async def begin_listing(endpoint: Endpoint, base_url: str) -> Exchange:
    """The same for asking a provider which models it has."""
    return attrs.evolve(await begin(endpoint, "", base_url), model=f"the models of {endpoint.provider}")


def key(exchange: Exchange) -> str | None:
    """The key to send; `None` means that none is asked for.

    Raises:
        Authentication: It cannot be sent in a header.
    """
    if exchange.grant is None:
        return None
    text = exchange.grant.secret.reveal().strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise exchange.error(errors.Authentication, f"the key for {exchange.provider!r} is not one")
    return text


def key_headers(endpoint: Endpoint, exchange: Exchange) -> dict[str, str]:
    """The header that carries the key, where the endpoint wants it; none where no key is asked for.

    Azure takes its keys in `api-key`, and a token of Entra, which is a JSON Web Token, like everybody else.

    Raises:
        Authentication: The key cannot be sent in a header.
    """
    text = key(exchange)
    if text is None:
        return {}
    if endpoint.key_header == "api-key" and not _JSON_WEB_TOKEN.match(text):
        return {"api-key": text}
    return {"Authorization": f"Bearer {text}"}


def all_headers(endpoint: Endpoint, exchange: Exchange, request: ModelRequest | None = None) -> dict[str, str]:
    """`key_headers` and `headers`.

    Raises:
        Authentication: The key cannot be sent in a header.
    """
    return {**key_headers(endpoint, exchange), **headers(endpoint, exchange, request)}


def headers(endpoint: Endpoint, exchange: Exchange, request: ModelRequest | None = None) -> dict[str, str]:
    """Our name, what depends on the `request`, the endpoint's own and the credential's; of two the last counts."""
    found = {"User-Agent": f"llm-ls/{llm_ls.__version__}"}
    if request is not None and endpoint.request_headers is not None:
        found |= endpoint.request_headers(request)
    return {**found, **endpoint.headers, **(exchange.grant.headers if exchange.grant else {})}
