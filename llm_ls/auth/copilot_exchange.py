"""GitHub's tokens exchanged for those that Copilot takes, which last half an hour and are held in memory only.

There is no public page: this is what Copilot's clients do.
"""

import asyncio
import email.utils
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import attrs

import llm_ls
from llm_ls import errors
from llm_ls.auth import copilot_refusals, github, sendable, token_endpoint
from llm_ls.auth.fetching import Fetch, Fetched
from llm_ls.auth.grant import Grant
from llm_ls.auth.secret import Secret

_GITHUB_TOKEN = re.compile(r"gh[a-z]_\w+|github_pat_\w+|[0-9a-f]{40}", re.ASCII)  # 40 digits: until April 2021
_EARLY_S = 120.0
_AGAIN_S = 5.0
_USUAL_S = 1500.0
_LONGEST_S = 86_400.0
_REMEMBERED = 32
_US = f"llm-ls/{llm_ls.__version__}"


def is_github_token(secret: Secret) -> bool:
    """Whether it is to be exchanged; anything else is a Copilot token already."""
    return _GITHUB_TOKEN.fullmatch(secret.reveal()) is not None


@attrs.frozen
class _Held:
    """What was got for a token; the times are of the clock that `CopilotTokens` goes by."""

    grant: Grant
    renew_at: float
    ends_at: float


@attrs.frozen
class _Failed:
    number: int
    error: errors.LlmLsError


class CopilotTokens:
    """The Copilot tokens of one GitHub; one is asked for at a time, and kept until it is about to end.

    Args:
        provider: Its id in the settings, for messages.
        domain: As `github.endpoints` takes it.
        now: Seconds that go by, from anywhere.

    Raises:
        SettingsInvalid: `domain` is no host.
    """

    def __init__(self, provider: str, domain: str, fetch: Fetch, now: Callable[[], float] = time.monotonic) -> None:
        self._provider = provider
        self._endpoints = github.endpoints(domain)
        self._fetch = fetch
        self._now = now
        self._held: dict[Secret, _Held] = {}
        self._given: deque[Secret] = deque(maxlen=_REMEMBERED)
        self._asking = asyncio.Lock()
        self._asked = 0
        self._failed: _Failed | None = None

    async def grant(self, github_token: Secret) -> Grant:
        """What Copilot's API is asked with, and where that is.

        Raises:
            SignInRequired: GitHub takes the token no more.
            PermissionDenied: The account has no Copilot.
            ProviderError: GitHub gave none.
        """
        if not is_github_token(github_token):
            return Grant(github_token, self._endpoints.base_url)
        held = self._held.get(github_token)
        busy = self._asking.locked()
        if held is not None and self._now() < (held.ends_at if busy else held.renew_at):
            return held.grant
        waited_for = self._asked if busy else self._asked + 1
        async with self._asking:
            held = self._held.get(github_token)
            if held is not None and self._now() < held.renew_at:
                return held.grant
            if self._failed is not None and self._failed.number >= waited_for:
                raise self._failed.error  # whoever waited for an answer has it, and does not ask again
            return await self._renewed(github_token, held)

    def forget(self, refused: Secret) -> bool:
        """Exchange again next time, if that is what is held now; whether it was ever got by an exchange here."""
        for token, held in tuple(self._held.items()):
            if held.grant.secret == refused:
                del self._held[token]
        return refused in self._given

    async def _renewed(self, token: Secret, held: _Held | None) -> Grant:
        self._asked += 1
        try:
            found = await self._exchanged(token)
        except errors.LlmLsError as error:
            if error.retryable and held is not None and self._now() < held.ends_at:
                self._held[token] = attrs.evolve(held, renew_at=self._now() + _AGAIN_S)
                return held.grant
            self._held.pop(token, None)
            self._failed = _Failed(self._asked, error)
            raise
        self._held = {other: kept for other, kept in self._held.items() if self._now() < kept.ends_at}
        self._held[token] = found
        if found.grant.secret != token:
            self._given.append(found.grant.secret)
        return found.grant

    async def _exchanged(self, token: Secret) -> _Held:
        asked_at = self._now()
        fetched = await self._ask(self._endpoints.exchange_url, token)
        if fetched.status == 421 and (told := self._told(fetched)):
            fetched = await self._ask(told, token)
        if fetched.status == 404:  # of an OAuth app whose tokens Copilot takes as they are
            return _Held(Grant(token, self._endpoints.base_url), float("inf"), float("inf"))
        answer = token_endpoint.json_object(fetched.body)
        if fetched.status != 200 or answer is None or not sendable.is_token(answer.get("token")):
            raise copilot_refusals.error(self._provider, fetched, token)
        renew_s, lasts_s = _lifetime(answer, fetched)
        base_url = _endpoint(answer)
        return _Held(
            Grant(
                Secret(cast(str, answer["token"])),
                base_url if self._endpoints.is_copilot(base_url) else self._endpoints.base_url,
            ),
            asked_at + renew_s,
            asked_at + lasts_s,
        )

    async def _ask(self, url: str, token: Secret) -> Fetched:
        headers = {
            **github.HEADERS,
            "Authorization": f"token {token.reveal()}",
            "Editor-Version": _US,
            "Editor-Plugin-Version": _US,
        }
        return await self._fetch("GET", url, headers, None)

    def _told(self, fetched: Fetched) -> str:
        """Where a misdirected request says that it belongs, if that is GitHub's; empty otherwise."""
        answer = token_endpoint.json_object(fetched.body) or {}
        path = urlsplit(self._endpoints.exchange_url).path
        named = re.search(r"https?://[^\s\"'<>/]+", str(answer.get("message")))
        hosts = (_endpoint(answer), named[0] if named else "")
        told = (fetched.headers.get("location", ""), *(f"{host}{path}" for host in hosts if host))
        return next((url for url in told if self._endpoints.is_github(url)), "")


def _endpoint(answer: Mapping[str, Any]) -> str:
    """The address of the API in an answer; empty if there is none."""
    given = answer.get("endpoints")
    url = cast(dict[str, Any], given).get("api") if isinstance(given, dict) else None
    return url.rstrip("/") if isinstance(url, str) and not re.search(r"[?#]", url) else ""


def _lifetime(answer: Mapping[str, Any], fetched: Fetched) -> tuple[float, float]:
    """Seconds until the token is to be renewed, and until it ends, by GitHub's clock: this machine's may be wrong."""
    told_s = token_endpoint.seconds(answer.get("refresh_in")) or None
    lasts_s = _left_s(answer.get("expires_at"), fetched, believe_own_clock=told_s is None)
    if lasts_s is None:
        lasts_s = (told_s or _USUAL_S) + _EARLY_S
    renew_s = max(lasts_s - _EARLY_S, lasts_s / 2)
    return min(renew_s, told_s or renew_s), lasts_s


def _left_s(ends_at: object, fetched: Fetched, *, believe_own_clock: bool) -> float | None:
    """Seconds from the answer to `ends_at`, which is seconds since 1970; `None` if that cannot be said."""
    if not isinstance(ends_at, int | float) or isinstance(ends_at, bool):
        return None
    try:
        now = email.utils.parsedate_to_datetime(fetched.headers.get("date", "")).timestamp()
    except (ValueError, OverflowError):
        left_s = ends_at - time.time()
        return left_s if believe_own_clock and 0 < left_s <= _LONGEST_S else None
    return min(max(0.0, ends_at - now), _LONGEST_S)
