"""Which providers and models there are, and which one a name means. Answers from memory: nothing here waits."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, cast

import attrs

from llm_ls import errors
from llm_ls.auth.lookup import CredentialSource
from llm_ls.models import Cost, ModelInfo
from llm_ls.providers import catalog, configured, local, naming, readiness
from llm_ls.providers.configured import Provider
from llm_ls.providers.fill_ways import FillWays
from llm_ls.settings import Settings

Role = Literal["chat", "edit", "inlineCompletion", "nextEdit"]

_WORDS = re.compile(r"[a-z]+(?:-(?!latest$)[a-z]+)*")
_TIERS = ("fast", "mid", "best")
_FIELDS: Mapping[Role, tuple[str, ...]] = {
    "chat": ("chat",),
    "edit": ("edit",),
    "inlineCompletion": ("inline_completion",),
    "nextEdit": ("next_edit", "inline_completion"),
}
"""By role, the members of the setting `models` that say who plays it, the first that is set counts."""


class Directory:
    """What the settings, the environment, the catalog and the providers' own lists say together.

    Where nobody names a model, it is one of the first provider that is configured: those of the settings come before
    the others, vendors before files and servers on the user's side, and else the order of the table counts.
    Of a model, its provider's own list counts before the catalog, which fills in what the list leaves out; the models
    that the settings name are there whatever the list says.

    Attributes:
        settings: In force.
        providers: By id, the ones to prefer first; those that are disabled too.
        listed: What providers themselves said, by id, as they said it.
        active: `provider/model` that the user picked in this session.
        filling: In which ways models fill gaps.
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
        self.filling = FillWays(self._listing_of)
        self.providers = configured.providers(settings, environment)

    def configure(self, settings: Settings) -> None:
        """Go by `settings` from now on. A model they newly name outdoes the one picked before."""
        if settings.model != self.settings.model:
            self.active = None
        before, self.settings = self.providers, settings
        self.providers = configured.providers(settings, self._environment)
        changed = {id for id in before if before[id] != self.providers.get(id)}
        self.listed = {id: models for id, models in self.listed.items() if id not in changed}
        self.filling.forget(*changed)

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
        """The provider and the model id that `name` means.

        That is `provider/model`, a tier or a family (`sonnet`) with or without its provider, a provider, or a bare id.

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
            if model_id in _TIERS and model_id not in self.ids(provider):
                return provider, self._tier_of(provider, model_id)
            if provider.tiers and _WORDS.fullmatch(model_id):
                model_id = self._newest(provider, model_id) or model_id
            self._check_listed(provider, model_id)
            return provider, model_id
        if not slash and name in self.providers:
            provider = self.provider(name)
            return provider, self.default_of(provider)
        return self._bare(name)

    def default_name(self, role: Role) -> str | None:
        """`provider/model` for `role`: the user's choice, else the best that is configured, else one found nearby.

        A model that was not chosen for next edits is not asked for them, since they are of use as long as they come
        soon: those are for `fast`.
        """
        if role == "nextEdit" and not any(self._set_for(role)):
            role, fast = "chat", self._tier("fast") or ""
            provider = self.providers.get(fast.partition("/")[0])
            if self.settings.models.fast or (provider and provider.official):  # others may not have the usual one
                return self._full(fast)
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
            raise readiness.no_model(provider)
        return found

    def is_configured(self, provider: Provider) -> bool:
        """Whether it can be asked, as far as can be told without asking."""
        match provider.vendor.place:
            case "file":
                return provider.settings.model_path is not None
            case "nearby":
                return provider.chosen or provider.id in self.listed or bool(provider.settings.models)
            case "remote":
                return not provider.placeless and self._credential_source(provider) != "none"

    def lack(self, provider: Provider) -> str:
        """What to do before it can be asked; empty if nothing is missing."""
        if self.is_configured(provider):
            return ""
        return readiness.lack(provider, has_credential=self._credential_source(provider) != "none")

    def ids(self, provider: Provider) -> tuple[str, ...]:
        """The models of one provider by their ids, as far as they are known without the catalog."""
        named = provider.settings.models
        if provider.id in self.listed:
            more = tuple(_id(info) for info in self.listed[provider.id])
        elif provider.vendor.place == "file" and provider.settings.model_path and not named:
            more = tuple(local.files(provider.settings.model_path))
        else:
            more = attrs.astuple(provider.tiers) if provider.tiers and not named else ()
        return tuple(dict.fromkeys((*named, *more)))

    def known(self, provider: Provider) -> tuple[ModelInfo, ...]:
        """The models of one provider: those that the settings name, and those it listed, else those of the catalog."""
        if provider.id in self.listed:
            rows = catalog.completed(self.listed[provider.id], provider.vendor.id)
        elif provider.tiers and not provider.settings.models:
            rows = tuple(_renamed(info, provider) for info in catalog.models(provider.vendor.id))
        else:
            rows = ()
        found = {_id(info): info for info in rows}
        ids = dict.fromkeys((*self.ids(provider), *found))
        infos = (found.get(id) or self._described(provider, id) for id in ids)
        return tuple(self.filling.described(info, provider) for info in infos)

    def known_model(self, provider: Provider, model_id: str) -> ModelInfo | None:
        """What is known of one model."""
        if (listed := self._listing_of(provider, model_id)) is not None:
            return catalog.completed((listed,), provider.vendor.id)[0]
        found = catalog.known(provider.vendor.id, model_id)
        if found is not None:
            return _renamed(found, provider)
        return self._described(provider, model_id) if model_id in self.ids(provider) else None

    def offered(self, provider: Provider) -> tuple[ModelInfo, ...]:
        """The known models of one provider, without those that nobody can talk with."""
        return tuple(info for info in self.known(provider) if catalog.is_for_chat(info))

    def cheapest_of(self, provider: Provider, listed: tuple[ModelInfo, ...]) -> str:
        """The id of a model to try the provider with; `listed` is what it says it has.

        Raises:
            NotFound: None of its models is known.
        """
        if provider.settings.models:
            return provider.settings.models[0]
        ids = [_id(info) for info in listed if catalog.is_for_chat(info)]
        fast = provider.tiers.fast if provider.tiers else None
        if fast is not None and (not ids or fast in ids):
            return fast
        return ids[0] if ids and fast is None else self.default_of(provider)

    def usable(self) -> list[Provider]:
        """The providers that are not disabled."""
        return [provider for provider in self.providers.values() if not provider.settings.disabled]

    def forget_listing(self, provider: Provider) -> None:
        """Forget that a server on this machine was there, since it does not answer."""
        if provider.vendor.place == "nearby":
            self.listed.pop(provider.id, None)
            self.filling.forget(provider.id)

    def forget_models(self, id: str) -> None:
        """Forget what a provider listed: another account may see other models."""
        if id in self.providers and self.providers[id].vendor.place == "remote":
            self.listed.pop(id, None)

    def replace_listings(self, found: Mapping[str, tuple[ModelInfo, ...]]) -> None:
        """Remember what providers list now; one that lists nothing is forgotten."""
        self.listed = {id: models for id, models in (self.listed | dict(found)).items() if models}

    def no_such_model(self, provider: Provider, model_id: str, cause: errors.NotFound | None = None) -> errors.NotFound:
        """The error for a model that `provider` does not have; `cause` is its own word for that."""
        from llm_ls.providers import model_ids

        name, command = f"{provider.id}/{model_id}", provider.vendor.fetch_command
        known = [info.id for info in self.offered(provider) if not info.deprecated]
        remedy = {"remedy": f"run `{command} {model_id}`"} if command else {}
        successor = model_ids.successor(name, known) if provider.tiers else None
        return naming.no_such_model(name, known or self._all_known(), cause, **remedy, successor=successor)

    def nothing_configured(self) -> errors.MissingCredentials:
        """The error for having no model at all."""
        return readiness.nothing_configured(self.usable())

    def _set_for(self, role: Role) -> list[str | None]:
        return [cast(str | None, getattr(self.settings.models, field)) for field in _FIELDS[role]]

    def _candidates(self, role: Role) -> Iterator[str]:
        chosen = (
            *self._set_for(role),
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

    def _listing_of(self, provider: Provider, model_id: str) -> ModelInfo | None:
        return next((info for info in self.listed.get(provider.id, ()) if _id(info) == model_id), None)

    def _tier(self, tier: str) -> str | None:
        """`provider/model` that a tier stands for: as set, else that of the provider in use."""
        set_by_user = cast(str | None, getattr(self.settings.models, tier))
        if set_by_user is not None:
            return set_by_user
        for candidate in self._candidates("chat"):
            if candidate not in _TIERS:
                name = self._full(candidate)
                provider = self.providers.get(name.partition("/")[0])
                return f"{provider.id}/{self._tier_of(provider, tier)}" if provider and provider.tiers else name
        return None

    def _tier_of(self, provider: Provider, tier: str) -> str:
        """The id of the model that a tier stands for at one provider; without tiers, that of its usual model."""
        return getattr(provider.tiers, tier) if provider.tiers else self.default_of(provider)

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
        ids = [id for id in self.ids(provider) if catalog.is_for_chat(ModelInfo(id, id, provider.id))]
        return ids[0] if ids else None

    def _bare(self, name: str) -> tuple[Provider, str]:
        """The one model that is called `name`; where several providers have it, that of the one that is configured."""
        ways = (self._having, self._spelled, self._family)
        ready = (self._ready(way(name)) for way in ways)
        match next(filter(None, ready), None) or self._having(name) or self._spelled(name):
            case [found]:
                return found
            case []:
                if "/" in name:
                    raise naming.no_such_provider(name.partition("/")[0], self.providers)
                raise naming.no_such_model(name, self._all_known())
            case several:
                names = [repr(f"{provider.id}/{id}") for provider, id in several]
                raise errors.NotFound(
                    f"several providers have a model {name!r}",
                    hint=f"write {naming.enumeration(names, 'or')}",
                    model=name,
                )

    def _ready(self, found: list[tuple[Provider, str]]) -> list[tuple[Provider, str]]:
        return [(provider, id) for provider, id in found if self.is_configured(provider)]

    def _having(self, name: str) -> list[tuple[Provider, str]]:
        """Those of which `name` is a model; the catalog is asked where nobody is known to have it."""
        usable = self.usable()
        having = [provider for provider in usable if name in self.ids(provider)]
        having = having or [provider for provider in usable if name in map(_id, self.known(provider))]
        return [(provider, name) for provider in having]

    def _spelled(self, name: str) -> list[tuple[Provider, str]]:
        """Vendors whose model `name` is but for its date or its spelling, with the id that it has there."""
        vendors = [provider for provider in self.usable() if provider.tiers]
        found = [(provider, catalog.spelled(provider.vendor.id, name)) for provider in vendors]
        return [(provider, id) for provider, id in found if id is not None]

    def _family(self, name: str) -> list[tuple[Provider, str]]:
        """The newest model of a family at each configured provider; at who makes it before who resells it."""
        ready = [provider for provider in self.usable() if self.is_configured(provider)]
        found = [(provider, self._newest(provider, name)) for provider in ready]
        having = [(provider, id) for provider, id in found if id is not None]
        return [(provider, id) for provider, id in having if "/" not in id] or having

    def _newest(self, provider: Provider, family: str) -> str | None:
        from llm_ls.providers import model_ids

        return model_ids.meant(family, [_id(info) for info in self.offered(provider) if not info.deprecated])

    def _check_listed(self, provider: Provider, model_id: str) -> None:
        """Refuse what the provider, or the settings for it, list without; of files what is not there.

        An alias or a variant of a listed model passes, since vendors do not list those: `claude-x` for
        `claude-x-20261001`, `llama3` for `llama3:latest`, `vendor/model:free` for `vendor/model`.
        """
        if provider.vendor.place == "file" and provider.settings.model_path:
            local.file_of(provider.id, provider.settings.model_path, model_id)
        ids = {*provider.settings.models, *map(_id, self.listed.get(provider.id, ()))}
        if not ids or model_id in ids or (provider.official and catalog.known(provider.vendor.id, model_id)):
            return
        stem = model_id.removesuffix("-latest")
        if model_id.partition(":")[0] in ids or any(id.startswith((f"{stem}-", f"{stem}:")) for id in ids):
            return
        raise self.no_such_model(provider, model_id)

    def _described(self, provider: Provider, model_id: str) -> ModelInfo:
        found = catalog.known(provider.vendor.id, model_id)
        return _renamed(found, provider) if found else ModelInfo(f"{provider.id}/{model_id}", model_id, provider.id)

    def _all_known(self) -> Iterable[str]:
        """The models of the providers that are configured, else of all."""
        usable = self.usable()
        ready = [provider for provider in usable if self.is_configured(provider)]
        return [info.id for provider in ready or usable for info in self.offered(provider) if not info.deprecated]


def _id(info: ModelInfo) -> str:
    return info.id.partition("/")[2]


def _renamed(info: ModelInfo, provider: Provider) -> ModelInfo:
    """What is known of a model of the provider's kind, as its own."""
    if provider.vendor.by_plan:
        info = attrs.evolve(info, cost=Cost(0, 0))
    if info.provider == provider.id:
        return info
    successor = info.successor and f"{provider.id}/{info.successor.partition('/')[2]}"
    return attrs.evolve(info, id=f"{provider.id}/{_id(info)}", provider=provider.id, successor=successor)
