"""The page where a person signs in (RFC 6749, section 4.1.1): its address, and what only this attempt knows."""

import secrets
from urllib.parse import urlencode, urlsplit

import attrs

from llm_ls.auth import chatgpt, loopback, pkce, token_endpoint
from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.auth.secret import Secret


@attrs.frozen
class Redirect:
    """Where the page sends the browser in the end.

    Attributes:
        host: A name of this machine; empty where it is another one's page, which shows a code.
        port: 0 is one that is free.
        path: May be empty.
        elsewhere: The whole address where it is not on this machine.
    """

    host: str = ""
    port: int = 0
    path: str = ""
    elsewhere: str = ""

    def at(self, port: int) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.elsewhere or f"http://{host}:{port}{self.path}"


@attrs.frozen
class Authorization:
    """One attempt.

    Attributes:
        redirect_uri: As the token endpoint must be told it again.
        state: Comes back with the browser; empty where the vendor passes none on.
        nonce: Comes back in the id token; empty where none is wanted.
    """

    url: str = attrs.field(repr=False)
    redirect_uri: str = attrs.field(repr=False)
    verifier: Secret
    state: str = attrs.field(default="", repr=False)
    nonce: str = attrs.field(default="", repr=False)


def redirect(client: OAuthClient) -> Redirect:
    """Where `client` has its people sent back to."""
    if client.flavor == "openrouter":
        # It passes no state on, so the path is what nobody else can know.
        return Redirect("127.0.0.1", path=f"/{secrets.token_urlsafe(32)}")
    if not client.redirect_uri:
        return Redirect("127.0.0.1", path="/callback")
    parts = urlsplit(client.redirect_uri)
    host = parts.hostname or ""
    if parts.scheme != "http" or host not in loopback.NAMES:
        return Redirect(elsewhere=client.redirect_uri)
    return Redirect(host, parts.port or 0, parts.path)


def authorization(client: OAuthClient, redirect_uri: str, host_id: str) -> Authorization:
    """An attempt of `client`'s, with a state and a verifier of its own.

    Args:
        host_id: Names this installation to those who ask for it.

    Raises:
        SettingsInvalid: The page's address is not safe.
    """
    token_endpoint.check_url(client, client.authorization_url)
    verifier = pkce.new_verifier()
    proof = {"code_challenge": pkce.challenge_of(verifier), "code_challenge_method": pkce.METHOD}
    if client.flavor == "openrouter":
        return Authorization(_with(client, {"callback_url": redirect_uri, **proof}), redirect_uri, verifier)
    state = secrets.token_urlsafe(32)
    nonce = secrets.token_urlsafe(32) if client.flavor == "chatgpt" else ""
    fields = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": redirect_uri,
        "scope": client.scope,
        "state": state,
        **proof,
        **client.authorize_params,
        "nonce": nonce,
    }
    if client.flavor == "chatgpt":
        fields |= chatgpt.authorize_params(client, host_id)
    url = _with(client, {name: value for name, value in fields.items() if value})
    return Authorization(url, redirect_uri, verifier, state, nonce)


def _with(client: OAuthClient, fields: dict[str, str]) -> str:
    separator = "&" if "?" in client.authorization_url else "?"
    return f"{client.authorization_url}{separator}{urlencode(fields)}"
