"""What the store holds as it is sent: keys as they are, tokens refreshed ahead of their end.

A refresh may be possible only once (rotation): so one is asked for at a time, by all tasks and processes together, what
it gives is saved before it is used, and it goes on even if nobody waits for it any more.
"""

import asyncio
import logging
import time
from collections.abc import Callable

from llm_ls import errors
from llm_ls.auth import token_endpoint
from llm_ls.auth.credential_store import CredentialStore, Replaced
from llm_ls.auth.entries import Entry, Saved, SavedKey, SignedIn
from llm_ls.auth.fetching import Fetch
from llm_ls.auth.grant import Grant
from llm_ls.auth.lookup import Lookup
from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.auth.secret import Secret

_AHEAD_S = 120.0
"""A token that ends sooner is refreshed before it is sent; of a short-lived one, the last quarter."""

_LEAST_S = 20.0
"""One that lasts longer than this is still sent where it cannot be refreshed just now."""

_AGAIN_S = 5.0
"""How long a refresh that failed for a passing reason is not tried again, while the token still lasts."""

ENDED = "ended"
"""The detail that says why a sign-in can no longer be refreshed."""

_PASSING_FAILURES = (
    errors.Unavailable,
    errors.ConnectionFailed,
    errors.TimedOut,
    errors.ProtocolViolation,
    errors.StorageFailed,
)
_PASSING = ("temporarily_unavailable", "server_error", "slow_down")
_ENDING = (
    "invalid_grant",
    "bad_refresh_token",
    "refresh_token_expired",
    "refresh_token_reused",
    "refresh_token_invalidated",
)
"""That a refresh token is spent, as RFC 6749, GitHub and OpenAI say it; nothing else costs the sign-in."""

_OF_THE_CLIENT = ("invalid_client", "unauthorized_client", "incorrect_client_credentials")

_logger = logging.getLogger(__name__)

Clients = Callable[[Lookup], OAuthClient | None]

_Place = tuple[str, str]
"""A provider and an account."""


class SavedCredentials:
    """Of all providers.

    Args:
        clients: The OAuth client with which a provider's tokens are refreshed.
    """

    def __init__(self, store: CredentialStore, clients: Clients, fetch: Fetch) -> None:
        self._store = store
        self._clients = clients
        self._fetch = fetch
        self._held: dict[_Place, tuple[object, Entry]] = {}
        self._refused: dict[_Place, Secret] = {}
        self._refreshing: dict[_Place, asyncio.Task[SignedIn]] = {}
        self._not_before: dict[_Place, float] = {}

    async def get(self, lookup: Lookup, saved: Saved) -> Grant:
        """The key or token to send.

        Raises:
            SignInRequired: The sign-in has ended.
            StorageFailed: It cannot be read.
            ProviderError: The token cannot be refreshed.
        """
        entry = await self._entry(saved)
        match entry:
            case SavedKey():
                return Grant(entry.key)
            case SignedIn():
                return Grant((await self._fresh(lookup, saved, entry)).access)

    def forget(self, lookup: Lookup, refused: Secret) -> None:
        """Read it again next time, and refresh it if it is still this one."""
        for place, (_, entry) in tuple(self._held.items()):
            if place[0] == lookup.provider and _sent(entry) == refused:
                del self._held[place]
                self._refused[place] = refused

    async def aclose(self) -> None:
        """Let what is being refreshed be saved."""
        await asyncio.gather(*self._refreshing.values(), return_exceptions=True)

    async def _entry(self, saved: Saved) -> Entry:
        place = (saved.provider, saved.account)
        held, state = self._held.get(place), self._store.state
        if held is not None and held[0] == state:
            return held[1]
        try:
            entry = await self._store.load(*place)
        except errors.StorageFailed as error:
            error.provider = saved.provider  # another provider's may be had
            raise
        if entry is None:
            raise _ended(saved.provider, "it is no longer saved")
        self._held[place] = (state, entry)
        return entry

    async def _fresh(self, lookup: Lookup, saved: Saved, entry: SignedIn) -> SignedIn:
        place = (saved.provider, saved.account)
        if self._is_fresh(place, entry):
            return entry
        if place not in self._refreshing:
            task = asyncio.create_task(self._refresh(lookup, saved, entry.access), name=f"refresh {saved.provider}")
            self._refreshing[place] = task
            task.add_done_callback(lambda done: self._refreshed(place, done))
        try:
            return await asyncio.shield(self._refreshing[place])
        except _PASSING_FAILURES as error:
            if _left_s(entry) <= _LEAST_S or self._refused.get(place) == entry.access:
                raise
            self._not_before[place] = time.monotonic() + _AGAIN_S
            _logger.warning("the sign-in of %s could not be refreshed yet: %s", saved.provider, error)
            return entry

    def _is_fresh(self, place: _Place, entry: SignedIn) -> bool:
        """Whether the token can be sent as it is."""
        left_s = _left_s(entry)
        if left_s <= 0 or self._refused.get(place) == entry.access:
            return False
        if left_s > _ahead_s(entry) or entry.refresh is None or _is_too_early(entry):
            return True
        return left_s > _LEAST_S and time.monotonic() < self._not_before.get(place, 0.0)

    def _refreshed(self, place: _Place, task: asyncio.Task[SignedIn]) -> None:
        del self._refreshing[place]
        if not task.cancelled():
            task.exception()  # who waited has it, and where nobody did it comes again

    async def _refresh(self, lookup: Lookup, saved: Saved, stale: Secret) -> SignedIn:
        """The next tokens, saved; those that another process got meanwhile are taken over."""
        async with self._store.refreshing(saved.provider, saved.account):
            now = await self._store.load(saved.provider, saved.account)
            if not isinstance(now, SignedIn):
                raise _ended(saved.provider, "it is no longer saved")
            if now.access != stale and _left_s(now) > _ahead_s(now):
                return self._taken(saved, now)
            fresh = await self._kept(saved, now, await self._asked(lookup, saved, now))
            _logger.info("the sign-in of %s was refreshed", saved.provider)
            return self._taken(saved, fresh)

    async def _kept(self, saved: Saved, before: SignedIn, fresh: SignedIn) -> SignedIn:
        """`fresh`, saved; whom somebody has signed in meanwhile counts instead, and who has signed out stays so."""
        try:
            await self._store.save(saved.provider, saved.account, fresh, activate=False, instead_of=before)
        except Replaced:
            found = await self._store.load(saved.provider, saved.account)
            if not isinstance(found, SignedIn):
                raise _ended(saved.provider, "it is no longer saved") from None
            return found
        return fresh

    async def _asked(self, lookup: Lookup, saved: Saved, now: SignedIn) -> SignedIn:
        client = self._clients(lookup)
        if now.refresh is None or client is None:
            raise _ended(saved.provider, "it has expired" if _left_s(now) <= 0 else "its token was refused")
        # To the server that gave it, as the client that it was given to: the settings may be about others by now.
        client_id, url = now.details.get("clientId") or client.client_id, now.details.get("tokenUrl")
        secret = client.client_secret if client_id == client.client_id else None
        fields = {
            "grant_type": "refresh_token",
            "refresh_token": now.refresh.reveal(),
            "client_id": client_id,
            **({"client_secret": secret.reveal()} if secret else {}),
            **client.token_params,
        }
        await self._store.make_room()
        try:
            answer, _ = await token_endpoint.post(client, self._fetch, url or client.token_url, fields)
        except token_endpoint.Refused as refused:
            if refused.code in _ENDING and refused.status < 500:
                details = {**now.details, ENDED: refused.code}
                over = SignedIn(now.access, None, min(now.expires_at or 0.0, time.time()), details)
                await self._kept(saved, now, over)
            raise _failure(client, refused) from None
        given = token_endpoint.signed_in(client, answer, now.details)
        return SignedIn(given.access, given.refresh or now.refresh, given.expires_at, given.details)

    def _taken(self, saved: Saved, entry: SignedIn) -> SignedIn:
        self._refused.pop((saved.provider, saved.account), None)
        self._held.pop((saved.provider, saved.account), None)
        return entry


def _failure(client: OAuthClient, refused: token_endpoint.Refused) -> errors.LlmLsError:
    """What no fault of the refresh token's is leaves the sign-in as it is: elsewhere or later it may be refreshed."""
    if refused.status >= 500 or refused.status == 429 or refused.code in _PASSING:
        return errors.Unavailable(
            f"the sign-in of {client.provider} could not be refreshed ({refused.code})",
            hint="try again",
            provider=client.provider,
            status=refused.status,
            retry_after_s=refused.interval_s,
        )
    if refused.code in _OF_THE_CLIENT:
        return errors.Authentication(
            f"{client.name} does not know the OAuth client that {client.provider} was signed in with ({refused.code})",
            hint=f"check `providers.{client.provider}.clientId`, and whether its client has a secret",
            provider=client.provider,
            status=refused.status,
        )
    return _ended(client.provider, f"{client.name} says {refused.code}")


def _sent(entry: Entry) -> Secret:
    return entry.key if isinstance(entry, SavedKey) else entry.access


def _left_s(entry: SignedIn) -> float:
    return float("inf") if entry.expires_at is None else entry.expires_at - time.time()


def _ahead_s(entry: SignedIn) -> float:
    lasts_s = token_endpoint.seconds(entry.details.get(token_endpoint.LASTS))
    return _AHEAD_S if lasts_s is None else min(_AHEAD_S, lasts_s / 4)


def _is_too_early(entry: SignedIn) -> bool:
    """Whether its vendor does not let it be refreshed yet."""
    return time.time() < float(entry.details.get(token_endpoint.EARLIEST, 0))


def _ended(provider: str, why: str) -> errors.SignInRequired:
    return errors.SignInRequired(
        f"the sign-in to {provider} has ended: {why}",
        hint=f"sign in again: run `llm-ls login {provider}`, or the command llm-ls.signIn in your editor",
        provider=provider,
    )
