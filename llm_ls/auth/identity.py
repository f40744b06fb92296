"""What an account is called, by an id token or an answer about the user. Nothing is proven by it: it is a label."""

import base64
import json
import unicodedata
from collections.abc import Mapping
from typing import Any, cast

from llm_ls.auth import redaction
from llm_ls.auth.entries import ONLY_ACCOUNT
from llm_ls.presentable import presentable

# `name` is last: two people may share one, and the accounts would be taken for one.
_NAMING = ("email", "preferred_username", "upn", "unique_name", "login", "username", "sub", "user_id", "id", "name")
_LENGTH = 128
_LONGEST_TOKEN = 65_536


def account_of(answer: Mapping[str, Any]) -> str:
    """The name of the account in an answer of a token endpoint, of a userinfo endpoint, or in claims.

    The id token's claims come first; its signature is not checked, since it came straight from the endpoint
    (OpenID Connect Core, section 3.1.3.7) and nothing but a label is taken from it.
    """
    for claims in (claims_of(answer.get("id_token")), answer):
        for member in _NAMING:
            if name := _name(claims.get(member)):
                return name
    return ONLY_ACCOUNT


def claims_of(token: object) -> Mapping[str, Any]:
    """What a JSON Web Token says, unverified; empty where `token` is none."""
    if not isinstance(token, str) or len(token) > _LONGEST_TOKEN or token.count(".") != 2:
        return {}
    payload = token.split(".")[1]
    try:
        said = cast(object, json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
    except (ValueError, RecursionError):
        return {}
    return cast(dict[str, Any], said) if isinstance(said, dict) else {}


def _name(value: object) -> str:
    """`value` as a name that can be shown and compared; empty if it is none, or a secret in the place of one."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**_LENGTH else ""
    if not isinstance(value, str) or len(value) > 4 * _LENGTH:
        return ""
    visible = "".join(char for char in presentable(value) if unicodedata.category(char)[0] not in "CZ" or char == " ")
    return visible[:_LENGTH].strip() if redaction.redacted(visible) == visible else ""
