"""A provider's credential, from the first place that has one; imported when one is first wanted."""

import asyncio
import importlib
from collections.abc import Mapping
from typing import Protocol, cast, runtime_checkable

import attrs

from llm_ls import errors
from llm_ls.auth import borrowed, google_files, key_text, sign_ins
from llm_ls.auth.fetching import Fetch
from llm_ls.auth.grant import Grant
from llm_ls.auth.key_commands import KeyCommands
from llm_ls.auth.lookup import Lookup
from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.auth.saved_credentials import SavedCredentials
from llm_ls.auth.secret import Secret
from llm_ls.auth.whereabouts import Whereabouts

_EXCHANGES = "github-copilot"
"""The kind whose API takes no token of a sign-in, but what GitHub gives for one."""


class _Login(Protocol):
    """Another tool's login, as `borrowed.Borrowed`."""

    async def get(self) -> Grant: ...
    def forget(self, refused: Secret) -> None: ...


@runtime_checkable
class _Refreshed(Protocol):
    """One that is ours to refresh."""

    async def aclose(self) -> None: ...


class _Exchange(Protocol):
    """As `copilot_exchange.CopilotTokens`."""

    async def grant(self, github_token: Secret) -> Grant: ...
    def forget(self, refused: Secret) -> bool: ...


class Credentials:
    """Looks credentials up, and again after one was refused.

    Args:
        fetch: What asks for tokens.
    """

    def __init__(self, environment: Mapping[str, str], whereabouts: Whereabouts, fetch: Fetch) -> None:
        self._environment = environment
        self._whereabouts = whereabouts
        self._fetch = fetch
        self._commands = KeyCommands(environment)
        self._saved = SavedCredentials(whereabouts.store, self.client, fetch)
        self._logins: dict[Lookup, _Login] = {}
        self._exchanges: dict[tuple[str, str], _Exchange] = {}

    async def get(self, lookup: Lookup) -> Grant | None:
        """The credential; `None` where there is none and none is needed.

        Raises:
            MissingCredentials: There is none, or the command did not give it.
            SettingsInvalid: The command cannot be started.
            SignInRequired: The sign-in has ended.
            StorageFailed: What is saved cannot be read.
        """
        grant = await self._found(lookup)
        if grant is None and lookup.needed:
            raise self._whereabouts.missing(lookup)
        if grant is None or lookup.kind != _EXCHANGES:
            return grant
        return _as_set(lookup, await self._exchanged(lookup, grant))

    async def given(self, lookup: Lookup, secret: Secret) -> Grant:
        """One that the user tries, as it is sent; kept nowhere.

        Raises:
            SignInRequired: GitHub does not take it.
            ProviderError: GitHub gives nothing for it.
        """
        if lookup.kind != _EXCHANGES:
            return Grant(secret)
        from llm_ls.auth import copilot_exchange

        if not copilot_exchange.is_github_token(secret):
            return Grant(secret)
        tokens = copilot_exchange.CopilotTokens(lookup.provider, lookup.domain, self._fetch)
        return _as_set(lookup, await tokens.grant(secret))

    async def plain(self, lookup: Lookup) -> Grant | None:
        """What is in the environment or saved as a key, as it is there; `None` if neither is."""
        saved = self._whereabouts.saved(lookup)
        in_hand = self._whereabouts.variable(lookup) is not None or (saved is not None and saved.type == "api_key")
        return await self._found(lookup) if in_hand and not lookup.command else None

    async def renewed(self, lookup: Lookup, refused: Grant) -> bool:
        """Whether there is another credential than the refused one; looks again if that is still the one held."""
        exchange = self._exchanges.get((lookup.provider, lookup.domain))
        if exchange is None or not exchange.forget(refused.secret):
            self._forget(lookup, refused.secret)
        return await self.get(lookup) not in (None, refused)

    def client(self, lookup: Lookup) -> OAuthClient | None:
        """With what to sign in to the provider; `None` where that cannot be done."""
        return sign_ins.client(
            lookup.kind,
            lookup.provider,
            name=lookup.name or lookup.provider,
            client_id=lookup.client_id,
            oauth=lookup.oauth,
            domain=lookup.domain or None,
            base_url=lookup.base_url,
            environment=self._environment,
        )

    async def aclose(self) -> None:
        """Let what is under way be saved."""
        refreshed = (login for login in self._logins.values() if isinstance(login, _Refreshed))
        await asyncio.gather(self._saved.aclose(), *(login.aclose() for login in refreshed))

    async def _found(self, lookup: Lookup) -> Grant | None:
        if lookup.command:
            return await self._commands.get(lookup)
        name = self._whereabouts.variable(lookup)
        if name is not None:
            return Grant(key_text.checked(self._environment[name], f"the value of {name}", lookup.provider))
        saved = self._whereabouts.saved(lookup)
        if saved is not None:
            return await self._saved.get(lookup, saved)
        login = await self._login(lookup)
        return None if login is None else await login.get()

    async def _login(self, lookup: Lookup) -> _Login | None:
        if lookup not in self._logins:
            if lookup.google and google_files.path(self._environment) is not None:
                opened = await self._google(lookup)
            elif lookup.at_home:
                opened = await borrowed.open_login(
                    lookup.kind, lookup.provider, lookup.domain, self._environment, self._fetch
                )
            else:
                opened = None
            if opened is None:
                return None
            self._logins.setdefault(lookup, opened)
        return self._logins[lookup]

    async def _google(self, lookup: Lookup) -> _Login:
        file = google_files.path(self._environment)
        try:
            module = await asyncio.to_thread(importlib.import_module, "llm_ls.auth.google")
        except ImportError as error:
            raise errors.MissingCredentials(
                f"no credential for {lookup.provider}: the package google-auth is not installed",
                hint="install llm-ls[google]",
                provider=lookup.provider,
            ) from error
        return cast(_Login, module.GoogleTokens(file, lookup.provider, self._fetch))

    async def _exchanged(self, lookup: Lookup, grant: Grant) -> Grant:
        """What GitHub Copilot takes; a token of GitHub's that turns out to have ended is renewed once."""
        from llm_ls.auth import copilot_exchange

        if not copilot_exchange.is_github_token(grant.secret):
            return grant
        place = (lookup.provider, lookup.domain)
        if place not in self._exchanges:
            self._exchanges[place] = copilot_exchange.CopilotTokens(lookup.provider, lookup.domain, self._fetch)
        try:
            return await self._exchanges[place].grant(grant.secret)
        except errors.SignInRequired:
            self._forget(lookup, grant.secret)
            again = await self._found(lookup)
            if again is None or again.secret == grant.secret:
                raise
            return await self._exchanges[place].grant(again.secret)

    def _forget(self, lookup: Lookup, refused: Secret) -> None:
        self._commands.forget(lookup, refused)
        self._saved.forget(lookup, refused)
        if (login := self._logins.get(lookup)) is not None:
            login.forget(refused)


def _as_set(lookup: Lookup, grant: Grant) -> Grant:
    """`grant` for the address that the user has set, if it is one of their own: that counts before GitHub's."""
    return grant if lookup.at_home else attrs.evolve(grant, base_url="")
