"""What a key looks like as text, wherever it comes from."""

import base64
import binascii
import json
import re
import time
from typing import Any, cast

from llm_ls import errors
from llm_ls.auth.secret import Secret

_SHOWN = 4
_LEAST_SHOWN_OF = 16
_JSON_WEB_TOKEN = re.compile(r"eyJ[\w-]+\.([\w-]+)\.")
_LEEWAY_S = 60.0


def checked(text: str, what: str, provider: str) -> Secret:
    """`text` without the spaces around it; refused here, where no library's message can quote it.

    Raises:
        MissingCredentials: It is no key.
    """
    key = text.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise errors.MissingCredentials(
            f"{what} is no key for {provider}: a key is one word of printable ASCII",
            hint="copy the key again, without anything around it",
            provider=provider,
        )
    return Secret(key)


def masked(key: Secret) -> str:
    """The end of a key, by which its owner knows it; nothing of a short one."""
    text = key.reveal()
    return f"****{text[-_SHOWN:]}" if len(text) >= _LEAST_SHOWN_OF else "****"


def has_expired(key: Secret) -> bool:
    """Whether it is a JSON Web Token, such as Entra's, that says itself that its time is over or about to be."""
    ends_at = claims(key).get("exp")
    return isinstance(ends_at, int | float) and ends_at - _LEEWAY_S < time.time()


def claims(token: Secret) -> dict[str, Any]:
    """What a JSON Web Token says (RFC 7519), unverified; nothing of what is none."""
    found = _JSON_WEB_TOKEN.match(token.reveal())
    if found is None:
        return {}
    try:
        said = cast(object, json.loads(base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))))
    except (ValueError, binascii.Error, RecursionError):
        return {}
    return cast(dict[str, Any], said) if isinstance(said, dict) else {}
