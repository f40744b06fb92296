"""Which model servers run on this machine: a look at their usual ports, of this machine and no other.

A port is knocked at with a bare connection first: where nobody listens, nothing is imported and nothing is sent. All
servers together are given half a second, to which only the first import of the HTTP client
adds.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from urllib.parse import urlsplit

from llm_ls import errors
from llm_ls.loopback import is_local_url
from llm_ls.models import ModelInfo
from llm_ls.providers.configured import Provider

_KNOCK_S = 0.15
_ANSWER_S = 0.35

Ask = Callable[[Provider], Awaitable[tuple[ModelInfo, ...]]]


async def discover(
    providers: Iterable[Provider], prepare: Callable[[], Awaitable[None]], ask: Ask
) -> Mapping[str, tuple[ModelInfo, ...]]:
    """The models of every provider that was looked at; none where no model server answered in time.

    Args:
        providers: Only those in a server on this machine are looked at.
        prepare: Waited for as long as it takes, if anybody listens at all.
        ask: What asks a provider for its models.
    """
    nearby = [provider for provider in providers if _is_nearby(provider)]
    listening = await asyncio.gather(*map(_listens, nearby))
    candidates = [provider for provider, listens in zip(nearby, listening, strict=True) if listens]
    if candidates:
        await prepare()
    listed = await asyncio.gather(*(_models(ask, provider) for provider in candidates))
    nothing = {provider.id: tuple[ModelInfo, ...]() for provider in nearby}
    return nothing | {provider.id: models for provider, models in zip(candidates, listed, strict=True)}


def _is_nearby(provider: Provider) -> bool:
    """Whether it may be looked at: a command of the user's is not run just to look."""
    return (
        provider.vendor.place == "nearby"
        and not provider.settings.disabled
        and not provider.settings.api_key_command
        and is_local_url(provider.base_url)
    )


async def _listens(provider: Provider) -> bool:
    """Whether anybody takes a connection where the provider's server would be."""
    parts = urlsplit(provider.base_url)
    with contextlib.suppress(OSError, TimeoutError, ValueError):
        async with asyncio.timeout(_KNOCK_S):
            port = parts.port or (443 if parts.scheme == "https" else 80)
            _, writer = await asyncio.open_connection(parts.hostname, port)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return True
    return False


async def _models(ask: Ask, provider: Provider) -> tuple[ModelInfo, ...]:
    """None where whoever listens is no model server, or is too slow."""
    with contextlib.suppress(errors.LlmLsError, TimeoutError):
        async with asyncio.timeout(_ANSWER_S):
            return await ask(provider)
    return ()
