"""The `llm-ls/*` messages about keys and sign-ins, as `editors/PROTOCOL.md` publishes them."""

from typing import Literal

import attrs

from llm_ls.auth.attempts import Method
from llm_ls.protocol.ext import ListProvidersParams
from llm_ls.protocol.peer import Token

SIGN_IN = "llm-ls/signIn"
SIGN_OUT = "llm-ls/signOut"
AUTH_STATUS = "llm-ls/authStatus"
SAVE_API_KEY = "llm-ls/saveApiKey"
GET_API_KEY = "llm-ls/getApiKey"
DELETE_API_KEY = "llm-ls/deleteApiKey"
LIST_SAVED_PROVIDERS = "llm-ls/listSavedProviders"


@attrs.frozen(eq=False, repr=False)
class SignInParams:
    """Also the first argument of `llm-ls.signIn`.

    Attributes:
        account: One that is signed in, to be used from now on.
        again: Whether to sign in even if somebody is, as somebody else perhaps.
        paste: What the person copied from the page of a sign-in that is under way.
    """

    provider: str
    method: Method | None = None
    account: str | None = None
    again: bool = False
    paste: str | None = None
    work_done_token: Token | None = None


@attrs.frozen(eq=False, repr=False)
class AccountParams:
    """Of `llm-ls/signOut` and `llm-ls/authStatus`; without a provider, all are meant."""

    provider: str | None = None
    account: str | None = None


@attrs.frozen(eq=False, repr=False)
class ProviderParams:
    provider: str


@attrs.frozen(eq=False, repr=False)
class SaveApiKeyParams:
    provider: str
    api_key: str


@attrs.frozen(eq=False, repr=False)
class SignInResult:
    status: Literal["signedIn", "alreadySignedIn", "cancelled", "denied", "expired"]
    account: str | None = None


PARAMS: dict[str, type] = {
    SIGN_IN: SignInParams,
    SIGN_OUT: AccountParams,
    AUTH_STATUS: AccountParams,
    SAVE_API_KEY: SaveApiKeyParams,
    GET_API_KEY: ProviderParams,
    DELETE_API_KEY: ProviderParams,
    LIST_SAVED_PROVIDERS: ListProvidersParams,
}
