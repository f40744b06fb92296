"""An OAuth client as it signs in to one provider: the row of its vendor, completed by the user's settings."""

from collections.abc import Mapping
from typing import Literal

import attrs

from llm_ls.auth.attempts import Method
from llm_ls.auth.secret import Secret

Encoding = Literal["form", "json"]


@attrs.frozen(eq=False)
class OAuthClient:
    """Who asks, and whom.

    Attributes:
        provider: Its id in the settings, for messages and the store.
        name: As people know it.
        methods: How one can sign in, the usual one first.
        client_id: Empty where the provider wants none, or gives one out as it goes.
        how_to_get_client: What to do about a client that is missing, as a hint; empty where none is needed.
        token_url: Gives tokens for codes and refreshes them; https, or http on this machine.
        device_url: Gives device codes (RFC 8628); empty is none.
        device_hosts: Where the page to type them in may be, beside the host of `device_url`, such as `microsoft.com`.
        authorization_url: The page of the browser flow; empty is none.
        redirect_uri: Of the browser flow. Empty, or with port 0, is a port of this machine's that is free, at the path
            given; one that is not on this machine shows a code to be pasted.
        scope: As the requests have it; may be empty.
        issuer: What RFC 9207's `iss` and an id token must say; empty is not known.
        encoding: How the token endpoint takes its fields.
        authorize_params: Further members of the page's address.
        token_params: Further fields of every request to the token endpoint.
        headers: Sent with every request to the token endpoint.
        flavor: Habits that no standard covers.
        required_scope: Without it a sign-in is of no use; empty is none.
        audience: The base URL of the API that the tokens are for; they are sent nowhere else.
    """

    provider: str
    name: str
    methods: tuple[Method, ...]
    client_id: str = ""
    client_secret: Secret | None = None
    token_url: str = ""
    device_url: str = ""
    device_hosts: tuple[str, ...] = ()
    authorization_url: str = ""
    redirect_uri: str = ""
    scope: str = ""
    issuer: str = ""
    encoding: Encoding = "form"
    authorize_params: Mapping[str, str] = attrs.field(factory=dict[str, str])
    token_params: Mapping[str, str] = attrs.field(factory=dict[str, str])
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    flavor: Literal["", "github", "openrouter", "chatgpt"] = ""
    required_scope: str = ""
    audience: str = ""
    how_to_get_client: str = ""
