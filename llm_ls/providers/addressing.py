"""Where a provider is: its row of the table, changed by the settings and the environment."""

from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

import attrs

from llm_ls.auth import google_files
from llm_ls.auth.lookup import environment_name
from llm_ls.providers import azure, copilot, vertex
from llm_ls.providers.vendor import Vendor
from llm_ls.settings import ProviderSettings


@attrs.frozen
class Address:
    """Where a provider is.

    Attributes:
        base_url: Where its API begins; empty for a file, and where nobody has said it.
        chosen: Whether the user gave it.
        wrong_in: The setting or variable that holds what cannot be used; empty is none.
        example: How that one is written.
    """

    base_url: str
    chosen: bool = False
    wrong_in: str = ""
    example: str = "http://host:port"


def find(id: str, vendor: Vendor, settings: ProviderSettings, environment: Mapping[str, str]) -> Address:
    """The address of the provider called `id`."""
    if vendor.place == "file":
        return Address(vendor.base_url)
    name = next((name for name in names(id, vendor) if environment.get(name)), "")
    given = settings.base_url or environment.get(name)
    if given is None:
        return _made(id, vendor, settings, environment)
    address = _checked(given.strip(), vendor)
    if address is None:
        return Address(given, chosen=True, wrong_in=f"providers.{id}.baseUrl" if settings.base_url else name)
    return Address(azure.resource(address) if vendor.surface == "azure" else address, chosen=True)


def names(id: str, vendor: Vendor) -> tuple[str, ...]:
    """The environment variables that may hold it."""
    return (f"{environment_name(id)}_BASE_URL", *(vendor.address_names if id == vendor.id else ()))


def missing(id: str, vendor: Vendor) -> tuple[str, str]:
    """The variable and the setting to say where a provider is."""
    return ("GOOGLE_CLOUD_PROJECT", "project") if vendor.surface == "vertex" else (names(id, vendor)[-1], "baseUrl")


def _made(id: str, vendor: Vendor, settings: ProviderSettings, environment: Mapping[str, str]) -> Address:
    """Of what else is said than an address."""
    if vendor.surface == "copilot" and settings.domain:
        made = _checked(copilot.base_url(settings.domain), vendor)
        if made is None:
            return Address("", wrong_in=f"providers.{id}.domain", example="github.example.com")
        return Address(made, chosen=True)
    if vendor.surface != "vertex":
        return Address(vendor.base_url)
    project = settings.project or environment.get("GOOGLE_CLOUD_PROJECT") or google_files.project(environment)
    location = settings.location or environment.get("GOOGLE_CLOUD_LOCATION") or "global"
    if not project:
        return Address("")
    if not vertex.is_project(project):
        wrong = f"providers.{id}.project" if settings.project else "GOOGLE_CLOUD_PROJECT"
        return Address("", wrong_in=wrong, example="my-project")
    if not vertex.is_location(location):
        wrong = f"providers.{id}.location" if settings.location else "GOOGLE_CLOUD_LOCATION"
        return Address("", wrong_in=wrong, example="europe-west4")
    return Address(vertex.base_url(project, location))


def _checked(given: str, vendor: Vendor) -> str | None:
    """`given` as a base URL, `None` if it is none.

    For servers on the user's side it may be as short as Ollama's `OLLAMA_HOST` allows.
    """
    try:
        address = given.rstrip("/") if vendor.place != "nearby" else _completed(given, vendor)
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return address if usable else None


def _completed(given: str, vendor: Vendor) -> str:
    short = "://" not in given
    parts = urlsplit(f"http://{given}" if short else given)
    host, _, port = parts.netloc.partition(":") if "]" not in parts.netloc else (parts.netloc, "", "")
    host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104 - not bound to
    port = port or (str(vendor.port) if short and "]:" not in host else "")
    path = parts.path.rstrip("/") or vendor.path
    return urlunsplit((parts.scheme, f"{host}:{port}" if port else host, path, "", ""))
