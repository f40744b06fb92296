"""Where to look for one provider's credential: the places, in the order in which they count."""

import re
from typing import Literal
from urllib.parse import urlsplit

import attrs

from llm_ls import errors
from llm_ls.auth import google_files
from llm_ls.auth.entries import Saved
from llm_ls.settings import OAuthSettings

CredentialSource = Literal["command", "environment", "keyring", "file", "oauth", "other_tool", "none", "not_needed"]


@attrs.frozen
class Lookup:
    """The places to look for one provider's credential: the command, the variables, the store, other tools' logins.

    Attributes:
        provider: Its id in the settings.
        kind: The row of the table that it goes by.
        name: As people know it.
        command: A program and its arguments; empty is none.
        names: Environment variables, the first that is set counts.
        google: Whether Google's application default credentials count.
        needed: Whether the provider refuses a request without one.
        signs_in: Whether its users sign in, rather than have a key.
        base_url: Where it will be sent.
        at_home: Whether that is the vendor's own, so that what other tools got from the vendor may go there.
        hosts: The vendor's own beside that one, by how their names end.
        domain: The GitHub Enterprise host; empty is github.com.
        client_id: Of the user's own OAuth client; `None` leaves it to the environment.
        oauth: The rest of that client.
    """

    provider: str
    kind: str = ""
    name: str = ""
    command: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    google: bool = False
    needed: bool = True
    signs_in: bool = False
    base_url: str = ""
    at_home: bool = False
    hosts: tuple[str, ...] = ()
    domain: str = ""
    client_id: str | None = None
    oauth: OAuthSettings = attrs.field(factory=OAuthSettings)

    def takes(self, saved: Saved) -> bool:
        """Whether what is saved may be sent there: tokens of a sign-in only to the API and the GitHub they are for."""
        if saved.type == "api_key":
            return True
        audience, domain = saved.details.get("audience", ""), saved.details.get("domain")
        if self.kind == "github-copilot" and domain is not None and not self._is_of(domain):
            return False
        return _origin(audience) == _origin(self.base_url) or (self.at_home and self._is_own(audience))

    def _is_own(self, audience: str) -> bool:
        scheme, host, _ = _origin(audience)
        return not audience or (scheme == "https" and any(f".{host}".endswith(f".{own}") for own in self.hosts))

    def _is_of(self, domain: str) -> bool:
        from llm_ls.auth import github  # of use to few

        try:
            return github.domain_of(github.endpoints(self.domain).device_url) == domain
        except errors.SettingsInvalid:
            return False


def environment_name(provider: str) -> str:
    """How names of environment variables spell the id of a provider."""
    return re.sub(r"\W", "_", provider).upper()


def missing(lookup: Lookup, *, borrows: bool, store_problem: str = "") -> errors.MissingCredentials:
    """The error that names every place looked at, and the nearest ways out.

    Args:
        borrows: Whether logins of other tools count for the provider, beside gcloud's.
        store_problem: Why what is saved cannot be read; empty if it can.
    """
    names = (*lookup.names, *((google_files.VARIABLE,) if lookup.google else ()))
    places = ["no apiKeyCommand in settings", *(f"{name} is not set" for name in names)]
    places.append(f"what is saved cannot be read ({store_problem})" if store_problem else "no key is saved")
    if lookup.google:
        places.append("nobody is signed in by gcloud")
        ways = ["run `gcloud auth application-default login`"]
    elif lookup.signs_in:
        places.append("nobody is signed in")
        ways = [f"run `llm-ls login {lookup.provider}`, or llm-ls.signIn in your editor"]
    else:
        ways = [f"run `llm-ls keys set {lookup.provider}`"]
    if borrows:
        places.append("no other tool has signed in")
    if names:
        ways.append(f"set {' or '.join(names)}")
    elif not lookup.signs_in:
        ways.append(f"set providers.{lookup.provider}.apiKeyCommand")
    return errors.MissingCredentials(
        f"no credential for {lookup.provider}: {', '.join(places[:-1])} and {places[-1]}",
        hint=", or ".join(ways),
        provider=lookup.provider,
    )


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port
    except ValueError:
        return "", None, None
