"""A code of a vendor's page becomes tokens or a key (RFC 6749, section 4.1.3)."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

from llm_ls import errors
from llm_ls.auth import chatgpt, identity, pkce, sendable, token_endpoint
from llm_ls.auth.attempts import Identity
from llm_ls.auth.authorization import Authorization
from llm_ls.auth.entries import SignedIn
from llm_ls.auth.fetching import Fetch
from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.auth.secret import Secret

_LIMIT_S = 30.0
_OF_THE_CLIENT = frozenset({"invalid_client", "unauthorized_client"})


async def exchanged(client: OAuthClient, fetch: Fetch, attempt: Authorization, code: Secret, host_id: str) -> Identity:
    """Whom the vendor takes the person for.

    Raises:
        ProviderError: The vendor refused, failed, or gave what cannot be used.
    """
    try:
        async with asyncio.timeout(_LIMIT_S):
            if client.flavor == "openrouter":
                return await _key(client, fetch, attempt, code)
            return await _tokens(client, fetch, attempt, code, host_id)
    except TimeoutError:
        raise errors.TimedOut(
            f"{client.name} gave no token within {_LIMIT_S:g} s", hint="sign in again", provider=client.provider
        ) from None
    except token_endpoint.Refused as refused:
        said = f"{refused.code}: {refused.said}" if refused.said else refused.code
        correct = f"check `providers.{client.provider}.clientId`, and whether its client has a secret"
        raise errors.Authentication(
            f"{client.name} did not sign you in ({said})",
            hint=correct if refused.code in _OF_THE_CLIENT else "sign in again",
            provider=client.provider,
            status=refused.status,
        ) from None


async def _tokens(client: OAuthClient, fetch: Fetch, attempt: Authorization, code: Secret, host_id: str) -> Identity:
    fields = {
        "grant_type": "authorization_code",
        "code": code.reveal(),
        "redirect_uri": attempt.redirect_uri,
        "client_id": client.client_id,
        "code_verifier": attempt.verifier.reveal(),
        **client.token_params,
    }
    if client.client_secret is not None:
        fields["client_secret"] = client.client_secret.reveal()
    answer, fetched = await token_endpoint.post(client, fetch, client.token_url, fields)
    details = {"clientId": client.client_id, "tokenUrl": client.token_url, "audience": client.audience}
    if client.flavor == "chatgpt":
        chatgpt.check_id_token(client, answer, fetched, attempt.nonce)
        details |= {"hostId": host_id}
    _check_scope(client, answer)
    return Identity(token_endpoint.signed_in(client, answer, details), identity.account_of(answer))


async def _key(client: OAuthClient, fetch: Fetch, attempt: Authorization, code: Secret) -> Identity:
    """OpenRouter gives a key that lasts (https://openrouter.ai/docs/use-cases/oauth-pkce)."""
    fields = {"code": code.reveal(), "code_verifier": attempt.verifier.reveal(), "code_challenge_method": pkce.METHOD}
    answer, _ = await token_endpoint.post(client, fetch, client.token_url, fields, encoding="json")
    if not sendable.is_token(answer.get("key")):
        raise errors.ProtocolViolation(f"{client.name} gave no key", hint="sign in again", provider=client.provider)
    details = {"audience": client.audience} if client.audience else dict[str, str]()
    return Identity(SignedIn(Secret(cast(str, answer["key"])), details=details), identity.account_of(answer))


def _check_scope(client: OAuthClient, answer: Mapping[str, Any]) -> None:
    """An answer without a scope grants what was asked for (RFC 6749, section 5.1)."""
    granted = answer.get("scope", client.scope)
    if client.required_scope and (not isinstance(granted, str) or client.required_scope not in granted.split()):
        raise errors.PermissionDenied(
            f"{client.name} has signed you in without what llm-ls needs ({client.required_scope})",
            hint="sign in again, and allow all that the page asks for",
            provider=client.provider,
        )
