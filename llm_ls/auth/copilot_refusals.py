"""Why GitHub gave no Copilot token, said so that a person knows what to do."""

from collections.abc import Mapping
from typing import Any, cast

from llm_ls import errors
from llm_ls.auth import redaction, token_endpoint
from llm_ls.auth.fetching import Fetched
from llm_ls.auth.secret import Secret
from llm_ls.presentable import presentable

_SAID_LENGTH = 300


def error(provider: str, fetched: Fetched, sent: Secret) -> errors.ProviderError:
    """The failure behind an answer; `sent` is not in it."""
    status = fetched.status
    said = _said(token_endpoint.json_object(fetched.body) or {}, sent)
    reason = f": {said}" if said else ""
    pause_s = token_endpoint.seconds(fetched.headers.get("retry-after"))
    limited = status == 403 and (pause_s is not None or fetched.headers.get("x-ratelimit-remaining") == "0")
    if status == 401:
        made = errors.SignInRequired("GitHub takes the sign-in no more", hint="sign in to GitHub Copilot again")
    elif status >= 500 or status == 429 or limited:
        made = errors.Unavailable(f"GitHub gave no Copilot token (HTTP {status}){reason}", hint="try again in a while")
    elif status == 403:
        made = errors.PermissionDenied(
            f"this GitHub account has no seat for Copilot{reason}",
            hint="get Copilot at https://github.com/settings/copilot, ask your organization for a seat, "
            "or sign in with another account",
        )
    else:
        made = errors.ProtocolViolation(
            f"GitHub did not answer as it does for Copilot (HTTP {status}){reason}",
            hint=f"check `providers.{provider}.domain` and the network",
        )
    made.provider, made.status, made.retry_after_s = provider, status, pause_s
    return made


def _said(answer: Mapping[str, Any], sent: Secret) -> str:
    """GitHub's own sentence; empty if there is none."""
    details = answer.get("error_details")
    inner = cast(dict[str, Any], details).get("message") if isinstance(details, dict) else None
    text = inner or answer.get("message")
    if not isinstance(text, str):
        return ""
    whole = redaction.without(text, (sent.reveal(),))
    return redaction.redacted(presentable(whole))[:_SAID_LENGTH].rstrip(" .")
