"""What a key looks like as text, wherever it comes from."""

import time

from llm_ls import errors
from llm_ls.auth import identity, sendable
from llm_ls.auth.secret import Secret

_SHOWN = 4
_LEAST_SHOWN_OF = 16
_LEEWAY_S = 60.0


def checked(text: str, what: str, provider: str) -> Secret:
    """`text` without the spaces around it; refused here, where no library's message can quote it.

    Raises:
        MissingCredentials: It is no key.
    """
    key = text.strip()
    if not sendable.is_token(key):
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
    ends_at = identity.claims_of(key.reveal()).get("exp")
    return isinstance(ends_at, int | float) and ends_at - _LEEWAY_S < time.time()
