"""Asks providers: their credentials, and the connections, whose import (HTTP) waits until something is asked."""

import asyncio
import functools
import importlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeVar, cast

import attrs

from llm_ls import errors
from llm_ls.auth.fetching import Fetch, Fetched
from llm_ls.auth.grant import Grant
from llm_ls.auth.lookup import CredentialSource
from llm_ls.auth.secret import Secret
from llm_ls.auth.whereabouts import Whereabouts
from llm_ls.models import InfillModel, Model, ModelInfo, ModelRequest, TokenCount, Wire
from llm_ls.providers import addressing
from llm_ls.providers.configured import Provider
from llm_ls.providers.network import Network, Route
from llm_ls.providers.vendor import FillWire

Credential = Callable[[], Awaitable[Grant | None]]
T = TypeVar("T")

_CONNECTIONS = "llm_ls.providers.connections"


@attrs.frozen
class Way:
    """How one model of a provider is asked.

    Attributes:
        wire: The wire format of the model.
    """

    provider: Provider
    credential: Credential
    wire: Wire
    network: Network


class Attempt:
    """The credential of one attempt to ask a provider; remembers which one was sent.

    Attributes:
        own: Whether it is the one that is looked up for the user, and not one that they try.
    """

    def __init__(self, provider: Provider, look_up: Credential, *, own: bool = True) -> None:
        self.provider = provider
        self.own = own
        self.sent: Grant | None = None
        self._look_up = look_up

    async def credential(self) -> Grant | None:
        self.sent = await self._look_up()
        return self.sent


class Connector(Protocol):
    """What `connections.Connections` does, said where it can be read without importing it."""

    async def model(self, way: Way, model_id: str) -> Model: ...
    async def infill_model(self, way: Way, model_id: str, wire: FillWire) -> InfillModel: ...
    async def count_tokens(self, way: Way, model_id: str, request: ModelRequest) -> TokenCount: ...
    async def models(self, way: Way) -> tuple[ModelInfo, ...]: ...
    def route(self, provider: Provider, network: Network) -> Route: ...
    async def refresh_catalog(self, url: str, network: Network) -> None: ...
    async def warm(self, wire: Wire) -> None: ...
    def fetch(self, network: Network) -> Fetch: ...
    async def aclose(self) -> None: ...


class Access:
    """The credentials and the connections of one client.

    Attributes:
        network: As set; what is being answered keeps the one it began with.
        whereabouts: Where each provider's credential would come from.
    """

    def __init__(self, environment: Mapping[str, str], network: Network) -> None:
        self.network = network
        self.whereabouts = Whereabouts(environment)
        self._environment = environment
        self._connector: Connector | None = None

    @functools.cached_property
    def credentials(self):  # noqa: ANN201 - the type is of a module that is imported when it is first of use
        """What gets the credentials."""
        from llm_ls.auth.credentials import Credentials

        return Credentials(self._environment, self.whereabouts, self.fetch)

    def source(self, provider: Provider) -> CredentialSource:
        """Where the provider's credential comes from; runs nothing."""
        return self.whereabouts.source(provider.lookup)

    def check(self, provider: Provider) -> None:
        """Make sure that it has an address, and a place for its credential to come from.

        Raises:
            SettingsInvalid: Its address cannot be used.
            MissingCredentials: There is no such place; names every one looked at.
        """
        _check_address(provider)
        if self.source(provider) == "none":
            raise self.whereabouts.missing(provider.lookup)

    def attempt(self, provider: Provider, key: Secret | None = None) -> Attempt:
        """To ask a provider with the user's own credential, or with `key` if it is given."""

        async def look_up() -> Grant | None:
            return await (
                self.credentials.given(provider.lookup, key) if key else self.credentials.get(provider.lookup)
            )

        return Attempt(provider, look_up, own=key is None)

    async def renewed(self, attempt: Attempt) -> bool:
        """Whether there is another credential now than the one that was sent and refused; looks again if need be."""
        if attempt.sent is None or not attempt.own:
            return False
        return await self.credentials.renewed(attempt.provider.lookup, attempt.sent)

    async def model(self, attempt: Attempt, model_id: str) -> Model:
        """What asks the vendor."""
        return await (await self._connected()).model(self._way(attempt, attempt.provider.wire_of(model_id)), model_id)

    async def infill_model(self, attempt: Attempt, model_id: str, way: FillWire) -> InfillModel:
        """What asks the vendor to fill in the middle, in one of the ways to do that."""
        asked = self._way(attempt, attempt.provider.vendor.wire)
        return await (await self._connected()).infill_model(asked, model_id, way)

    async def count_tokens(self, provider: Provider, model_id: str, request: ModelRequest) -> TokenCount:
        """How long `request` is for the model."""
        connector = await self._connected()

        async def count(attempt: Attempt) -> TokenCount:
            return await connector.count_tokens(self._way(attempt, provider.wire_of(model_id)), model_id, request)

        return await self._asked(self.attempt(provider), count)

    async def models(self, provider: Provider, key: Secret | None = None) -> tuple[ModelInfo, ...]:
        """What the provider lists now."""
        connector = await self._connected()

        async def listed(attempt: Attempt) -> tuple[ModelInfo, ...]:
            return await connector.models(self._way(attempt, provider.vendor.wire))

        return await self._asked(self.attempt(provider, key), listed)

    async def refresh_catalog(self, url: str) -> None:
        """Bring the user's copy of models.dev up to date."""
        await (await self._connected()).refresh_catalog(url, self.network)

    async def route(self, provider: Provider) -> Route:
        """How the provider is reached, as far as asking it has shown."""
        return (await self._connected()).route(provider, self.network)

    async def prepare(self) -> None:
        """Import what asking anybody needs, on a thread."""
        await self._connected()

    async def warm(self, provider: Provider, model_id: str) -> None:
        """Import what asking this model needs, on a thread."""
        await (await self._connected()).warm(provider.wire_of(model_id))

    async def aclose(self) -> None:
        """Close every connection, and end the child processes."""
        if "credentials" in vars(self):
            await self.credentials.aclose()
        connector, self._connector = self._connector, None
        if connector is not None:
            await connector.aclose()

    def _way(self, attempt: Attempt, wire: Wire) -> Way:
        _check_address(attempt.provider)
        return Way(attempt.provider, attempt.credential, wire, self.network)

    async def fetch(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Fetched:
        """Ask where tokens are given out; a `fetching.Fetch`."""
        return await (await self._connected()).fetch(self.network)(method, url, headers, body)

    async def _asked(self, attempt: Attempt, ask: Callable[[Attempt], Awaitable[T]]) -> T:
        """What `ask` gets; it asks once more if the credential was refused and there is another one by now."""
        try:
            return await ask(attempt)
        except errors.ProviderError as error:
            if not (is_refusal(error) and await self.renewed(attempt)):
                raise
            return await ask(self.attempt(attempt.provider))

    async def _connected(self) -> Connector:
        if self._connector is None:
            module = await asyncio.to_thread(importlib.import_module, _CONNECTIONS)
            self._connector = self._connector or cast(Connector, module.Connections())
        return self._connector


def is_refusal(error: errors.ProviderError) -> bool:
    """Whether another credential may be taken: this one was refused, or does not belong to the host (Copilot's 421)."""
    return isinstance(error, errors.Authentication) or error.status == _MISDIRECTED


_MISDIRECTED = 421


def _check_address(provider: Provider) -> None:
    wrong = provider.address.wrong_in
    if wrong:
        raise errors.SettingsInvalid(
            f"{wrong} is no address of an API",
            hint=f"correct {wrong}: write it as {provider.address.example}",
            provider=provider.id,
        )
    if provider.placeless:
        variable, setting = addressing.missing(provider.id, provider.vendor)
        raise errors.SettingsInvalid(
            f"nobody said where {provider.name} is: {variable} is not set, nor is providers.{provider.id}.{setting}",
            hint=f"set {variable}, or providers.{provider.id}.{setting}",
            provider=provider.id,
        )
