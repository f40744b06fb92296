"""How one signs in to each kind of provider: rows of data, which the user's settings complete.

No client id of anybody's is among them: it is the user's own, or the provider gives one out as it goes.
"""

import re
from collections.abc import Mapping

import attrs

from llm_ls import errors
from llm_ls.auth import github
from llm_ls.auth.attempts import Method
from llm_ls.auth.lookup import environment_name
from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.auth.secret import Secret
from llm_ls.settings import OAuthSettings

_ENTRA = "https://login.microsoftonline.com"
_GOOGLE_CLOUD = "https://www.googleapis.com/auth/cloud-platform"
_CHATGPT_SCOPE = "chatgpt.tokens.use.direct"


@attrs.frozen
class Row:
    """What is known of a kind of provider.

    Attributes:
        client: As every provider of this kind has it.
        how_to_get_client: Where a client id comes from; empty where none is needed.
        shared_names: The beginning of further environment variables for the client; empty is none.
    """

    client: OAuthClient
    how_to_get_client: str = ""
    shared_names: str = ""


def client(
    kind: str,
    provider: str,
    *,
    name: str,
    client_id: str | None,
    oauth: OAuthSettings,
    domain: str | None,
    base_url: str,
    environment: Mapping[str, str],
) -> OAuthClient | None:
    """Who signs in to `provider`; `None` where its kind has no sign-in and the user describes none.

    Raises:
        SettingsInvalid: `domain` is no host.
    """
    row = _ROWS.get(kind) or Row(OAuthClient("", "", ()), _OWN_CLIENT)
    made = attrs.evolve(row.client, provider=provider, name=name, audience=base_url)
    if kind == "github-copilot":
        found = github.endpoints(domain or "")
        made = attrs.evolve(made, device_url=found.device_url, token_url=found.token_url)
    if kind == "azure":
        made = _of_tenant(made, environment.get("AZURE_TENANT_ID", "").strip() or "organizations")
    made = _completed(made, oauth)
    methods = _methods(made)
    if not methods:
        return None
    chosen, secret = _registered(provider, client_id, row.shared_names, environment)
    how = how_to_get_client(kind, provider)
    return attrs.evolve(made, methods=methods, client_id=chosen, client_secret=secret, how_to_get_client=how)


def how_to_get_client(kind: str, provider: str) -> str:
    """Where the client id of `provider` comes from, as a hint; empty where none is needed."""
    row = _ROWS.get(kind)
    way = _OWN_CLIENT if row is None else row.how_to_get_client
    names = f"`providers.{provider}.clientId` or {environment_name(provider)}_OAUTH_CLIENT_ID"
    return way.format(names=names, provider=provider)


def check(client: OAuthClient) -> None:
    """Make sure that a sign-in can begin.

    Raises:
        MissingCredentials: The client has no id, or an address is missing.
    """
    if client.how_to_get_client and not client.client_id:
        raise errors.MissingCredentials(
            f"signing in to {client.name} takes an OAuth client of your own",
            hint=client.how_to_get_client,
            provider=client.provider,
        )
    pages = {"device": client.device_url, "browser": client.authorization_url, "paste": client.authorization_url}
    if not client.token_url or not all(pages[method] for method in client.methods):
        raise errors.MissingCredentials(
            f"signing in to {client.name} takes the addresses of its server",
            hint=f"set `providers.{client.provider}.oauth`: tokenUrl, and authorizationUrl or deviceUrl",
            provider=client.provider,
        )


def _completed(client: OAuthClient, oauth: OAuthSettings) -> OAuthClient:
    given = attrs.asdict(oauth, filter=lambda _, value: value is not None)
    return attrs.evolve(client, **given)


def _methods(client: OAuthClient) -> tuple[Method, ...]:
    """Those of its row, and those that the user's addresses add."""
    device: tuple[Method, ...] = ("device",) if client.device_url else ()
    pages: tuple[Method, ...] = ("browser", "paste") if client.authorization_url else ()
    return (*client.methods, *(method for method in (*device, *pages) if method not in client.methods))


def _registered(
    provider: str, client_id: str | None, shared_names: str, environment: Mapping[str, str]
) -> tuple[str, Secret | None]:
    """The user's client: by the settings, else by the environment, whose secret then is of the same name."""
    names = [f"{environment_name(provider)}_OAUTH_CLIENT", *([shared_names] if shared_names else [])]
    if client_id is None:
        names = [name for name in names if environment.get(f"{name}_ID", "").strip()][:1]
        client_id = environment[f"{names[0]}_ID"].strip() if names else ""
    secrets = (environment.get(f"{name}_SECRET", "").strip() for name in names)
    secret = next(filter(None, secrets), "")
    return client_id, Secret(secret) if secret else None


def _of_tenant(client: OAuthClient, tenant: str) -> OAuthClient:
    """https://learn.microsoft.com/entra/identity-platform/v2-protocols."""
    if not re.fullmatch(r"[A-Za-z0-9.-]+", tenant):
        raise errors.SettingsInvalid(
            "AZURE_TENANT_ID is no tenant", hint="set it to the tenant's id or one of its domains"
        )
    return attrs.evolve(
        client,
        authorization_url=f"{_ENTRA}/{tenant}/oauth2/v2.0/authorize",
        token_url=f"{_ENTRA}/{tenant}/oauth2/v2.0/token",
        device_url=f"{_ENTRA}/{tenant}/oauth2/v2.0/devicecode",
    )


def _row(methods: tuple[Method, ...], client: OAuthClient, how_to_get_client: str = "", shared_names: str = "") -> Row:
    return Row(attrs.evolve(client, methods=methods), how_to_get_client, shared_names)


_BLANK = OAuthClient("", "", ())
_OWN_CLIENT = (
    "register an OAuth client with the provider, then set {names}, and its addresses in `providers.{provider}.oauth`"
)
_GOOGLE_CLIENT = (
    "create an OAuth client of the type Desktop app at https://console.cloud.google.com/apis/credentials, then set "
    "GOOGLE_OAUTH_CLIENT_ID and GOOGLE_OAUTH_CLIENT_SECRET (or `providers.{provider}.clientId`)"
)
_GOOGLE = OAuthClient(  # https://developers.google.com/identity/protocols/oauth2/native-app
    "",
    "",
    (),
    authorization_url="https://accounts.google.com/o/oauth2/v2/auth",
    token_url="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
    scope=f"openid email {_GOOGLE_CLOUD}",
    issuer="https://accounts.google.com",
    authorize_params={"access_type": "offline", "prompt": "consent"},
)

_ROWS: Mapping[str, Row] = {
    "github-copilot": _row(
        ("device",),
        attrs.evolve(_BLANK, scope="read:user", flavor="github"),
        "register an OAuth app at https://github.com/settings/applications/new, tick `Enable Device Flow`, then set "
        "{names}",
    ),
    # Anthropic documents no address for clients of this kind: its own are for its own programs, and those of
    # Claude Platform OAuth take a signed assertion from a server (platform.claude.com/docs, November 2026).
    "anthropic": _row(
        ("browser", "paste"),
        attrs.evolve(_BLANK, encoding="json"),
        "use an API key or `ant auth login`; or, with a client that Anthropic has registered for you, set {names}, "
        "and authorizationUrl and tokenUrl in `providers.{provider}.oauth`",
    ),
    "chatgpt": _row(  # https://developers.openai.com/siwc/token-sharing-open-source
        ("browser", "paste"),
        attrs.evolve(
            _BLANK,
            authorization_url="https://auth.openai.com/api/accounts/authorize",
            token_url="https://auth.openai.com/api/accounts/oauth/token",  # noqa: S106 - an address
            redirect_uri="http://127.0.0.1:0/auth/callback",
            scope=f"openid profile email offline_access resource.invoke {_CHATGPT_SCOPE}",
            issuer="https://auth.openai.com",
            authorize_params={"resource": "https://api.openai.com/v1"},
            token_params={"resource": "https://api.openai.com/v1"},
            flavor="chatgpt",
            required_scope=_CHATGPT_SCOPE,
        ),
    ),
    "openrouter": _row(  # https://openrouter.ai/docs/use-cases/oauth-pkce
        ("browser", "paste"),
        attrs.evolve(
            _BLANK,
            authorization_url="https://openrouter.ai/auth",
            token_url="https://openrouter.ai/api/v1/auth/keys",  # noqa: S106 - an address
            encoding="json",
            flavor="openrouter",
        ),
    ),
    "gemini": _row(("browser", "paste"), _GOOGLE, _GOOGLE_CLIENT, "GOOGLE_OAUTH_CLIENT"),
    "vertex": _row(("browser", "paste"), _GOOGLE, _GOOGLE_CLIENT, "GOOGLE_OAUTH_CLIENT"),
    "azure": _row(
        ("browser", "device", "paste"),
        attrs.evolve(
            _BLANK,
            redirect_uri="http://localhost:0",  # Entra takes any port there, and wants no path that is not registered
            device_hosts=("microsoft.com", "www.microsoft.com", "login.microsoft.com"),
            scope="https://cognitiveservices.azure.com/.default offline_access",
        ),
        "register an application in Microsoft Entra with the mobile and desktop redirect URI `http://localhost` and "
        "public client flows allowed (https://entra.microsoft.com), then set {names}, and AZURE_TENANT_ID to your "
        "tenant",
    ),
    "openai": _row(
        (),
        _BLANK,
        "OpenAI takes API keys, and the provider `chatgpt` signs in with a plan; for a server of your own, set {names}",
    ),
}
