"""What all wires share of sending a request: who is asked, with which key and which headers, by which SDK."""

import asyncio
import importlib

import llm_ls
from llm_ls import errors
from llm_ls.providers.endpoint import Endpoint
from llm_ls.providers.vendor_errors import Exchange

_IMPORTED: set[str] = set()


async def imported(module: str) -> None:
    """Import `module` on a thread, once."""
    if module not in _IMPORTED:
        await asyncio.to_thread(importlib.import_module, module)
        _IMPORTED.add(module)


async def begin(endpoint: Endpoint, model_id: str, base_url: str) -> Exchange:
    """The exchange that is about to happen, its credential fetched."""
    secret = await endpoint.credential()
    return Exchange(endpoint.provider, f"{endpoint.provider}/{model_id}", endpoint.base_url or base_url, secret)


def key(exchange: Exchange) -> str | None:
    """The key to send; `None` means that none is asked for.

    Raises:
        Authentication: It cannot be sent in a header.
    """
    if exchange.secret is None:
        return None
    text = exchange.secret.reveal().strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise exchange.error(errors.Authentication, f"the key for {exchange.provider!r} is not one")
    return text


def headers(endpoint: Endpoint) -> dict[str, str]:
    """The endpoint's own headers, and our name."""
    return {"User-Agent": f"llm-ls/{llm_ls.__version__}", **endpoint.headers}
