"""The tokens of a profile of Anthropic's: refreshed by one process at a time, and kept before they are used."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import attrs

from llm_ls import errors
from llm_ls.auth import anthropic_profiles, file_lock, sendable, token_endpoint, watched
from llm_ls.auth.anthropic_profiles import Federation, Profile
from llm_ls.auth.entries import SignedIn
from llm_ls.auth.fetching import Fetch
from llm_ls.auth.grant import Grant
from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.auth.replacement import Replacement
from llm_ls.auth.secret import Secret

_BETA = "oauth-2025-04-20"
_FEDERATION_BETA = "oidc-federation-2026-04-01"
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_MARK = "sk-ant-oat"
_LOGIN = "run `ant auth login`"

_ADVISORY_S = 120.0
_MANDATORY_S = 30.0
_PAUSE_S = 5.0
_LOCK_S = 45.0
_LASTS_S = 3600.0
_MORE_ROOM = 4096
_LONGEST_IDENTITY = 16_384

_logger = logging.getLogger(__name__)


class ProfileTokens:
    """The token of the profile that counts, whichever that is by then."""

    def __init__(self, provider: str, environment: Mapping[str, str], fetch: Fetch) -> None:
        self._provider = provider
        self._environment = environment
        self._fetch = fetch
        self._asking = asyncio.Lock()
        self._refreshing: asyncio.Task[SignedIn] | None = None
        self._exchanged: tuple[Profile, SignedIn] | None = None
        self._refused: Secret | None = None
        self._no_more_until = 0.0

    async def get(self) -> Grant:
        """The token, refreshed if it is about to expire or was refused.

        Raises:
            MissingCredentials: There is no profile any more, or it cannot be used.
            SignInRequired: Its sign-in has ended.
            StorageFailed: What a refresh gave could not be kept.
            ProviderError: Anthropic gave no token.
        """
        async with self._asking:
            try:
                profile = await asyncio.to_thread(anthropic_profiles.active, self._environment)
                if profile is None:
                    raise watched.Unusable("there is no profile of Anthropic's any more", _LOGIN)
                if profile.federation is not None:
                    signed_in = await self._of_workload(profile, profile.federation)
                else:
                    signed_in = await self._of_person(profile, profile.tokens or Path())
            except watched.Unusable as error:
                raise errors.MissingCredentials(
                    f"no credential for {self._provider}: {error.message}", hint=error.hint, provider=self._provider
                ) from None
        return _grant(profile, signed_in.access)

    def forget(self, refused: Secret) -> None:
        """Refresh next time, unless there is another token by then."""
        self._refused = refused

    async def aclose(self) -> None:
        """Let a refresh that is under way be kept."""
        if self._refreshing is not None:
            await asyncio.wait((self._refreshing,))

    async def _of_person(self, profile: Profile, file: Path) -> SignedIn:
        now, _ = await asyncio.to_thread(anthropic_profiles.tokens, file)
        if profile.client_id and now.refresh is not None:
            return await self._current(now, lambda: self._refreshed(profile, file))
        if _left_s(now) <= 0:
            raise self._ended(profile, "its token has expired")
        return now

    async def _of_workload(self, profile: Profile, federation: Federation) -> SignedIn:
        held = self._exchanged[1] if self._exchanged is not None and self._exchanged[0] == profile else None
        found = await self._current(held, lambda: self._exchange(profile, federation))
        self._exchanged = (profile, found)
        return found

    async def _current(self, held: SignedIn | None, renew: Callable[[], Awaitable[SignedIn]]) -> SignedIn:
        """What is held as long as it is good, and a little longer where there is nothing better for the moment."""
        good = held is not None and held.access != self._refused
        if held is not None and good and _left_s(held) >= _ADVISORY_S:
            return held
        lasting = good and held is not None and _left_s(held) > _MANDATORY_S
        if held is not None and lasting and time.monotonic() < self._no_more_until:
            return held
        try:
            return await renew()
        except (errors.SignInRequired, errors.MissingCredentials):
            raise
        except (errors.LlmLsError, watched.Unusable) as error:
            if held is None or not lasting:
                raise
            self._no_more_until = time.monotonic() + _PAUSE_S
            _logger.warning("a token of Anthropic's was not refreshed ahead of time (%s)", type(error).__name__)
            return held

    async def _refreshed(self, profile: Profile, file: Path) -> SignedIn:
        """Refresh, once for all who want it: who asked may leave, but a token that was spent has to be replaced."""
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh(profile, file))
            self._refreshing.add_done_callback(_look_at)
        return await asyncio.shield(self._refreshing)

    async def _refresh(self, profile: Profile, file: Path) -> SignedIn:
        try:
            async with file_lock.held(file.with_name(f".{file.name}.lock"), _LOCK_S):
                now, content = await asyncio.to_thread(anthropic_profiles.tokens, file)
                if now.refresh is None or (now.access != self._refused and _left_s(now) >= _ADVISORY_S):
                    return now  # another process was here
                room = len(json.dumps(content)) + _MORE_ROOM
                with await asyncio.to_thread(Replacement, file, room) as replacement:
                    try:
                        fresh = await self._asked(profile, now.refresh)
                    except token_endpoint.Refused as refused:
                        return await self._adopted(profile, file, now, refused)
                    await asyncio.to_thread(replacement.keep, _written(content, fresh))
        except file_lock.Busy:
            raise errors.TimedOut(
                f"another process did not finish refreshing the token in {file}",
                hint="try again",
                provider=self._provider,
            ) from None
        except OSError as error:
            raise errors.StorageFailed(
                f"{file} cannot be written: {error.strerror}",
                hint=f"make {file.parent} yours to write to, and make room there",
                provider=self._provider,
            ) from None
        _logger.info("the token in %s has been refreshed", file)
        return fresh

    async def _asked(self, profile: Profile, refresh: Secret) -> SignedIn:
        fields = {"grant_type": "refresh_token", "refresh_token": refresh.reveal(), "client_id": profile.client_id}
        fresh = await self._posted(profile, fields, _BETA)
        return fresh if fresh.refresh is not None else attrs.evolve(fresh, refresh=refresh)

    async def _adopted(self, profile: Profile, file: Path, sent: SignedIn, refused: token_endpoint.Refused) -> SignedIn:
        """What a tool that knows nothing of the lock has put there meanwhile, so that ours was spent.

        Raises:
            SignInRequired: Nobody has.
            Unavailable: It was refused for a reason that passes.
        """
        now, _ = await asyncio.to_thread(anthropic_profiles.tokens, file)
        if now.access not in (sent.access, self._refused) and _left_s(now) > 0:
            return now
        raise self._failure(refused) or self._ended(profile, refused.code) from None

    async def _exchange(self, profile: Profile, federation: Federation) -> SignedIn:
        fields = {
            "grant_type": _JWT_BEARER,
            "assertion": (await asyncio.to_thread(self._identity, federation)).reveal(),
            "federation_rule_id": federation.rule_id,
            "organization_id": federation.organization_id,
            "service_account_id": federation.service_account_id,
            "workspace_id": federation.workspace_id,
        }
        said = {name: value for name, value in fields.items() if value}
        try:
            return await self._posted(profile, said, f"{_BETA},{_FEDERATION_BETA}")
        except token_endpoint.Refused as refused:
            raise self._failure(refused) or errors.Authentication(
                f"Anthropic refused the workload's identity ({refused.code})",
                hint="make sure that the federation rule matches the identity token",
                provider=self._provider,
                status=refused.status,
            ) from None

    def _identity(self, federation: Federation) -> Secret:
        if federation.identity_file is None:
            content = self._environment.get("ANTHROPIC_IDENTITY_TOKEN", "")
            where = "the value of ANTHROPIC_IDENTITY_TOKEN"
        else:
            content = watched.read(federation.identity_file).decode("utf-8", "replace")
            where = str(federation.identity_file)
        token = content.strip()
        if not sendable.is_token(token) or len(token) > _LONGEST_IDENTITY:
            raise watched.Unusable(f"{where} is no identity token", "have it written again")
        return Secret(token)

    async def _posted(self, profile: Profile, fields: Mapping[str, str], beta: str) -> SignedIn:
        """The tokens in the answer.

        Raises:
            Refused: There are none, and there is a code for why.
        """
        url = f"{profile.base_url}/v1/oauth/token"
        headers = {"anthropic-beta": beta}
        client = OAuthClient(self._provider, "Anthropic", (), token_url=url, encoding="json", headers=headers)
        answer, _ = await token_endpoint.post(client, self._fetch, url, fields)
        fresh = token_endpoint.signed_in(client, answer, {})
        return fresh if fresh.expires_at is not None else attrs.evolve(fresh, expires_at=time.time() + _LASTS_S)

    def _failure(self, refused: token_endpoint.Refused) -> errors.Unavailable | None:
        """The error for a refusal that passes; `None` for one that lasts."""
        if refused.status < 500 and refused.status != 429:
            return None
        return errors.Unavailable(
            f"Anthropic gave no token for {self._provider} ({refused.code})",
            hint="try again",
            provider=self._provider,
            status=refused.status,
        )

    def _ended(self, profile: Profile, why: str) -> errors.SignInRequired:
        return errors.SignInRequired(
            f"the sign-in of Anthropic's profile {profile.name!r} has ended ({why})",
            hint=_LOGIN,
            provider=self._provider,
        )


def _grant(profile: Profile, token: Secret) -> Grant:
    # Tokens with the mark are known for what they are where requests are made, and get the beta there.
    beta = {} if token.reveal().startswith(_MARK) else {"anthropic-beta": _BETA}
    workspace = {"anthropic-workspace-id": profile.workspace_id} if profile.workspace_id else {}
    return Grant(token, profile.base_url, {**beta, **workspace})


def _written(content: Mapping[str, Any], fresh: SignedIn) -> bytes:
    changed = {
        "version": content.get("version", "1.0"),
        "type": "oauth_token",
        "access_token": fresh.access.reveal(),
        "expires_at": None if fresh.expires_at is None else int(fresh.expires_at),
        "refresh_token": None if fresh.refresh is None else fresh.refresh.reveal(),
    }
    return json.dumps({**content, **changed}, indent=2).encode()


def _left_s(signed_in: SignedIn) -> float:
    return float("inf") if signed_in.expires_at is None else signed_in.expires_at - time.time()


def _look_at(done: asyncio.Task[SignedIn]) -> None:
    """Nobody may be there any more to look at what came of it."""
    if not done.cancelled():
        done.exception()
