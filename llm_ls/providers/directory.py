"""Which providers and models there are, and which one a name means. Answers from memory: nothing here waits."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, cast

import attrs

from llm_ls import errors
from llm_ls.auth.credentials import CredentialSource
from llm_ls.models import ModelInfo
from llm_ls.providers import catalog, configured, local, naming
from llm_ls.providers.configured import Provider
from llm_ls.settings import Settings

Role = Literal["chat", "edit", "inlineCompletion"]

_TIERS = ("fast", "mid", "best")
_FIELDS: Mapping[Role, str] = {"chat": "chat", "edit": "edit", "inlineCompletion": "inline_completion"}


class Directory:
    """What the settings, the environment, the catalog and the providers' own lists say together.

    Attributes:
        settings: In force.
        providers: By id, the ones to prefer first; those that are disabled too.
        listed: What providers themselves said, by id.
        active: `provider/model` that the user picked in this session.
    """

    def __init__(
        self,
        settings: Settings,
        environment: Mapping[str, str],
        credential_source: Callable[[Provider], CredentialSource],
    ) -> None:
        self.settings = settings
        self.listed: dict[str, tuple[ModelInfo, ...]] = {}
        self.active: str | None = None
        self._environment = environment
        self._credential_source = credential_source
        self.providers = configured.providers(settings, environment)

    def configure(self, settings: Settings) -> None:
        """Go by `settings` from now on. A model they newly name outdoes the one picked before."""
        if settings.model != self.settings.model:
            self.active = None
        before, self.settings = self.providers, settings
        self.providers = configured.providers(settings, self._environment)
        for id in [id for id in self.listed if before.get(id) != self.providers.get(id)]:
            del self.listed[id]

    def provider(self, id: str) -> Provider:
        """The provider called `id`.

        Raises:
            NotFound: There is none; names the nearest.
            SettingsInvalid: It is disabled, or has no kind.
        """
        if id not in self.providers:
            if id in self.settings.providers:
                raise errors.SettingsInvalid(
                    f"the provider {id!r} has no kind", hint=f"set providers.{id}.kind, such as openai"
                )
            raise naming.no_such_provider(id, self.providers)
        provider = self.providers[id]
        if provider.settings.disabled:
            raise errors.SettingsInvalid(
                f"the provider {id!r} is disabled",
                hint=f"remove providers.{id}.disabled, or choose a model of another provider",
                provider=id,
            )
        return provider

    def resolve(self, name: str) -> tuple[Provider, str]:
        """The provider and the model id that `name` means: `provider/model`, a tier, a provider, or a bare id.

        Raises:
            NotFound: None; names the nearest three.
            SettingsInvalid: Its provider cannot be used.
        """
        if name in _TIERS:
            tier = self._tier(name)
            if tier is None:
                raise naming.no_such_model(name, self._all_known())
            name = tier
        id, slash, model_id = name.partition("/")
        if slash and model_id and (id in self.providers or id in self.settings.providers):
            provider = self.provider(id)
            self._check_listed(provider, model_id)
            return provider, model_id
        if not slash and name in self.providers:
            provider = self.provider(name)
            return provider, self.default_of(provider)
        return self._bare(name)

    def default_name(self, role: Role) -> str | None:
        """`provider/model` for `role`: the user's choice, else the best that is configured, else one found nearby."""
        for candidate in self._candidates(role):
            name = self._tier(candidate) if candidate in _TIERS else candidate
            if name is not None:
                return self._full(name)
        return None

    def default_of(self, provider: Provider) -> str:
        """The id of the model to use where only the provider was named.

        Raises:
            NotFound: None of its models is known.
        """
        found = self._default_id(provider)
        if found is None:
            raise errors.NotFound(
                f"no model of {provider.id!r} is known",
                hint=_how_to_get_models(provider),
                provider=provider.id,
            )
        return found

    def is_configured(self, provider: Provider) -> bool:
        """Whether it can be asked, as far as can be told without asking."""
        match provider.vendor.place:
            case "file":
                return provider.settings.model_path is not None
            case "nearby":
                return provider.chosen or provider.id in self.listed or bool(provider.settings.models)
            case "remote":
                return self._credential_source(provider) != "none"

    def known(self, provider: Provider) -> tuple[ModelInfo, ...]:
        """The models of one provider: as it listed them, else as the settings or the catalog name them."""
        if provider.id in self.listed:
            return self.listed[provider.id]
        ids = provider.settings.models
        if not ids and provider.vendor.place == "file" and provider.settings.model_path:
            ids = tuple(local.files(provider.settings.model_path))
        if not ids and provider.tiers:
            ids = attrs.astuple(provider.tiers)
        return tuple(catalog.known(provider.id, id) or ModelInfo(f"{provider.id}/{id}", id, provider.id) for id in ids)

    def known_model(self, provider: Provider, model_id: str) -> ModelInfo | None:
        """What is known of one model."""
        name = f"{provider.id}/{model_id}"
        built_in = catalog.known(provider.id, model_id)
        return next((info for info in self.known(provider) if info.id == name), built_in)

    def offered(self, provider: Provider) -> tuple[ModelInfo, ...]:
        """The known models of one provider, without those that nobody can talk with."""
        return tuple(info for info in self.known(provider) if catalog.is_for_chat(info))

    def cheapest_of(self, provider: Provider, listed: tuple[ModelInfo, ...]) -> str:
        """The id of a model to try the provider with; `listed` is what it says it has.

        Raises:
            NotFound: None of its models is known.
        """
        ids = [info.id.partition("/")[2] for info in listed if catalog.is_for_chat(info)]
        fast = provider.tiers.fast if provider.tiers and not provider.settings.models else None
        if fast is not None and (not ids or fast in ids):
            return fast
        return ids[0] if ids else self.default_of(provider)

    def usable(self) -> list[Provider]:
        """The providers that are not disabled."""
        return [provider for provider in self.providers.values() if not provider.settings.disabled]

    def forget_listing(self, provider: Provider) -> None:
        """Forget that a server on this machine was there, since it does not answer."""
        if provider.vendor.place == "nearby":
            self.listed.pop(provider.id, None)

    def replace_listings(self, found: Mapping[str, tuple[ModelInfo, ...]]) -> None:
        """Remember what providers list now; one that lists nothing is forgotten."""
        self.listed = {id: models for id, models in (self.listed | dict(found)).items() if models}

    def no_such_model(self, provider: Provider, model_id: str, cause: errors.NotFound | None = None) -> errors.NotFound:
        """The error for a model that `provider` does not have; `cause` is its own word for that."""
        known = [info.id for info in self.offered(provider)]
        return naming.no_such_model(f"{provider.id}/{model_id}", known or self._all_known(), cause)

    def nothing_configured(self) -> errors.MissingCredentials:
        """The error for having no model at all; names every place looked at."""
        usable = self.usable()
        names = [name for provider in usable if provider.lookup.needed for name in provider.lookup.names]
        nearby = [provider.name for provider in usable if provider.vendor.place == "nearby"]
        places = [
            "the settings and LLM_LS_MODEL name none",
            *([f"{naming.enumeration(names, 'and')} are not set"] if names else []),
            *([f"no local server was found ({', '.join(nearby)})"] if nearby else []),
        ]
        return errors.MissingCredentials(
            f"no model is configured: {naming.enumeration(places, 'and')}",
            hint=f"set {naming.enumeration(names, 'or')}, start a local server, or set `model`"
            if names
            else "start a local server, or set `model`",
        )

    def _candidates(self, role: Role) -> Iterator[str]:
        chosen = (
            cast(str | None, getattr(self.settings.models, _FIELDS[role])),
            self.active,
            self.settings.model,
            self._environment.get("LLM_LS_MODEL", "").strip(),
        )
        yield from filter(None, chosen)
        places = ("remote", "file", "nearby")
        ordered = sorted(
            self.usable(),
            key=lambda provider: (
                provider.id not in self.settings.providers,
                places.index(provider.vendor.place),
            ),
        )
        for provider in ordered:
            if self.is_configured(provider):
                model_id = self._default_id(provider)
                if model_id is not None:
                    yield f"{provider.id}/{model_id}"

    def _tier(self, tier: str) -> str | None:
        """`provider/model` that a tier stands for: as set, else that of the provider in use."""
        set_by_user = cast(str | None, getattr(self.settings.models, tier))
        if set_by_user is not None:
            return set_by_user
        for candidate in self._candidates("chat"):
            if candidate not in _TIERS:
                provider = self.providers.get(candidate.partition("/")[0])
                if provider is None or provider.tiers is None:
                    return candidate
                return f"{provider.id}/{getattr(provider.tiers, tier)}"
        return None

    def _full(self, name: str) -> str:
        try:
            provider, model_id = self.resolve(name)
        except errors.LlmLsError:
            return name
        return f"{provider.id}/{model_id}"

    def _default_id(self, provider: Provider) -> str | None:
        if provider.settings.models:
            return provider.settings.models[0]
        if provider.tiers is not None:
            return provider.tiers.mid
        offered = self.offered(provider)
        return offered[0].id.partition("/")[2] if offered else None

    def _bare(self, name: str) -> tuple[Provider, str]:
        """The one known model with that id; where several providers have it, the one that is configured."""
        having = [
            provider
            for provider in self.usable()
            if any(info.id == f"{provider.id}/{name}" for info in self.known(provider))
        ]
        ready = [provider for provider in having if self.is_configured(provider)]
        match ready or having:
            case [provider]:
                return provider, name
            case []:
                if "/" in name:
                    raise naming.no_such_provider(name.partition("/")[0], self.providers)
                raise naming.no_such_model(name, self._all_known())
            case several:
                names = [repr(f"{provider.id}/{name}") for provider in several]
                raise errors.NotFound(
                    f"several providers have a model {name!r}",
                    hint=f"write {naming.enumeration(names, 'or')}",
                    model=name,
                )

    def _check_listed(self, provider: Provider, model_id: str) -> None:
        """Refuse what the provider, or the settings for it, list without; of files what is not there.

        An alias or a variant of a listed model passes, since vendors do not list those: `claude-x` for
        `claude-x-20261001`, `llama3` for `llama3:latest`, `vendor/model:free` for `vendor/model`.
        """
        if provider.vendor.place == "file" and provider.settings.model_path:
            local.file_of(provider.id, provider.settings.model_path, model_id)
        listed = [info.id.partition("/")[2] for info in self.listed.get(provider.id, ())]
        ids = {*listed, *provider.settings.models}
        if not ids or model_id in ids or catalog.known(provider.id, model_id):
            return
        stem = model_id.removesuffix("-latest")
        if model_id.partition(":")[0] in ids or any(id.startswith((f"{stem}-", f"{stem}:")) for id in ids):
            return
        raise self.no_such_model(provider, model_id)

    def _all_known(self) -> Iterable[str]:
        return [info.id for provider in self.usable() for info in self.offered(provider)]


def _how_to_get_models(provider: Provider) -> str:
    match provider.vendor.place:
        case "file":
            return f"set providers.{provider.id}.modelPath to a GGUF file, or to a folder of them"
        case "nearby":
            return f"start {provider.name} with a model, or write {provider.id}/MODEL"
        case "remote":
            return f"write {provider.id}/MODEL, or set providers.{provider.id}.models"
