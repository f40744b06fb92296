"""What the store keeps: keys, and the tokens of sign-ins."""

from collections.abc import Mapping
from typing import Literal

import attrs

from llm_ls.auth.secret import Secret

EntryType = Literal["api_key", "oauth"]
Place = Literal["keyring", "file"]

CREDENTIALS = "credentials.json"
"""The file, in the user's data folder, that knows of all entries."""

ONLY_ACCOUNT = "default"
"""What an account is called where nobody says."""

KEY_ACCOUNT = "API key"
"""What a key that was typed in is kept as, so that it and a sign-in do not push each other out."""


def as_whom(account: str) -> str:
    """` as ` and the account, where it has a name."""
    return "" if account == ONLY_ACCOUNT else f" as {account}"


@attrs.frozen
class SavedKey:
    """A key as its vendor gave it out."""

    key: Secret


@attrs.frozen
class SignedIn:
    """What a sign-in gave.

    Attributes:
        refresh: Gets the next `access`; `None` where there is none.
        expires_at: Of `access`, in seconds since 1970; `None` where it lasts.
        details: What asking with it or refreshing it needs and is no secret, such as the client's id, by name.
    """

    access: Secret
    refresh: Secret | None = None
    expires_at: float | None = None
    details: Mapping[str, str] = attrs.field(factory=dict[str, str])


Entry = SavedKey | SignedIn


@attrs.frozen
class Saved:
    """What is known of an entry without its secrets.

    Attributes:
        account: Whose it is at the vendor; `ONLY_ACCOUNT` where nobody says.
        active: Whether it is the one of its provider that is used.
        sealed: Whether the file that holds it is of no use without a passphrase or the keyring.
    """

    provider: str
    account: str
    type: EntryType
    place: Place
    active: bool = True
    sealed: bool = False
    expires_at: float | None = None
    details: Mapping[str, str] = attrs.field(factory=dict[str, str])
