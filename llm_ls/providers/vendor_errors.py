"""Vendor failures become ours, here and nowhere else in this room; the vendor's sentence stays in them."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

import attrs
import httpx2

from llm_ls import errors
from llm_ls.auth import redaction
from llm_ls.auth.grant import Grant
from llm_ls.loopback import is_loopback
from llm_ls.messages import Notice
from llm_ls.presentable import presentable
from llm_ls.providers import breakages, complaints, error_kinds, retry_after
from llm_ls.providers.http import Limits

_MESSAGE_LENGTH = 300
_READ_LENGTH = 10 * _MESSAGE_LENGTH


@attrs.frozen
class Exchange:
    """Who was asked for what, which an error tells, and how long the answer may take.

    Attributes:
        model: `provider/model`.
        grant: The credential that is sent, which no message repeats.
    """

    provider: str
    model: str
    base_url: str
    grant: Grant | None = None
    limits: Limits = attrs.field(factory=Limits)

    @property
    def host(self) -> str:
        """The host and port that were asked, such as `127.0.0.1:8080`."""
        url = _url(self.base_url)
        return f"{url.host}:{url.port}" if url and url.port else url.host if url else self.base_url

    @property
    def near(self) -> bool:
        """Whether it was a server on this machine."""
        url = _url(self.base_url)
        return url is not None and is_loopback(url.host)

    def error(self, kind: error_kinds.Kind, message: str, **details: Any) -> errors.ProviderError:
        """An error of this exchange; the message is redacted and cut, the hint is that of its kind."""
        return kind(
            self.presentable(message),
            hint=_hint(kind, self),
            provider=self.provider,
            model=self.model,
            **details,
        )

    def dropped(self, what: Iterable[str]) -> tuple[Notice, ...]:
        """The notices that the model was not told `what`."""
        return tuple(
            Notice("dropped_parameter", self.presentable(f"{self.model} does not take {parameter}"))
            for parameter in what
        )

    def presentable(self, message: str) -> str:
        """The vendor's words as they may be shown: one line, redacted and cut."""
        whole = redaction.without_held(message)  # half a secret, where the rest is cut off, would not be known for one
        message = redaction.redacted(presentable(whole[:_READ_LENGTH]))
        return message if len(message) <= _MESSAGE_LENGTH else f"{message[: _MESSAGE_LENGTH - 1]}…"

    def redacted(self, words: str) -> str:
        """What a vendor says without the key, however short: a stand-in such as `none` is not cut out of our words."""
        key = self._key
        return re.sub(rf"(?<!\w){re.escape(key)}(?!\w)", "****", words) if key else words

    @property
    def _key(self) -> str:
        return "" if self.grant is None else self.grant.secret.reveal().strip()


def refused(response: httpx2.Response, exchange: Exchange) -> errors.ProviderError:
    """The error behind a status that is no success; the response has been read."""
    try:
        body = cast(object, json.loads(response.text))
    except (ValueError, RecursionError):
        body = _prose(response)
    complaint = complaints.read(body)
    return _named(complaint, exchange, response.status_code, response.headers, partial=False)


def reported(
    body: object, exchange: Exchange, headers: Mapping[str, str], *, partial: bool = False
) -> errors.ProviderError:
    """The error that a body reports under a status of success, within the stream or in its place."""
    complaint = complaints.read(body)
    return _named(complaint, exchange, complaint.status, headers, partial=partial)


def broken(
    error: BaseException, exchange: Exchange, *, partial: bool = False, answering: bool = False
) -> errors.LlmLsError:
    """The error behind a connection that failed.

    Args:
        error: What the HTTP client raised; one of ours, such as a `SettingsInvalid`, is returned as it is.
        exchange: Who was asked for what.
        partial: Whether part of the answer had been handed on.
        answering: Whether the vendor had begun to answer.
    """
    if isinstance(error, errors.LlmLsError):
        return error
    found = breakages.read(error, exchange.host, near=exchange.near, answering=answering)
    named = exchange.error(found.kind, found.message, partial=partial, retryable=found.retryable)
    named.hint = found.hint.format(who=exchange.provider) or named.hint
    return named


def _named(
    complaint: complaints.Complaint,
    exchange: Exchange,
    status: int | None,
    headers: Mapping[str, str],
    *,
    partial: bool,
) -> errors.ProviderError:
    kind = error_kinds.kind_of(complaint, status)
    request_id = headers.get("request-id") or headers.get("x-request-id") or complaint.request_id
    lead = _LEADS[kind].format(who=exchange.provider, model=exchange.model)
    said = exchange.redacted(complaint.message.strip().rstrip("."))
    return exchange.error(
        kind,
        f"{lead}: {said}" if said else f"{lead} (HTTP {status})" if status else lead,
        status=status,
        retry_after_s=retry_after.seconds(headers, complaint.body),
        request_id=exchange.presentable(request_id) if request_id else None,
        partial=partial,
        retryable=_SHOULD_RETRY.get(headers.get("x-should-retry", "")),
    )


def _prose(response: httpx2.Response) -> str:
    """What a body that is no JSON says: a web page its title, a redirect where it leads."""
    if response.has_redirect_location:
        return f"a redirect to {response.headers['location'].partition('?')[0]}"
    page = web_page(response.text)
    return page or response.text


def web_page(text: str) -> str:
    """`a web page` and its title, if `text` is one; else empty."""
    text = text.lstrip("\ufeff \t\r\n")[:_READ_LENGTH]
    if not text.startswith("<"):
        return ""
    title = re.search(r"<title[^>]*>([^<]*)", text, re.IGNORECASE)
    return f"a web page titled {title[1].strip()!r}" if title else "a web page"


def _url(text: str) -> httpx2.URL | None:
    try:
        url = httpx2.URL(text)
    except httpx2.InvalidURL:
        return None
    return url if url.host else None


def _hint(kind: error_kinds.Kind, exchange: Exchange) -> str:
    if kind in (errors.ConnectionFailed, errors.TimedOut) and exchange.near:
        return f"start the server at {exchange.host}, or correct `providers.{exchange.provider}.baseUrl`"
    return _HINTS.get(kind, "").format(who=exchange.provider)


_SHOULD_RETRY = {"true": True, "false": False}

_LEADS: dict[error_kinds.Kind, str] = {
    errors.Authentication: "{who} refused the credential",
    errors.PermissionDenied: "{who} does not permit this",
    errors.NotFound: "{who} does not know {model!r}",
    errors.RateLimited: "{who} is being asked too often",
    errors.QuotaExceeded: "{who} has no credit or quota left for this",
    errors.Overloaded: "{who} is overloaded",
    errors.Unavailable: "{who} failed",
    errors.TimedOut: "{who} took too long",
    errors.ContextWindowExceeded: "the prompt is longer than {model!r} can read",
    errors.ContentFiltered: "{who} withheld the answer",
    errors.Unsupported: "{model!r} cannot do this",
    errors.InvalidRequest: "{who} refused the request",
    errors.ProtocolViolation: "{who} did not answer as its wire format says",
}

_HINTS: dict[error_kinds.Kind, str] = {
    errors.Authentication: "give {who!r} a valid key",
    errors.PermissionDenied: "use a key or a model that may do this",
    errors.NotFound: "choose a model that {who!r} offers, and check `providers.{who}.baseUrl`",
    errors.RateLimited: "wait, or use another model",
    errors.QuotaExceeded: "add credit at the provider, or use another model",
    errors.Overloaded: "try again soon, or use another model",
    errors.Unavailable: "try again, or use another model",
    errors.TimedOut: "try again, or raise `providers.{who}.timeoutS`",
    errors.ConnectionFailed: "check the network, the setting `proxy` and `providers.{who}.baseUrl`",
    errors.StreamTruncated: "try again",
    errors.ContextWindowExceeded: "send less, or use a model that reads more",
    errors.ContentFiltered: "ask in other words, or use another model",
    errors.Unsupported: "use another model",
    errors.InvalidRequest: "check the settings of {who!r}",
    errors.ProtocolViolation: "check that `providers.{who}.baseUrl` is the address of an API",
}
