"""Who the user is at each provider: signing in and out, keys that are saved, and where a credential comes from."""

import contextlib
import platform
from collections.abc import AsyncGenerator

import attrs

from llm_ls import errors, folders
from llm_ls.auth import key_text
from llm_ls.auth.attempts import Attempt, Identity, Method
from llm_ls.auth.credential_store import Keeping
from llm_ls.auth.entries import KEY_ACCOUNT, ONLY_ACCOUNT, EntryType, Place, Saved, SavedKey
from llm_ls.auth.lookup import CredentialSource
from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.auth.saved_credentials import ENDED
from llm_ls.providers.access import Access
from llm_ls.providers.configured import Provider
from llm_ls.providers.directory import Directory


@attrs.frozen
class AuthStatus:
    """Whether somebody is signed in to a provider.

    Attributes:
        account: Of those that are signed in the one that is used; `None` where it has no name.
        accounts: All that are signed in.
        expires_at: When the token that is held ends, in seconds since 1970; it is refreshed before, if it can be.
        source: Where the credential comes from that is sent.
        tool: Whose login that is and where, if it is that of another tool.
    """

    provider: str
    signed_in: bool
    source: CredentialSource
    account: str | None = None
    accounts: tuple[str, ...] = ()
    expires_at: float | None = None
    tool: str | None = None


@attrs.frozen
class SavedProvider:
    """A provider of which a credential is saved."""

    provider: str
    has_api_key: bool
    auth_type: EntryType
    store: Place
    encrypted: bool
    account: str | None = None
    expires_at: float | None = None


@attrs.frozen
class KeyStatus:
    """What may be told of a provider's key.

    Attributes:
        masked: Its last characters; empty where it is not looked at, as what a command prints.
    """

    has_api_key: bool
    masked: str
    source: CredentialSource


def _installation() -> str:
    """Always the same on this machine, for this user."""
    return f"{platform.node()}:{folders.data_file('')}"


class Accounts:
    """The accounts and keys of one client's user."""

    def __init__(self, directory: Directory, access: Access) -> None:
        self._directory = directory
        self._access = access
        self._store = access.whereabouts.store

    def methods(self, provider: str) -> tuple[Method, ...]:
        """How one can sign in, the usual way first; empty where one cannot.

        Raises:
            NotFound: There is no such provider.
        """
        client = self._known_client(self._directory.provider(provider))
        return client.methods if client is not None else ()

    def is_worth_offering(self, provider: str) -> bool:
        """Whether a sign-in can begin, or is the only way there is.

        Raises:
            NotFound: There is no such provider.
        """
        found = self._directory.provider(provider)
        client = self._known_client(found)
        return client is not None and bool(client.client_id or not client.how_to_get_client or found.lookup.signs_in)

    def is_prepared(self, provider: str) -> bool:
        """Whether a sign-in can begin as things are, without anything more from the user."""
        with contextlib.suppress(errors.LlmLsError):
            self._client(provider, None)
            return True
        return False

    def account(self, provider: str) -> str | None:
        """Who is signed in, as the vendor calls them, or `default`; `None` if nobody is.

        Raises:
            NotFound: There is no such provider.
        """
        saved = self._signed_in(self._directory.provider(provider))
        return saved.account if saved is not None else None

    def status(self, provider: str | None = None) -> tuple[AuthStatus, ...]:
        """Of one provider, or of all that have a credential or can be signed in to.

        Raises:
            NotFound: There is no such provider.
        """
        if provider is not None:
            return (self._status(self._directory.provider(provider)),)
        found = (self._status(one) for one in self._directory.usable() if one.vendor.place == "remote")
        return tuple(
            status
            for status in found
            if status.signed_in or status.source not in ("none", "not_needed") or self.methods(status.provider)
        )

    def shadowing(self, provider: str) -> str:
        """What is sent in place of what is saved, such as `the environment variable X`; empty is nothing."""
        lookup = self._directory.provider(provider).lookup
        if lookup.command:
            return f"the setting providers.{provider}.apiKeyCommand"
        name = self._access.whereabouts.variable(lookup)
        return "" if name is None else f"the environment variable {name}"

    @contextlib.asynccontextmanager
    async def signing_in(self, provider: str, method: Method | None = None) -> AsyncGenerator[Attempt]:
        """An attempt to sign in; leaving ends it.

        Raises:
            NotFound: There is no such provider.
            Unsupported: One cannot sign in to it, or not so.
            MissingCredentials: The user's OAuth client is missing; says how to get one.
            LlmLsError: The vendor does not let one begin.
        """
        client = self._client(provider, method)
        chosen = method or client.methods[0]
        if chosen == "device":
            from llm_ls.auth import device_flow

            async with device_flow.begin(client, self._access.fetch) as attempt:
                yield attempt
            return
        from llm_ls.auth import browser_flow, issued_clients

        if client.flavor == "chatgpt" and not client.client_id:
            client = attrs.evolve(client, client_id=issued_clients.known(client.provider))
        begun = browser_flow.begin(client, self._access.fetch, method=chosen, installation=_installation())
        async with begun as attempt:
            try:
                yield attempt
            finally:
                if attempt.issued_client_id:
                    issued_clients.keep(client.provider, attempt.issued_client_id)

    async def keep(self, provider: str, identity: Identity) -> Saved:
        """Save what a sign-in gave; that account is used from now on.

        Raises:
            StorageFailed: It cannot be saved.
        """
        saved = await self._store.save(provider, identity.account, identity.entry)
        self._directory.forget_models(provider)
        return saved

    async def use(self, provider: str, account: str) -> None:
        """Use another account that is signed in.

        Raises:
            NotFound: It is not; names those that are.
        """
        await self._store.activate(self._directory.provider(provider).id, account)
        self._directory.forget_models(provider)

    async def sign_out(self, provider: str | None = None, account: str | None = None) -> tuple[str, ...]:
        """Forget the sign-ins to one provider, or to all; the providers that were signed in to.

        Raises:
            SettingsInvalid: The user wants nothing saved to be looked at.
            StorageFailed: They cannot be forgotten.
        """
        self._check_deletable()
        gone = [
            saved
            for saved in self._store.all()
            if saved.type == "oauth" and provider in (None, saved.provider) and account in (None, saved.account)
        ]
        for saved in gone:
            await self._store.delete(saved.provider, saved.account)
            self._directory.forget_models(saved.provider)
        return tuple(dict.fromkeys(saved.provider for saved in gone))

    async def save_key(self, provider: str, key: str) -> Saved:
        """Keep a key.

        Raises:
            NotFound: There is no such provider.
            MissingCredentials: It is no key.
            StorageFailed: It cannot be saved.
        """
        id = self._directory.provider(provider).id
        checked = key_text.checked(key, "what was given", id)
        saved = await self._store.save(id, KEY_ACCOUNT, SavedKey(checked))
        self._directory.forget_models(id)
        return saved

    async def key(self, provider: str) -> KeyStatus:
        """What may be told of the key that is used; runs no command, refreshes nothing.

        Raises:
            NotFound: There is no such provider.
        """
        lookup = self._directory.provider(provider).lookup
        source = self._access.whereabouts.source(lookup)
        if source not in ("environment", "keyring", "file"):
            return KeyStatus(source == "command", "", source)
        grant = await self._access.credentials.plain(lookup)
        return KeyStatus(grant is not None, key_text.masked(grant.secret) if grant is not None else "", source)

    async def delete_key(self, provider: str) -> bool:
        """Forget a saved key; whether there was one.

        Raises:
            SettingsInvalid: The user wants nothing saved to be looked at.
            StorageFailed: It cannot be forgotten.
        """
        self._check_deletable()
        keys = [saved for saved in self._store.all() if saved.provider == provider and saved.type == "api_key"]
        for saved in keys:
            await self._store.delete(provider, saved.account)
        self._directory.forget_models(provider)
        return bool(keys)

    async def keeping(self) -> Keeping:
        """Where a key or sign-in would be kept now; tries the keyring."""
        return await self._store.keeping()

    @property
    def problem(self) -> str:
        """Why what is saved cannot be read; empty if it can."""
        return self._store.problem

    def saved(self) -> tuple[SavedProvider, ...]:
        """What is saved, by provider and account.

        Raises:
            StorageFailed: It cannot be read.
        """
        self._store.check()
        return tuple(
            SavedProvider(
                saved.provider,
                saved.type == "api_key",
                saved.type,
                saved.place,
                saved.place == "keyring" or saved.sealed,
                None if saved.account in (ONLY_ACCOUNT, KEY_ACCOUNT) else saved.account,
                saved.expires_at,
            )
            for saved in self._store.all()
        )

    def _known_client(self, provider: Provider) -> OAuthClient | None:
        """With what to sign in; `None` also where the settings make no sense."""
        with contextlib.suppress(errors.SettingsInvalid):
            return self._access.credentials.client(provider.lookup)
        return None

    def _check_deletable(self) -> None:
        """Make sure that what there is can be seen, so that nobody takes it for deleted."""
        if self._store.choice == "environment":
            raise errors.SettingsInvalid(
                'nothing can be deleted: `credentials.store` is "environment", so what is saved is not looked at',
                hint='set `credentials.store` to "auto" first',
            )
        self._store.check()

    def _client(self, provider: str, method: Method | None) -> OAuthClient:
        from llm_ls.auth import sign_ins

        found = self._directory.provider(provider)
        client = self._access.credentials.client(found.lookup)
        if client is None or not client.methods:
            raise errors.Unsupported(
                f"there is no signing in to {found.name}",
                hint=sign_ins.how_to_get_client(found.vendor.id, found.id),
                provider=found.id,
            )
        if method is not None and method not in client.methods:
            raise errors.Unsupported(
                f"one cannot sign in to {found.name} by {method}",
                hint=f"choose {' or '.join(client.methods)}",
                provider=found.id,
            )
        try:
            sign_ins.check(client)
        except errors.MissingCredentials as error:
            if source := self._access.whereabouts.in_words(found.lookup):
                error.hint = f"{error.hint}; until then {source} is used"
            raise
        return client

    def _signed_in(self, provider: Provider) -> Saved | None:
        saved = self._store.saved(provider.id)
        if saved is None or saved.type != "oauth" or not provider.lookup.takes(saved) or ENDED in saved.details:
            return None
        return saved

    def _status(self, provider: Provider) -> AuthStatus:
        saved = self._signed_in(provider)
        signed_in = [one for one in self._store.all() if one.provider == provider.id and one.type == "oauth"]
        return AuthStatus(
            provider=provider.id,
            signed_in=saved is not None,
            source=self._access.source(provider),
            account=saved.account if saved is not None and saved.account != ONLY_ACCOUNT else None,
            accounts=tuple(one.account for one in signed_in),
            expires_at=saved.expires_at if saved is not None else None,
            tool=self._access.whereabouts.in_words(provider.lookup) or None,
        )
