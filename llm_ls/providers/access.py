"""Asks providers: their credentials, and the connections, whose import (HTTP) waits until something is asked."""

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, cast

import attrs

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
        """Make sure that there is a place for its credential to come from.

        Raises:
            MissingCredentials: There is none; names every place looked at.
        """
        if self.source(provider) == "none":
            raise credentials.missing(provider.lookup)

    async def renewed(self, provider: Provider) -> bool:
        """Look for the credential again, it having been refused; whether there is another one now."""
        return await self._credentials.renewed(provider.lookup)

    async def model(self, provider: Provider, model_id: str, key: Secret | None = None) -> Model:
        """What asks the vendor; with `key` instead of the user's own if it is given."""
        return await (await self._connected()).model(self._way(provider, key), model_id)

    async def infill_model(self, provider: Provider, model_id: str) -> InfillModel:
        """What asks the vendor to fill in the middle."""
        return await (await self._connected()).infill_model(self._way(provider), model_id)

    async def models(self, provider: Provider, key: Secret | None = None) -> tuple[ModelInfo, ...]:
        """What the provider lists now."""
        return await (await self._connected()).models(self._way(provider, key))

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

    def _way(self, provider: Provider, key: Secret | None = None) -> Way:
        async def credential() -> Secret | None:
            return key or await self._credentials.get(provider.lookup)

        return Way(provider, credential, self.proxy)

    async def _connected(self) -> Connector:
        if self._connector is None:
            module = await asyncio.to_thread(importlib.import_module, _CONNECTIONS)
            self._connector = self._connector or cast(Connector, module.Connections())
        return self._connector
