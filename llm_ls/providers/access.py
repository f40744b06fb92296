"""Asks providers: their credentials, and the connections, whose import (HTTP) waits until something is asked."""

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, cast

import attrs

from llm_ls import errors
from llm_ls.auth import credentials
from llm_ls.auth.credentials import Credentials, CredentialSource
from llm_ls.auth.secret import Secret
from llm_ls.models import InfillModel, Model, ModelInfo
from llm_ls.providers.configured import Provider

Credential = Callable[[], Awaitable[Secret | None]]

_CONNECTIONS = "llm_ls.providers.connections"


@attrs.frozen
class Way:
    """How one provider is asked.

    Attributes:
        proxy: As set; `None` leaves it to the environment.
    """

    provider: Provider
    credential: Credential
    proxy: str | None = None


class Attempt:
    """The credential of one attempt to ask a provider; remembers which one was sent."""

    def __init__(self, provider: Provider, look_up: Credential) -> None:
        self.provider = provider
        self.sent: Secret | None = None
        self._look_up = look_up

    async def credential(self) -> Secret | None:
        self.sent = await self._look_up()
        return self.sent


class Connector(Protocol):
    """What `connections.Connections` does, said where it can be read without importing it."""

    async def model(self, way: Way, model_id: str) -> Model: ...
    async def infill_model(self, way: Way, model_id: str) -> InfillModel: ...
    async def models(self, way: Way) -> tuple[ModelInfo, ...]: ...
    async def warm(self, provider: Provider) -> None: ...
    async def aclose(self) -> None: ...


class Access:
    """The credentials and the connections of one client.

    Attributes:
        proxy: As set; what is being answered keeps the one it began with.
    """

    def __init__(self, environment: Mapping[str, str], proxy: str | None) -> None:
        self.proxy = proxy
        self._credentials = Credentials(environment)
        self._connector: Connector | None = None

    def source(self, provider: Provider) -> CredentialSource:
        """Where the provider's credential comes from; runs nothing."""
        return self._credentials.source(provider.lookup)

    def check(self, provider: Provider) -> None:
        """Make sure that it has an address, and a place for its credential to come from.

        Raises:
            SettingsInvalid: Its address cannot be used.
            MissingCredentials: There is no such place; names every one looked at.
        """
        _check_address(provider)
        if self.source(provider) == "none":
            raise credentials.missing(provider.lookup)

    def attempt(self, provider: Provider, key: Secret | None = None) -> Attempt:
        """To ask a provider with the user's own credential, or with `key` if it is given."""

        async def look_up() -> Secret | None:
            return key or await self._credentials.get(provider.lookup)

        return Attempt(provider, look_up)

    async def renewed(self, attempt: Attempt) -> bool:
        """Whether there is another credential now than the one that was sent and refused; looks again if need be."""
        return attempt.sent is not None and await self._credentials.renewed(attempt.provider.lookup, attempt.sent)

    async def model(self, attempt: Attempt, model_id: str) -> Model:
        """What asks the vendor."""
        return await (await self._connected()).model(self._way(attempt), model_id)

    async def infill_model(self, attempt: Attempt, model_id: str) -> InfillModel:
        """What asks the vendor to fill in the middle."""
        return await (await self._connected()).infill_model(self._way(attempt), model_id)

    async def models(self, provider: Provider, key: Secret | None = None) -> tuple[ModelInfo, ...]:
        """What the provider lists now."""
        return await (await self._connected()).models(self._way(self.attempt(provider, key)))

    async def prepare(self) -> None:
        """Import what asking anybody needs, on a thread."""
        await self._connected()

    async def warm(self, provider: Provider) -> None:
        """Import what asking this provider needs, on a thread."""
        await (await self._connected()).warm(provider)

    async def aclose(self) -> None:
        """Close every connection, and end the child processes."""
        connector, self._connector = self._connector, None
        if connector is not None:
            await connector.aclose()

    def _way(self, attempt: Attempt) -> Way:
        _check_address(attempt.provider)
        return Way(attempt.provider, attempt.credential, self.proxy)

    async def _connected(self) -> Connector:
        if self._connector is None:
            module = await asyncio.to_thread(importlib.import_module, _CONNECTIONS)
            self._connector = self._connector or cast(Connector, module.Connections())
        return self._connector


def _check_address(provider: Provider) -> None:
    if provider.misaddressed_by:
        raise errors.SettingsInvalid(
            f"{provider.misaddressed_by} is no address of an API",
            hint=f"correct {provider.misaddressed_by}: write it as http://host:port",
            provider=provider.id,
        )
