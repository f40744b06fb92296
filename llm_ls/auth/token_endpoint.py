"""Asks where tokens are given out (RFC 6749, section 5): for a code, a device code, or a refresh token.

Nothing that was sent, and of the answer only a short code and its explanation, is in any error.
"""

import json
import math
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode

from llm_ls import errors
from llm_ls.auth import redaction
from llm_ls.auth.entries import SignedIn
from llm_ls.auth.fetching import Fetch, Fetched
from llm_ls.auth.oauth_client import Encoding, OAuthClient
from llm_ls.auth.secret import Secret
from llm_ls.auth.sendable import is_safe, is_token
from llm_ls.presentable import presentable

LASTS = "lastsS"
"""The detail that says for how many seconds a token was given."""

EARLIEST = "earliestRefreshAt"
"""The detail that says before when it must not be refreshed, in seconds since 1970."""

_DESCRIPTION_LENGTH = 200
_CODE_LENGTH = 64
_LONGEST_S = 10 * 365 * 86_400


class Refused(Exception):
    """The endpoint answered with an OAuth error.

    Attributes:
        code: Such as `access_denied`.
        said: Its explanation; may be empty, and is fit to be shown.
        interval_s: The pause it asks for; `None` if it asks for none.
    """

    def __init__(self, code: str, said: str, interval_s: float | None, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.said = said
        self.interval_s = interval_s
        self.status = status


async def post(
    client: OAuthClient, fetch: Fetch, url: str, fields: Mapping[str, str], *, encoding: Encoding | None = None
) -> tuple[dict[str, Any], Fetched]:
    """The JSON object that the endpoint at `url` answers, whatever its status, and the answer as it came.

    Raises:
        Refused: It has an `error`; GitHub sends these with status 200, others with 400.
        ProviderError: There was no answer, or none that makes sense.
        SettingsInvalid: `url` is not safe to send a secret to.
    """
    check_url(client, url)
    as_json = (encoding or client.encoding) == "json"
    body = json.dumps(dict(fields)) if as_json else urlencode(fields)
    kind = "application/json" if as_json else "application/x-www-form-urlencoded"
    headers = {"Accept": "application/json", "Content-Type": kind, **client.headers}
    fetched = await fetch("POST", url, headers, body.encode())
    return read(client, fetched, tuple(fields.values())), fetched


def read(client: OAuthClient, fetched: Fetched, sent: Iterable[str] = ()) -> dict[str, Any]:
    """The JSON object of an answer; what was `sent` is in no error.

    Raises:
        Refused: It has an `error`.
        ProviderError: It makes no sense, or the server failed.
    """
    answer = json_object(fetched.body)
    complaint = _complaint(answer or {})
    if answer is not None and complaint is not None:
        raise Refused(
            _code(complaint[0], sent),
            _said(complaint[1], sent),
            _pause(answer, fetched),
            fetched.status,
        )
    if fetched.status >= 500 or fetched.status == 429:
        raise errors.Unavailable(
            f"{client.name} could not sign you in (HTTP {fetched.status})",
            hint="try again",
            provider=client.provider,
            status=fetched.status,
            retry_after_s=seconds(fetched.headers.get("retry-after")),
        )
    if answer is None or not 200 <= fetched.status < 300:
        raise errors.ProtocolViolation(
            f"{client.name} did not answer as a server for sign-ins does (HTTP {fetched.status})",
            hint=f"check `providers.{client.provider}.oauth`, its domain, and the network",
            provider=client.provider,
            status=fetched.status,
        )
    return answer


def signed_in(client: OAuthClient, answer: Mapping[str, Any], details: Mapping[str, str]) -> SignedIn:
    """The tokens in an answer (RFC 6749, section 5.1).

    Raises:
        ProtocolViolation: There are none that can be used.
    """
    access, refresh = answer.get("access_token"), answer.get("refresh_token")
    kind = answer.get("token_type", "bearer")
    if not is_token(access) or not isinstance(kind, str) or kind.lower() != "bearer":
        raise errors.ProtocolViolation(
            f"{client.name} gave no token that can be used", hint="sign in again", provider=client.provider
        )
    lasts_s = seconds(answer.get("expires_in"))
    return SignedIn(
        access=Secret(cast(str, access)),
        refresh=Secret(cast(str, refresh)) if is_token(refresh) else None,
        expires_at=None if lasts_s is None or lasts_s == 0 else time.time() + lasts_s,
        details={**details, **({LASTS: f"{lasts_s:g}"} if lasts_s else {}), **_not_before(answer)},
    )


def json_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object in `body`; `None` if it is something else."""
    try:
        found = cast(object, json.loads(body))
    except (ValueError, RecursionError):
        return None
    return cast(dict[str, Any], found) if isinstance(found, dict) else None


def seconds(value: object) -> float | None:
    """A duration as servers write it, some as text; `None` if it is none."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if math.isfinite(value) and 0 <= value <= _LONGEST_S else None


def check_url(client: OAuthClient, url: str) -> None:
    """Make sure that nobody on the way can read what is sent to `url`.

    Raises:
        SettingsInvalid: They could.
    """
    if not is_safe(url):
        raise errors.SettingsInvalid(
            f"an address for signing in to {client.name} is neither https nor on this machine",
            hint=f"correct `providers.{client.provider}.oauth`",
            provider=client.provider,
        )


def _complaint(answer: Mapping[str, Any]) -> tuple[str, object] | None:
    """The error's code and explanation: OpenAI and OpenRouter wrap them into an object, as their APIs do."""
    error = answer.get("error")
    if isinstance(error, str):
        return error, answer.get("error_description")
    if isinstance(error, dict):
        wrapped = cast(dict[str, Any], error)
        return str(wrapped.get("code", "")), wrapped.get("message")
    return None


def _pause(answer: Mapping[str, Any], fetched: Fetched) -> float | None:
    told = seconds(answer.get("interval"))
    return seconds(fetched.headers.get("retry-after")) if told is None else told


def _not_before(answer: Mapping[str, Any]) -> dict[str, str]:
    """From when on OpenAI lets a token be refreshed."""
    said = answer.get("earliest_refresh_at")
    try:
        return {EARLIEST: f"{datetime.fromisoformat(said).timestamp():.0f}"} if isinstance(said, str) else {}
    except (ValueError, OverflowError, OSError):
        return {}


def _code(text: str, sent: Iterable[str]) -> str:
    is_code = text.replace("_", "").isalnum() and text.isascii() and len(text) <= _CODE_LENGTH
    return text if is_code and _shown(text, sent) == text else "unknown_error"


def _said(text: object, sent: Iterable[str]) -> str:
    return _shown(text, sent)[:_DESCRIPTION_LENGTH].rstrip(" .") if isinstance(text, str) else ""


def _shown(text: str, sent: Iterable[str]) -> str:
    """What is `sent` is taken out before anything is cut off, and again when nothing is in between any more."""
    secrets = tuple(sent)
    whole = redaction.without(redaction.without_held(text), secrets)
    return redaction.redacted(redaction.without(presentable(whole[: 4 * _DESCRIPTION_LENGTH]), secrets))
