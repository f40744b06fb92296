"""What a browser brings back (RFC 6749, section 4.1.2; RFC 9207), of which nothing is believed but by its state."""

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

import attrs

from llm_ls import errors
from llm_ls.auth import redaction, sendable
from llm_ls.auth.attempts import Ended
from llm_ls.auth.authorization import Authorization
from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.auth.secret import Secret
from llm_ls.presentable import presentable

_MOST_MEMBERS = 64
_SAID_LENGTH = 200


class Stray(Exception):
    """It is not of this sign-in, which goes on. The text is fit to be shown, and a whole sentence."""


@attrs.frozen
class Answer:
    """What the vendor's page said.

    Attributes:
        client_id: The one it has given out, where it does so.
    """

    code: Secret
    client_id: str = ""


def read(client: OAuthClient, attempt: Authorization, query: str) -> Answer:
    """What a visit brings.

    Raises:
        Stray: It is not of this attempt.
        Ended: The person refused.
        Authentication: The vendor did.
    """
    members = _members(query)
    state = members.get("state", "")
    if attempt.state and not _same(state, attempt.state):
        raise Stray("This visit does not belong to the sign-in that your editor waits for.")
    issuer = members.get("iss")
    if client.issuer and issuer is not None and not _same(issuer, client.issuer):
        raise Stray(f"This visit does not come from {client.name}.")
    if "error" in members:
        raise _failure(client, members)
    return _answer(client, members.get("code", ""), members.get("client_id", ""))


def pasted(client: OAuthClient, attempt: Authorization, text: str) -> Answer:
    """What a person has copied: the address of the page that they came to, or the code that it shows.

    Raises:
        Stray: It is neither, or not of this attempt.
        Ended: The person refused.
        Authentication: The vendor did.
    """
    text = text.strip()
    if "://" in text:
        return _address(client, attempt, text)
    code, separator, state = (part.strip() for part in text.partition("#"))
    if not code or any(char.isspace() for char in code + state) or set(code) & set("/?&="):
        raise Stray(_WHAT_TO_PASTE)
    if attempt.state and separator and _same(state, attempt.state):
        return _answer(client, code)
    if not separator and _shows_bare_codes(client, attempt):
        return _answer(client, code)
    raise Stray("This code does not belong to this sign-in." if separator else _WHAT_TO_PASTE)


def _address(client: OAuthClient, attempt: Authorization, text: str) -> Answer:
    try:
        parts, expected = urlsplit(text), urlsplit(attempt.redirect_uri)
    except ValueError:
        raise Stray(_WHAT_TO_PASTE) from None
    if not attempt.state and not _same(parts.path, expected.path):
        raise Stray("This address does not belong to this sign-in.")
    if not parts.query:
        raise Stray(_WHAT_TO_PASTE)
    return read(client, attempt, parts.query)


def _answer(client: OAuthClient, code: str, client_id: str = "") -> Answer:
    if not sendable.is_token(code):
        raise Stray(f"{client.name} has sent no code along.")
    if client.flavor != "chatgpt":
        return Answer(Secret(code))
    if not client.client_id and not sendable.is_token(client_id):
        raise Stray(f"{client.name} has sent no client id along: the whole address is needed.")
    return Answer(Secret(code), client_id)


def _shows_bare_codes(client: OAuthClient, attempt: Authorization) -> bool:
    """Whether a code alone is enough: the vendor takes it for this attempt's verifier only."""
    return client.flavor == "openrouter" or not attempt.redirect_uri.startswith("http://")


def _members(query: str) -> Mapping[str, str]:
    """The members of `query`; none if one of them comes twice (RFC 6749, section 3.1)."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_MEMBERS)
    except ValueError:
        return {}
    members = dict(pairs)
    return members if len(members) == len(pairs) else {}


def _failure(client: OAuthClient, members: Mapping[str, str]) -> Exception:
    code = members["error"]
    if code == "access_denied":
        return Ended("denied", f"the sign-in to {client.name} was refused on its page")
    known = [members.get("state", ""), members.get("code", "")]
    if not (code.replace("_", "").isalnum() and code.isascii() and len(code) <= 64) or code in known:
        code = "unknown_error"
    whole = redaction.without(members.get("error_description", ""), known)
    said = redaction.redacted(presentable(whole[: 4 * _SAID_LENGTH]))[:_SAID_LENGTH].rstrip(" .")
    return errors.Authentication(
        f"{client.name} did not sign you in ({code}{': ' + said if said else ''})",
        hint="sign in again",
        provider=client.provider,
    )


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


_WHAT_TO_PASTE = "This is neither the whole address of the page that you came to nor the code that it shows."
