"""The models of a user: by name, by role, by provider. Importing it costs little: HTTP and SDKs come on first use."""

import asyncio
import contextlib
from collections.abc import Mapping

import attrs

from llm_ls import errors
from llm_ls.auth.credentials import CredentialSource
from llm_ls.auth.secret import Secret
from llm_ls.models import InfillModel, Model, ModelInfo
from llm_ls.providers import connection_report, discovery
from llm_ls.providers.access import Access
from llm_ls.providers.configured import Provider
from llm_ls.providers.connection_report import ConnectionReport
from llm_ls.providers.directory import Directory, Role
from llm_ls.providers.registered import Registered
from llm_ls.settings import Settings


@attrs.frozen
class ProviderStatus:
    """A provider as the user sees it.

    Attributes:
        kind: The row of the table that it goes by.
        active: Whether the default model for chat is one of its models.
        configured: Whether it can be asked, as far as can be told without asking.
        credential: Where its credential comes from.
        models: Those that are known, as `provider/model`.
    """

    id: str
    name: str
    kind: str
    active: bool
    configured: bool
    credential: CredentialSource
    sign_in_methods: tuple[str, ...]
    models: tuple[str, ...]


class Registry:
    """Finds models by name, and owns what they share: credentials, connections, child processes."""

    def __init__(self, settings: Settings, environment: Mapping[str, str]) -> None:
        self._access = Access(environment, settings.proxy)
        self._directory = Directory(settings, environment, self._access.source)
        self._discovering = asyncio.Lock()

    def configure(self, settings: Settings) -> None:
        """Go by `settings` from now on; what is being answered goes on as it began."""
        self._directory.configure(settings)
        self._access.proxy = settings.proxy

    def model(self, name: str) -> Model:
        """The model that `name` means: `provider/model`, `fast`, `mid`, `best`, a provider, or an id that is unique.

        Raises:
            NotFound: There is none; names the nearest three.
            MissingCredentials: Its provider needs a credential; names every place looked at.
            SettingsInvalid: Its provider is disabled, or has no kind.
        """
        provider, model_id = self._directory.resolve(name)
        self._access.check(provider)
        return Registered(self._access, self._directory, provider, model_id)

    def infill_model(self, name: str) -> InfillModel:
        """The same, for filling in the middle.

        Raises:
            Unsupported: Its provider cannot do that.
        """
        provider, model_id = self._directory.resolve(name)
        if not provider.vendor.fills:
            raise errors.Unsupported(
                f"{provider.name} cannot fill in the middle",
                hint="choose a model of llamacpp or local",
                provider=provider.id,
                model=f"{provider.id}/{model_id}",
            )
        self._access.check(provider)
        return Registered(self._access, self._directory, provider, model_id)

    def default_model(self, role: Role) -> Model:
        """The model for `role` where none is named.

        Raises:
            MissingCredentials: Nothing is configured; names every place looked at.
        """
        name = self.default_name(role)
        if name is None:
            raise self._directory.nothing_configured()
        return self.model(name)

    def default_name(self, role: Role) -> str | None:
        """The name of that model, `None` if there is none; asks nobody and never fails.

        The first of: the setting for the role, what was picked in this session, the setting `model`, `LLM_LS_MODEL`,
        a configured provider, a server that `discover` found.
        """
        return self._directory.default_name(role)

    def known(self, name: str) -> ModelInfo | None:
        """What is known of a model without asking; `None` is nothing."""
        with contextlib.suppress(errors.LlmLsError):
            return self._directory.known_model(*self._directory.resolve(name))
        return None

    def set_active(self, provider: str, model: str | None) -> str:
        """Use a provider, or one model of it, from now on where a role has no setting of its own; its name in full.

        Raises:
            NotFound: There is no such provider or model.
            MissingCredentials: It needs a credential.
        """
        model_id = model or self._directory.default_of(self._directory.provider(provider))
        name = self.model(f"{provider}/{model_id}").name
        self._directory.active = name
        return name

    def providers(self) -> tuple[ProviderStatus, ...]:
        """Every provider that is not disabled, those of the settings first."""
        active = (self.default_name("chat") or "").partition("/")[0]
        return tuple(
            ProviderStatus(
                id=provider.id,
                name=provider.name,
                kind=provider.vendor.id,
                active=provider.id == active,
                configured=self._directory.is_configured(provider),
                credential=self._access.source(provider),
                sign_in_methods=(),
                models=tuple(info.id for info in self._directory.known(provider)),
            )
            for provider in self._directory.usable()
        )

    async def list_models(self, provider: str | None = None, *, refresh: bool = False) -> tuple[ModelInfo, ...]:
        """The models of one provider, or of all that are configured, as they list them themselves.

        A provider that does not say is given as far as it is known, unless it was named and is to be asked again.

        Raises:
            NotFound: There is no such provider.
            LlmLsError: It was to be asked again, and did not say.
        """
        if provider is not None:
            return await self._models_of(self._directory.provider(provider), refresh, strict=refresh)
        asked = [found for found in self._directory.usable() if self._directory.is_configured(found)]
        answers = await asyncio.gather(*(self._models_of(found, refresh, strict=False) for found in asked))
        return tuple(info for answer in answers for info in answer)

    async def discover(self) -> None:
        """Look for model servers on this machine, and remember what they serve and which are gone.

        Half a second at most, to which the import of the HTTP client is added the first time that anybody listens.
        """
        async with self._discovering:
            found = await discovery.discover(self._directory.usable(), self._access.prepare, self._access.models)
            self._directory.replace_listings(found)

    async def test_connection(self, provider: str, model: str | None, api_key: str | None) -> ConnectionReport:
        """Ask a provider for its models and for a few words, with `api_key` if given, which is then forgotten.

        Raises:
            NotFound: There is no such provider.
        """
        key = Secret(api_key.strip()) if api_key else None
        found = self._directory.provider(provider)
        return await connection_report.report(self._access, self._directory, found, model, key)

    async def warm(self, name: str | None) -> None:
        """Import what the model called `name` will need, on a thread; nothing for a name that means none."""
        with contextlib.suppress(errors.LlmLsError):
            if name is not None:
                await self._access.warm(self._directory.resolve(name)[0])

    async def aclose(self) -> None:
        """Close every connection, and end the child processes."""
        await self._access.aclose()

    async def _models_of(self, provider: Provider, refresh: bool, *, strict: bool) -> tuple[ModelInfo, ...]:
        if refresh or provider.id not in self._directory.listed:
            try:
                self._access.check(provider)
                found = await self._access.models(provider)
            except errors.LlmLsError:
                if strict:
                    raise
            else:
                if found:
                    self._directory.listed[provider.id] = found
        return self._directory.offered(provider)
