"""The providers there are: the rows of the table, changed and added to by the settings and the environment."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

import attrs

from llm_ls.auth.credentials import Lookup
from llm_ls.providers.loopback import is_local_url
from llm_ls.providers.quirks import Quirks
from llm_ls.providers.vendors import VENDORS, Tiers, Vendor
from llm_ls.settings import ProviderSettings, Settings


@attrs.frozen
class Provider:
    """One provider as it is used.

    Attributes:
        id: Its name in the settings, the part of a model's name before the slash.
        base_url: Where its API begins; empty for a file.
        chosen: Whether the user gave that address.
        misaddressed_by: The setting or variable whose address cannot be used; empty is none.
    """

    id: str
    vendor: Vendor
    settings: ProviderSettings
    base_url: str
    chosen: bool
    misaddressed_by: str = ""

    @property
    def name(self) -> str:
        return self.vendor.name if self.id == self.vendor.id else self.id

    @property
    def official(self) -> bool:
        """Whether it is the vendor itself, and not somebody who speaks its wire."""
        return self.base_url == self.vendor.base_url

    @property
    def tiers(self) -> Tiers | None:
        return self.vendor.tiers if self.official or self.id == self.vendor.id else None

    @property
    def lookup(self) -> Lookup:
        """Where its credential is. A vendor's own key goes to no address that merely speaks its wire."""
        own = self.settings.api_key_env
        names = (
            (own,)
            if own
            else self.vendor.key_names
            if self.id == self.vendor.id
            else (f"{_environment_name(self.id)}_API_KEY", *(self.vendor.key_names if self.official else ()))
        )
        command = self.settings.api_key_command
        wanted = self.vendor.quirks.needs_key and (
            self.official or (self.id == self.vendor.id and not is_local_url(self.base_url))
        )
        return Lookup(self.id, command, names, needed=wanted or bool(own or command))

    @property
    def quirks(self) -> Quirks:
        """An imitator of a vendor gets what most servers understand, not that vendor's latest."""
        vendors = self.vendor.quirks
        imitation = self.vendor.place == "remote" and not self.official
        return attrs.evolve(
            Quirks(fixed_sampling=vendors.fixed_sampling) if imitation else vendors,
            needs_key=self.lookup.needed,
        )

    @property
    def headers(self) -> Mapping[str, str]:
        given = {
            self.vendor.site_header: self.settings.site_url,
            self.vendor.app_header: self.settings.app_name,
        }
        return {
            **self.vendor.headers,
            **{header: value for header, value in given.items() if header and value},
            **self.settings.headers,
        }


def providers(settings: Settings, environment: Mapping[str, str]) -> dict[str, Provider]:
    """Every provider by id, those of the settings first; a row of the settings without a kind is left out."""
    vendors: dict[str, Vendor] = {}
    for id, row in settings.providers.items():
        kind = row.kind or (id if id in VENDORS else None)
        if kind is not None:
            vendors[id] = VENDORS[kind]
    return {
        id: _provider(id, vendor, settings.providers.get(id, ProviderSettings()), environment)
        for id, vendor in (vendors | {id: row for id, row in VENDORS.items() if id not in vendors}).items()
    }


def address_name(id: str) -> str:
    """The environment variable for the address of a provider."""
    return f"{_environment_name(id)}_BASE_URL"


def _provider(id: str, vendor: Vendor, settings: ProviderSettings, environment: Mapping[str, str]) -> Provider:
    names = (address_name(id), *(vendor.address_names if id == vendor.id else ()))
    name = next((name for name in names if environment.get(name)), "")
    given = settings.base_url or environment.get(name)
    if given is None or vendor.place == "file":
        return Provider(id, vendor, settings, vendor.base_url, chosen=False)
    address = _address(given.strip(), vendor)
    if address is None:
        source = f"providers.{id}.baseUrl" if settings.base_url else name
        return Provider(id, vendor, settings, given, chosen=True, misaddressed_by=source)
    return Provider(id, vendor, settings, address, chosen=True)


def _environment_name(id: str) -> str:
    return re.sub(r"\W", "_", id).upper()


def _address(given: str, vendor: Vendor) -> str | None:
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
    path = parts.path.rstrip("/") or "/v1"
    return urlunsplit((parts.scheme, f"{host}:{port}" if port else host, path, "", ""))
