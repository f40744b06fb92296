"""What Sign in with ChatGPT has beyond the standards (https://developers.openai.com/siwc/token-sharing-open-source).

A client gets its id as its first person signs in, and the person's id token is looked at. Its signature is not
verified: it came straight from the token endpoint over TLS (OpenID Connect Core, section 3.1.3.7).
"""

import email.utils
import hmac
import time
import uuid
from collections.abc import Mapping
from typing import Any, cast

from llm_ls import errors
from llm_ls.auth import identity
from llm_ls.auth.fetching import Fetched
from llm_ls.auth.oauth_client import OAuthClient

NEW_CLIENT = "dynamic_agent_client"
"""The id of a client that has none yet; it is never kept."""

_APP = "llm-ls"
_SKEW_S = 60.0
_INSTALLATIONS = uuid.UUID("a3f1c9de-5b0e-4a41-9c44-0d1c6f1f3b52")


def host_id(installation: str) -> str:
    """The name of this installation, always the same for the same `installation`; a new one if that is empty."""
    return (uuid.uuid5(_INSTALLATIONS, installation) if installation else uuid.uuid4()).urn


def authorize_params(client: OAuthClient, host_id: str) -> Mapping[str, str]:
    """Further members of the page's address."""
    if client.client_id:
        return {"ext_agent_host_id": host_id}
    return {"client_id": NEW_CLIENT, "agent_name_hint": _APP, "ext_agent_host_id": host_id}


def check_id_token(client: OAuthClient, answer: Mapping[str, Any], fetched: Fetched, nonce: str) -> None:
    """Make sure that the answer is about this attempt of `client`, which has its id by now.

    Raises:
        Authentication: It is not.
    """
    claims = identity.claims_of(answer.get("id_token"))
    wrong = _wrong(client, claims, nonce)
    if wrong:
        raise errors.Authentication(
            f"the id token of {client.name} cannot be used: {wrong}", hint="sign in again", provider=client.provider
        )
    _check_time(client, claims.get("exp"), fetched)


def _wrong(client: OAuthClient, claims: Mapping[str, Any], nonce: str) -> str:
    """What the claims say that they must not; empty is nothing."""
    audience, said, subject = claims.get("aud"), claims.get("nonce"), claims.get("sub")
    if not claims:
        return "there is none"
    if claims.get("iss") != client.issuer:
        return "it is of another issuer"
    if client.client_id not in (cast(list[object], audience) if isinstance(audience, list) else [audience]):
        return "it is for another client"
    if not isinstance(said, str) or not hmac.compare_digest(said.encode("utf-8", "replace"), nonce.encode()):
        return "it is of another attempt"
    return "" if isinstance(subject, str) and subject else "it names nobody"


def _check_time(client: OAuthClient, expires_at: object, fetched: Fetched) -> None:
    """By the server's clock where it says it: this machine's may be wrong."""
    theirs = _date(fetched)
    now = time.time() if theirs is None else theirs
    if isinstance(expires_at, int | float) and not isinstance(expires_at, bool) and expires_at + _SKEW_S > now:
        return
    off_min = 0 if theirs is None else round((time.time() - theirs) / 60)
    side = "ahead of" if off_min > 0 else "behind"
    clock = f"; this machine's clock is {abs(off_min)} min {side} the server's" if off_min else ""
    raise errors.Authentication(
        f"the id token of {client.name} had expired when it came{clock}",
        hint="set this machine's clock, then sign in again",
        provider=client.provider,
    )


def _date(fetched: Fetched) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(fetched.headers.get("date", "")).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
