"""The providers there are: the rows of the table, changed and added to by the settings and the environment."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import attrs

from llm_ls.auth import google_files
from llm_ls.auth.lookup import Lookup, environment_name
from llm_ls.auth.secret import Secret
from llm_ls.loopback import is_local_url
from llm_ls.models import Wire
from llm_ls.providers import addressing, azure, copilot, vertex
from llm_ls.providers.addressing import Address
from llm_ls.providers.quirks import Quirks
from llm_ls.providers.vendor import Tiers, Vendor
from llm_ls.providers.vendors import VENDORS
from llm_ls.settings import ProviderSettings, Settings


@attrs.frozen
class Provider:
    """One provider as it is used.

    Attributes:
        id: Its name in the settings, the part of a model's name before the slash.
        settings: The user's, completed by what the environment says of the same.
        confidential: What of it may be a secret though it is none by its name; held, so that no message repeats it.
    """

    id: str
    vendor: Vendor
    settings: ProviderSettings
    address: Address
    confidential: tuple[Secret, ...] = ()

    @property
    def name(self) -> str:
        return self.vendor.name if self.id == self.vendor.id else self.id

    @property
    def base_url(self) -> str:
        """Where its API begins, for Azure its resource; empty for a file, and where nobody has said it."""
        return self.address.base_url

    @property
    def chosen(self) -> bool:
        """Whether the user gave that address."""
        return self.address.chosen

    @property
    def placeless(self) -> bool:
        """Whether nobody has said where it is."""
        return self.vendor.place != "file" and not self.base_url

    @property
    def official(self) -> bool:
        """Whether it is the vendor itself, and not somebody who speaks its wire."""
        if self.base_url == self.vendor.base_url:
            return True
        if self.address.wrong_in:
            return False
        parts = urlsplit(self.base_url)
        host = f".{parts.hostname or ''}"
        return parts.scheme == "https" and any(host.endswith(f".{own}") for own in self.vendor.hosts)

    @property
    def imitated(self) -> bool:
        """Whether it merely speaks a vendor's wire, most likely without that vendor's latest."""
        return self.vendor.imitated and not self.official

    @property
    def tiers(self) -> Tiers | None:
        return self.vendor.tiers if self.official or self.id == self.vendor.id else None

    def wire_of(self, model_id: str) -> Wire:
        """The wire format of one model, as far as the table knows."""
        dated = self.vendor.surface == "azure" and azure.is_dated(self.settings.api_version)
        if not dated and not self.imitated:
            for pattern, wire in self.vendor.wires:
                if re.search(pattern, model_id):
                    return wire
        return self.vendor.wire

    @property
    def fill_url(self) -> str:
        """Where its API begins for filling in the middle, if at a place of its own; else empty."""
        return self.vendor.fill_url if self.base_url == self.vendor.base_url else ""

    def base_url_of(self, model_id: str) -> str:
        """Where the API begins for one model."""
        if self.vendor.surface != "azure":
            return self.base_url
        return azure.base_url(self.base_url, self.settings.api_version, self.settings.deployment or model_id)

    def body_of(self, model_id: str) -> Mapping[str, Any]:
        """What every question to one model has beside what is asked: the name it has there, the user's own members."""
        match self.vendor.surface:
            case "azure":
                named = self.settings.deployment or model_id
            case "vertex":
                named = vertex.published(model_id)
            case _:
                named = model_id
        renamed = {"model": named} if named != model_id else {}
        return {**self.vendor.body, **renamed, **self.settings.extra_body}

    @property
    def query(self) -> Mapping[str, str]:
        """What is added to the address of every request."""
        return azure.query(self.settings.api_version) if self.vendor.surface == "azure" else {}

    @property
    def lookup(self) -> Lookup:
        """Where its credential is. A vendor's own key goes to no address that merely speaks its wire."""
        own = self.settings.api_key_env
        vendors = self.id == self.vendor.id or self.official
        names = (
            (own,)
            if own
            else self.vendor.key_names
            if self.id == self.vendor.id
            else (f"{environment_name(self.id)}_API_KEY", *(self.vendor.key_names if vendors else ()))
        )
        command = self.settings.api_key_command
        wanted = self.vendor.quirks.needs_key and (
            self.at_home or (self.id == self.vendor.id and not is_local_url(self.base_url))
        )
        google = self.vendor.google and vendors and not own
        return Lookup(
            self.id,
            self.vendor.id,
            self.name,
            command,
            names,
            google,
            needed=wanted or bool(own or command) or self.settings.oauth.has_a_page,
            signs_in=self.vendor.signs_in or self.settings.oauth.has_a_page,
            base_url=self.base_url,
            at_home=self.at_home,
            hosts=self.vendor.hosts,
            domain=self.settings.domain or "",
            client_id=self.settings.client_id,
            oauth=self.settings.oauth,
        )

    @property
    def at_home(self) -> bool:
        """Whether its address is the vendor's own, or that of the enterprise's own GitHub."""
        domain = self.settings.domain if self.vendor.surface == "copilot" else None
        return self.official or (bool(domain) and self.base_url == copilot.base_url(domain or ""))

    @property
    def quirks(self) -> Quirks:
        """An imitator of a vendor gets what most servers understand, not that vendor's latest."""
        vendors = self.vendor.quirks
        return attrs.evolve(
            Quirks(fixed_sampling=vendors.fixed_sampling) if self.imitated else vendors,
            needs_key=self.lookup.needed,
        )

    @property
    def headers(self) -> Mapping[str, str]:
        """What every request has in its head; of two of the same name the user's counts."""
        given = {
            self.vendor.site_header: self.settings.site_url,
            self.vendor.app_header: self.settings.app_name,
        }
        named = {header: value for header, value in given.items() if header and value}
        own = {name.lower() for name in self.settings.headers}
        vendors = {**self.vendor.headers, **named}
        return {
            **{name: value for name, value in vendors.items() if name.lower() not in own},
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
        for id, vendor in (vendors | _built_in(vendors)).items()
    }


def _built_in(vendors: Mapping[str, Vendor]) -> dict[str, Vendor]:
    return {id: row for id, row in VENDORS.items() if row.built_in and id not in vendors}


def _provider(id: str, vendor: Vendor, settings: ProviderSettings, environment: Mapping[str, str]) -> Provider:
    if vendor.surface == "azure":
        version = environment.get("OPENAI_API_VERSION") if id == vendor.id else None
        settings = attrs.evolve(
            settings,
            api_version=settings.api_version or version,
            models=settings.models or tuple(filter(None, (settings.deployment,))),
        )
    if vendor.surface == "copilot" and environment.get("CODESPACES"):
        # Anywhere else it is a token for other things, which Copilot must not see.
        vendor = attrs.evolve(vendor, key_names=(*vendor.key_names, "GITHUB_TOKEN"))
    address = addressing.find(id, vendor, settings, environment)
    own_key = environment.get(settings.api_key_env or "", "").strip()
    confidential = (own_key, *settings.headers.values(), *_of_address(address.base_url))
    provider = Provider(id, vendor, settings, address, tuple(map(Secret, confidential)))
    billed = google_files.quota_project(environment) if provider.lookup.google else ""
    if not billed:
        return provider
    headers = {"x-goog-user-project": billed, **settings.headers}
    return attrs.evolve(provider, settings=attrs.evolve(settings, headers=headers))


def _of_address(url: str) -> tuple[str, ...]:
    """The password in an address, as it is sent, and its query: some gateways have their keys there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ()
    return (unquote(parts.password or ""), *(value for _, value in parse_qsl(parts.query)))
