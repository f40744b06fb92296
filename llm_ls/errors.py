"""Every failure llm-ls can name, each with a stable `kind` and a hint that says what to do.

    LlmLsError
        ProviderError               a model could not answer
            Authentication          the vendor refused the credential
            MissingCredentials      there is none; the message names every place looked at
            SignInRequired          the sign-in has ended
            PermissionDenied        the credential may not do this
            NotFound                no such model, provider or document; names the nearest ones
            RateLimited             too many requests; may carry `retry_after_s`
            QuotaExceeded           no credit or quota left: waiting does not help
            Overloaded              the vendor is at capacity
            Unavailable             the vendor failed (5xx)
            TimedOut                nothing came within the limit
            ConnectionFailed        no connection, or it broke
            StreamTruncated         the answer ended without its closing event
            ProtocolViolation       what came is not the wire format
            InvalidRequest          the vendor refused the request's form
            ContextWindowExceeded   the prompt is longer than the model can read
            ContentFiltered         the vendor withheld the answer
            Unsupported             the model or provider cannot do this
        BudgetExceeded              the user's own limit
        SettingsInvalid             a setting that cannot be used
        StaleDocument               the text is no longer what the edit was made for
        StorageFailed               a file or database could not be read or written

Vendor errors become these in the adapter; these become LSP errors in `protocol/errors.py`; nowhere else.
No message or hint ever holds a key, a token, a header or the text of a document.
"""

from typing import ClassVar


class LlmLsError(Exception):
    """A failure the user can be told about.

    Attributes:
        kind: Stable, documented name of the failure (`editors/PROTOCOL.md`).
        message: What happened; lower case, no full stop.
        hint: What to do, as one imperative sentence without a full stop; may be empty.
        provider: The provider's id, where one is concerned.
        model: The model as `provider/model`, where one is concerned.
        status: The vendor's HTTP status.
        retry_after_s: Seconds the vendor asks to wait.
        request_id: The vendor's id of the request, for its support.
        partial: Whether part of the answer had already been handed on.
        retryable: Whether the same request may succeed a little later, as its kind goes or as the vendor says.
    """

    kind: ClassVar[str] = "unknown"
    retryable: bool = False

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        provider: str | None = None,
        model: str | None = None,
        status: int | None = None,
        retry_after_s: float | None = None,
        request_id: str | None = None,
        partial: bool = False,
        retryable: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.provider = provider
        self.model = model
        self.status = status
        self.retry_after_s = retry_after_s
        self.request_id = request_id
        self.partial = partial
        if retryable is not None:
            self.retryable = retryable

    @property
    def sentence(self) -> str:
        """The message and the hint as a person reads them."""
        parts = [part for part in (self.message, self.hint) if part]
        return " ".join(self._beginning(part) + ("" if part.endswith((".", "?", "!")) else ".") for part in parts)

    def _beginning(self, part: str) -> str:
        """In upper case, unless it begins with the name of a provider or a file, which is written as it is."""
        first = part.partition(" ")[0].rstrip(".,:;")
        is_name = first == self.provider or "." in first or "/" in first
        return part if is_name else part[:1].upper() + part[1:]


class ProviderError(LlmLsError):
    """A model could not answer."""


class Authentication(ProviderError):
    kind = "authentication"


class MissingCredentials(ProviderError):
    kind = "missing_credentials"


class SignInRequired(ProviderError):
    kind = "sign_in_required"


class PermissionDenied(ProviderError):
    kind = "permission"


class NotFound(ProviderError):
    kind = "not_found"


class RateLimited(ProviderError):
    kind = "rate_limited"
    retryable = True


class QuotaExceeded(ProviderError):
    kind = "quota_exceeded"


class Overloaded(ProviderError):
    kind = "overloaded"
    retryable = True


class Unavailable(ProviderError):
    kind = "unavailable"
    retryable = True


class TimedOut(ProviderError):
    kind = "timeout"
    retryable = True


class ConnectionFailed(ProviderError):
    kind = "connection"
    retryable = True


class StreamTruncated(ProviderError):
    kind = "stream_truncated"
    retryable = True


class ProtocolViolation(ProviderError):
    kind = "protocol"


class InvalidRequest(ProviderError):
    kind = "invalid_request"


class ContextWindowExceeded(ProviderError):
    kind = "context_window_exceeded"


class ContentFiltered(ProviderError):
    kind = "content_filtered"


class Unsupported(ProviderError):
    kind = "unsupported"


class BudgetExceeded(LlmLsError):
    kind = "budget_exceeded"


class SettingsInvalid(LlmLsError):
    kind = "settings"


class StaleDocument(LlmLsError):
    kind = "stale_document"


class StorageFailed(LlmLsError):
    kind = "storage"
