"""What a provider lacks before it can be asked, and how to say so."""

from collections.abc import Iterable

from llm_ls import errors
from llm_ls.auth import google_files
from llm_ls.providers import addressing, naming
from llm_ls.providers.configured import Provider

_NAMED = 4
_GIVE = "give a key or sign in (see `llm-ls providers`), "


def lack(provider: Provider, *, has_credential: bool) -> str:
    """What to do before it can be asked, without a full stop."""
    match provider.vendor.place:
        case "file":
            return f"set providers.{provider.id}.modelPath"
        case "nearby":
            return f"start it at {provider.base_url}"
        case "remote":
            address = [addressing.missing(provider.id, provider.vendor)[0]] if provider.placeless else []
            key = [] if has_credential else [" or ".join(_keys(provider))]
            lacking = ", and ".join([*address, *filter(None, key)])
            login = f"run `llm-ls login {provider.id}`" if provider.lookup.signs_in and not has_credential else ""
            return ", or ".join(filter(None, (login, lacking and f"set {lacking}")))


def nothing_configured(providers: Iterable[Provider]) -> errors.MissingCredentials:
    """The error for having no model at all; names every kind of place looked at, of keys the most usual."""
    usable = list(providers)
    keys = list(dict.fromkeys(_keys(provider)[0] for provider in usable if provider.lookup.needed and _keys(provider)))
    nearby = [provider.name for provider in usable if provider.vendor.place == "nearby"]
    named = ", ".join(keys[:_NAMED]) + (", ..." if len(keys) > _NAMED else "")
    places = [
        "the settings and LLM_LS_MODEL name none",
        *([f"no key is set ({named})"] if keys else []),
        *([f"no local server was found ({', '.join(nearby)})"] if nearby else []),
    ]
    return errors.MissingCredentials(
        f"no model is configured: {naming.enumeration(places, 'and')}",
        hint=f"{_GIVE if keys else ''}start a local server, or set `model`",
    )


def no_model(provider: Provider) -> errors.NotFound:
    """The error for a provider of which no model is known."""
    match provider.vendor.place:
        case "file":
            hint = f"set providers.{provider.id}.modelPath to a GGUF file, or to a folder of them"
        case "nearby":
            hint = f"start {provider.name} with a model, or write {provider.id}/MODEL"
        case "remote":
            model = "DEPLOYMENT" if provider.vendor.surface == "azure" else "MODEL"
            hint = f"write {provider.id}/{model}, or set providers.{provider.id}.models"
    return errors.NotFound(f"no model of {provider.id!r} is known", hint=hint, provider=provider.id)


def _keys(provider: Provider) -> tuple[str, ...]:
    lookup = provider.lookup
    return (*lookup.names, *((google_files.VARIABLE,) if lookup.google else ()))
