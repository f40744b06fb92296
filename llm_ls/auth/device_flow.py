"""Signing in with a code that is typed in on another page (RFC 8628): nobody has to reach this machine."""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Protocol

from llm_ls import errors
from llm_ls.auth import device_codes, github, identity, token_endpoint
from llm_ls.auth.attempts import Attempt, Ended, Identity, Invitation
from llm_ls.auth.device_codes import DeviceCode
from llm_ls.auth.fetching import Fetch
from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.auth.token_endpoint import Refused

_GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
_SLOWER_S = 5.0
_LONGEST_BACKOFF_S = 60.0


class Clock(Protocol):
    """Time as it goes by."""

    def now(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...


class _OwnClock:
    def now(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


_OWN_CLOCK = _OwnClock()


@contextlib.asynccontextmanager
async def begin(client: OAuthClient, fetch: Fetch, clock: Clock = _OWN_CLOCK) -> AsyncGenerator[Attempt]:
    """A sign-in with a new code, which is asked about no more once the context is left.

    Raises:
        MissingCredentials: There is no client id to ask with.
        ProviderError: The provider gave no code.
        SettingsInvalid: The addresses of `client` are not safe.
    """
    if not client.client_id:
        raise errors.MissingCredentials(
            f"signing in to {client.name} needs the id of an OAuth app of yours",
            hint=client.how_to_get_client
            or f"register one with device flow enabled, and set `providers.{client.provider}.clientId`",
            provider=client.provider,
        )
    began = clock.now()
    try:
        answer, _ = await token_endpoint.post(client, fetch, client.device_url, _who(client, {"scope": client.scope}))
    except Refused as refused:
        raise _failure(client, refused) from None
    attempt = _DeviceAttempt(client, fetch, clock, began, device_codes.read(client, answer))
    try:
        yield attempt
    finally:
        await attempt.leave()


class _DeviceAttempt:
    """An `Attempt`. It asks in a task of its own, which `leave` ends."""

    def __init__(self, client: OAuthClient, fetch: Fetch, clock: Clock, began: float, code: DeviceCode) -> None:
        self._client = client
        self._fetch = fetch
        self._clock = clock
        self._device_code = code.device_code
        self._interval_s = code.interval_s
        self._ends = began + code.lasts_s
        self._over = False
        self._polling: asyncio.Task[Identity] | None = None
        self.invitation = Invitation(code.url, code.user_code, code.lasts_s)

    async def finished(self) -> Identity:
        if self._over or self._polling is not None:
            raise errors.InvalidRequest("this sign-in is over", hint="sign in again", provider=self._client.provider)
        self._polling = asyncio.create_task(self._poll())
        return await self._polling

    def paste(self, text: str) -> None:  # noqa: ARG002  (an `Attempt` may take it)
        raise errors.InvalidRequest(
            "nothing is to be pasted in this sign-in",
            hint="type the code in on the page",
            provider=self._client.provider,
        )

    async def leave(self) -> None:
        self._over = True
        if self._polling is not None:
            self._polling.cancel()
            await asyncio.gather(self._polling, return_exceptions=True)

    async def _poll(self) -> Identity:
        failures, pause_s = 0, self._interval_s
        while True:
            await self._sleep(pause_s)
            try:
                answer = await self._ask()
            except Refused as refused:
                failures, pause_s = 0, self._after(refused)
            except errors.ProviderError as failure:
                if not failure.retryable:
                    raise
                failures, pause_s = failures + 1, self._backoff(failures + 1, failure.retry_after_s)
            else:
                return await self._identity(answer)

    async def _sleep(self, pause_s: float) -> None:
        left_s = self._ends - self._clock.now()
        await self._clock.sleep(max(0.0, min(pause_s, left_s)))
        if self._clock.now() >= self._ends:
            raise _expired(self._client)

    async def _ask(self) -> dict[str, Any]:
        sent = {"grant_type": _GRANT_TYPE, "device_code": self._device_code.reveal(), **self._client.token_params}
        try:
            answer, _ = await token_endpoint.post(
                self._client, self._fetch, self._client.token_url, _who(self._client, sent)
            )
        except Refused as refused:
            passing = refused.status >= 500 or refused.status == 429 or refused.code in _PASSING
            if refused.code in _WAITING or not passing:
                raise
            raise errors.Unavailable(
                f"{self._client.name} cannot sign you in now",
                provider=self._client.provider,
                retry_after_s=refused.interval_s,
            ) from None
        return answer

    def _after(self, refused: Refused) -> float:
        """The seconds to wait after this answer, if it is none that ends the sign-in (RFC 8628, section 3.5)."""
        match refused.code:
            case "authorization_pending":
                return self._interval_s
            case "slow_down":
                told = refused.interval_s or 0.0
                self._interval_s = told if told > self._interval_s else self._interval_s + _SLOWER_S
                return self._interval_s
            case "access_denied":
                raise Ended("denied", f"the sign-in to {self._client.name} was refused") from None
            case "expired_token":
                raise _expired(self._client) from None
            case _:
                raise _failure(self._client, refused) from None

    def _backoff(self, failures: int, told_s: float | None) -> float:
        doubled = self._interval_s * 2.0 ** min(failures, 16)
        return max(self._interval_s, min(doubled, _LONGEST_BACKOFF_S), told_s or 0.0)

    async def _identity(self, answer: Mapping[str, Any]) -> Identity:
        client = self._client
        scope = answer.get("scope")
        granted = re.split(r"[ ,]+", scope) if isinstance(scope, str) else client.required_scope.split()
        if not set(client.required_scope.split()) <= set(granted):
            raise errors.PermissionDenied(
                f"{client.name} let you in, but without the permission {client.required_scope!r}",
                hint="sign in again, and grant all that is asked for",
                provider=client.provider,
            )
        of_github = client.flavor == "github"
        domain = github.domain_of(client.device_url) if of_github else ""
        refreshable = client.token_url if answer.get("refresh_token") else ""
        details = {
            "clientId": client.client_id,
            "tokenUrl": refreshable,
            "audience": client.audience,
            "domain": domain,
        }
        entry = token_endpoint.signed_in(client, answer, {name: text for name, text in details.items() if text})
        if of_github:
            return Identity(entry, await github.login(domain, self._fetch, entry.access))
        return Identity(entry, identity.account_of(answer))


def _who(client: OAuthClient, fields: Mapping[str, str]) -> dict[str, str]:
    """`fields` that say something, and who asks."""
    secret = client.client_secret.reveal() if client.client_secret else ""
    sent = {"client_id": client.client_id, "client_secret": secret, **fields}
    return {name: text for name, text in sent.items() if text}


_WAITING = frozenset({"authorization_pending", "slow_down", "access_denied", "expired_token"})
_PASSING = frozenset({"server_error", "temporarily_unavailable"})


def _expired(client: OAuthClient) -> Ended:
    return Ended("expired", f"the code for {client.name} has expired")


def _failure(client: OAuthClient, refused: Refused) -> errors.ProviderError:
    """The error behind an OAuth error that no waiting mends."""
    code = refused.code
    if refused.status == 404 and code == "unknown_error":  # GitHub's answer to a client id that is none (2026-11)
        code = "invalid_client"
    kind, hint = _FAILURES.get(code, (errors.Authentication, "sign in again"))
    said = refused.said or code.replace("_", " ")
    return kind(
        f"{client.name} refused the sign-in: {said}",
        hint=hint.format(provider=client.provider),
        provider=client.provider,
        status=refused.status,
    )


_ENABLE = "enable device flow in the settings of the OAuth app"
_CLIENT = "set `providers.{provider}.clientId` to the id of an OAuth app of yours"
_FAILURES: Mapping[str, tuple[type[errors.ProviderError], str]] = {
    "device_flow_disabled": (errors.InvalidRequest, _ENABLE),
    "unauthorized_client": (errors.InvalidRequest, _ENABLE),
    "incorrect_client_credentials": (errors.Authentication, _CLIENT),
    "invalid_client": (errors.Authentication, _CLIENT),
    "incorrect_device_code": (errors.Authentication, "sign in again: the code is known no more"),
    "invalid_grant": (errors.Authentication, "sign in again: the code is known no more"),
    "unsupported_grant_type": (errors.InvalidRequest, "check `providers.{provider}.oauth`: the token URL is another's"),
    "invalid_scope": (errors.InvalidRequest, "correct the scope in `providers.{provider}.oauth`"),
}
