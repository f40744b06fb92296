"""The models of a user: by name, by role, by provider. Importing it costs little: HTTP and SDKs come on first use."""

import asyncio
import contextlib
import functools
import logging
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

import attrs

from llm_ls import errors
from llm_ls.auth.lookup import CredentialSource
from llm_ls.auth.secret import Secret
from llm_ls.models import Cost, InfillModel, Model, ModelInfo, ModelRequest, TokenCount
from llm_ls.providers import connection_report, discovery, fillers
from llm_ls.providers.access import Access
from llm_ls.providers.configured import Provider
from llm_ls.providers.connection_report import ConnectionReport
from llm_ls.providers.directory import Directory, Role
from llm_ls.providers.filling import Filling, cannot_fill
from llm_ls.providers.network import Network
from llm_ls.providers.registered import Registered
from llm_ls.settings import Settings

_NOTHING = Cost(0, 0)

_logger = logging.getLogger(__name__)


@attrs.frozen
class ProviderStatus:
    """A provider as the user sees it.

    Attributes:
        kind: The row of the table that it goes by.
        active: Whether the default model for chat is one of its models.
        configured: Whether it can be asked, as far as can be told without asking.
        credential: Where its credential comes from.
        models: Those that it lists, else those that stand for its tiers, as `provider/model`.
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
        self._access = Access(environment, Network(settings.proxy, settings.ca_file))
        self._directory = Directory(settings, environment, self._access.source)
        self._discovering = asyncio.Lock()
        self._access.whereabouts.choose(settings.credentials.store)
        self._models_url = environment.get("LLM_LS_MODELS_URL", "").strip()
        self._refreshing: asyncio.Task[None] | None = None
        self._learned: dict[str, ModelInfo] = {}

    @functools.cached_property
    def accounts(self):  # noqa: ANN201 - the type is of a module that is imported when it is first of use
        """Who the user is at each provider."""
        from llm_ls.providers.accounts import Accounts

        return Accounts(self._directory, self._access)

    def configure(self, settings: Settings) -> None:
        """Go by `settings` from now on; what is being answered goes on as it began."""
        self._directory.configure(settings)
        self._access.network = Network(settings.proxy, settings.ca_file)
        self._access.whereabouts.choose(settings.credentials.store)
        self._learned.clear()

    def model(self, name: str) -> Model:
        """The model that `name` means.

        That is `provider/model`, `fast`, `mid`, `best`, one of these after a provider and a slash, a provider, an id
        that only one provider has, or a family of which one has the newest, such as `sonnet`.

        Raises:
            NotFound: There is none; names the nearest three.
            MissingCredentials: Its provider needs a credential; names every place looked at.
            SettingsInvalid: Its provider is disabled, or has no kind.
        """
        provider, model_id = self._directory.resolve(name)
        self._access.check(provider)
        return Registered(self._access, self._directory, provider, model_id, self._access.model)

    def infill_model(self, name: str) -> InfillModel:
        """The same, for filling in the middle.

        Raises:
            Unsupported: It cannot do that, for all that is known.
        """
        provider, model_id = self._directory.resolve(name)
        if not self._directory.filling.left(provider, model_id):
            raise cannot_fill(provider, model_id)
        self._access.check(provider)
        return Filling(self._access, self._directory, provider, model_id)

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
        For inline completion, what was chosen for talking gives way to what its provider fills gaps with.
        """
        name = self._directory.default_name(role)
        if name is None or role != "inlineCompletion" or self._directory.settings.models.inline_completion is not None:
            return name
        return fillers.filler(self._directory, name)

    def name_of(self, name: str) -> str:
        """`provider/model` that `name` means, whether or not it can be asked.

        Raises:
            NotFound: There is none; names the nearest three.
            SettingsInvalid: Its provider is disabled, or has no kind.
        """
        provider, model_id = self._directory.resolve(name)
        return f"{provider.id}/{model_id}"

    def is_free(self, name: str) -> bool:
        """Whether no money is asked for it: it runs on the user's side, or is known to cost nothing."""
        with contextlib.suppress(errors.LlmLsError):
            provider, model_id = self._directory.resolve(name)
            known = self._directory.known_model(provider, model_id)
            return provider.vendor.place != "remote" or (known is not None and known.cost == _NOTHING)
        return False

    def known(self, name: str) -> ModelInfo | None:
        """What is known of a model without asking; `None` is nothing."""
        with contextlib.suppress(errors.LlmLsError):
            return self._directory.known_model(*self._directory.resolve(name))
        return None

    async def learned(self, name: str) -> ModelInfo | None:
        """As `known`; a server on the user's side that has not told how much a model reads is asked, once.

        Nothing else is gone by what it says, since it may answer to other names than it lists.
        """
        known = self.known(name)
        if (known is None or known.context_window is None) and self.is_free(name):
            if name not in self._learned and (told := await self._asked_of_its_server(name)) is not None:
                self._learned[name] = told
            known = self._learned.get(name, known)
        return known

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
                sign_in_methods=self.accounts.methods(provider.id),
                models=tuple(f"{provider.id}/{id}" for id in self._directory.ids(provider)),
            )
            for provider in self._directory.usable()
        )

    def lack(self, provider: str) -> str:
        """What to do before a provider can be asked, such as `set OPENAI_API_KEY`; empty if nothing is missing.

        Raises:
            NotFound: There is no such provider.
        """
        return self._directory.lack(self._directory.provider(provider))

    def address(self, provider: str) -> str:
        """Where a provider's API begins, without the user, the password and the query that may be in it.

        Empty for a file, and where nobody has said it, or nothing that is an address.

        Raises:
            NotFound: There is no such provider.
        """
        address = self._directory.provider(provider).address
        parts = urlsplit("" if address.wrong_in else address.base_url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))

    async def refresh_catalog(self) -> None:
        """Bring what is known of models up to date from models.dev, for all of the user's processes; at most 10 s.

        Raises:
            LlmLsError: The list could not be had; what was known is still used.
        """
        await self._access.refresh_catalog(self._models_url)

    def refresh_catalog_soon(self) -> asyncio.Task[None]:
        """The same in the background, one at a time; a failure is only logged. It ends with the registry."""
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh_quietly())
        return self._refreshing

    async def count_tokens(self, name: str, request: ModelRequest) -> TokenCount:
        """How long `request` is for the model called `name`; counted by its vendor where that can.

        Raises:
            LlmLsError: There is no such model, or it could not be asked.
        """
        provider, model_id = self._directory.resolve(name)
        self._access.check(provider)
        return await self._access.count_tokens(provider, model_id, request)

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

    async def test_connection(
        self,
        provider: str,
        model: str | None,
        api_key: str | None,
        limit_s: float = connection_report.LIMIT_S,
    ) -> ConnectionReport:
        """Ask a provider for its models and for a few words, with `api_key` if given, which is then forgotten.

        Raises:
            NotFound: There is no such provider.
        """
        key = Secret(api_key.strip()) if api_key else None
        found = self._directory.provider(provider)
        return await connection_report.report(self._access, self._directory, found, model, key, limit_s)

    async def warm(self, name: str | None, *, to_fill: bool = False) -> None:
        """Import what the model called `name` will need, on a thread; nothing for a name that means none.

        Args:
            to_fill: Whether it is to fill gaps, for which it needs no SDK unless it has to be asked by chat.
        """
        with contextlib.suppress(errors.LlmLsError):
            if name is not None:
                provider, model_id = self._directory.resolve(name)
                if not (to_fill and self._directory.filling.left(provider, model_id)):
                    await self._access.warm(provider, model_id)

    async def aclose(self) -> None:
        """Close every connection, and end the child processes."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.gather(self._refreshing, return_exceptions=True)
        await self._access.aclose()

    async def _refresh_quietly(self) -> None:
        try:
            await self.refresh_catalog()
        except errors.LlmLsError as error:
            _logger.warning("the list of models was not brought up to date: %s", error)

    async def _asked_of_its_server(self, name: str) -> ModelInfo | None:
        """What its server tells of it; of the only one that it has, if it does not list that name."""
        try:
            provider, _ = self._directory.resolve(name)
            self._access.check(provider)
            found = await self._access.models(provider)
        except errors.LlmLsError:  # then the question will fail too, and say why
            return None
        return next((one for one in found if one.id == name), found[0] if len(found) == 1 else None)

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
