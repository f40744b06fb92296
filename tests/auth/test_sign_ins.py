"""Rows of sign-ins, completed by the settings and the environment; nobody else's client is among them."""

from typing import Any

import pytest

from llm_ls import errors
from llm_ls.auth import sign_ins
from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.auth.secret import Secret
from llm_ls.settings import OAuthSettings, ProviderSettings
from llm_ls.wire import from_json

OWN = OAuthSettings(authorization_url="https://id.acme.test/authorize", token_url="https://id.acme.test/token")


def made(
    kind: str,
    provider: str = "",
    *,
    client_id: str | None = None,
    oauth: OAuthSettings | None = None,
    domain: str | None = None,
    **environment: str,
) -> OAuthClient | None:
    return sign_ins.client(
        kind,
        provider or kind,
        name="Acme",
        client_id=client_id,
        oauth=oauth or OAuthSettings(),
        domain=domain,
        base_url="https://api.acme.test/v1",
        environment=environment,
    )


def row(kind: str, provider: str = "", **given: Any) -> OAuthClient:
    found = made(kind, provider, **given)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("kind", "methods"),
    [
        ("github-copilot", ("device",)),
        ("anthropic", ("browser", "paste")),
        ("chatgpt", ("browser", "paste")),
        ("openrouter", ("browser", "paste")),
        ("gemini", ("browser", "paste")),
        ("vertex", ("browser", "paste")),
        ("azure", ("browser", "device", "paste")),
    ],
)
def test_every_row_says_how_one_signs_in(kind: str, methods: tuple[str, ...]) -> None:
    found = row(kind)

    assert found.methods == methods
    assert (found.provider, found.name, found.audience) == (kind, "Acme", "https://api.acme.test/v1")
    assert found.client_id == ""


@pytest.mark.parametrize("kind", ["openai", "openai-responses", "mistral", "ollama", "local"])
def test_others_take_keys(kind: str) -> None:
    assert made(kind) is None
    assert made(kind, client_id="mine") is None


def test_openai_points_to_chatgpt() -> None:
    assert "the provider `chatgpt` signs in with a plan" in sign_ins.how_to_get_client("openai", "openai")


def test_any_provider_has_the_sign_in_that_the_user_describes() -> None:
    found = row("openai", "my.gateway", client_id="mine", oauth=OWN)
    with_codes = row("vllm", oauth=OAuthSettings(token_url=OWN.token_url, device_url="https://id.acme.test/device"))

    assert found.methods == ("browser", "paste")
    assert (found.client_id, found.authorization_url, found.token_url) == (
        "mine",
        "https://id.acme.test/authorize",
        "https://id.acme.test/token",
    )
    assert with_codes.methods == ("device",)
    sign_ins.check(found)


def test_settings_change_a_row_where_they_say_something() -> None:
    given = OAuthSettings(
        device_url="https://id.acme.test/device",
        redirect_uri="http://localhost:8085/cb",
        scope="a b",
        issuer="https://id.acme.test",
    )
    found = row("gemini", oauth=given)

    assert (found.redirect_uri, found.scope, found.issuer) == (
        "http://localhost:8085/cb",
        "a b",
        "https://id.acme.test",
    )
    assert found.methods == ("browser", "paste", "device")
    assert found.token_url == "https://oauth2.googleapis.com/token"
    assert found.authorize_params == {"access_type": "offline", "prompt": "consent"}


@pytest.mark.parametrize(
    ("kind", "client_id", "environment", "expected"),
    [
        ("anthropic", None, {"ANTHROPIC_OAUTH_CLIENT_ID": " a "}, ("a", None)),
        ("anthropic", "b", {"ANTHROPIC_OAUTH_CLIENT_ID": "a"}, ("b", None)),
        ("anthropic", "b", {"ANTHROPIC_OAUTH_CLIENT_SECRET": "s"}, ("b", Secret("s"))),
        ("anthropic", None, {"ANTHROPIC_OAUTH_CLIENT_SECRET": "s"}, ("", None)),
        ("anthropic", None, {"GOOGLE_OAUTH_CLIENT_ID": "a"}, ("", None)),
        ("github-copilot", None, {"GITHUB_COPILOT_OAUTH_CLIENT_ID": "a"}, ("a", None)),
        ("vertex", None, {"GOOGLE_OAUTH_CLIENT_ID": "a", "GOOGLE_OAUTH_CLIENT_SECRET": "s"}, ("a", Secret("s"))),
        ("gemini", None, {"GOOGLE_OAUTH_CLIENT_ID": "a", "GEMINI_OAUTH_CLIENT_ID": "b"}, ("b", None)),
        ("gemini", None, {"GEMINI_OAUTH_CLIENT_ID": "b", "GOOGLE_OAUTH_CLIENT_SECRET": "s"}, ("b", None)),
        ("gemini", "b", {"GOOGLE_OAUTH_CLIENT_SECRET": "s"}, ("b", Secret("s"))),
    ],
)
def test_client_is_the_users_own(
    kind: str, client_id: str | None, environment: dict[str, str], expected: tuple[str, Secret | None]
) -> None:
    found = row(kind, client_id=client_id, **environment)

    assert (found.client_id, found.client_secret) == expected


def test_variable_is_spelled_as_the_others_of_its_provider() -> None:
    assert row("azure", "my-azure.eu", MY_AZURE_EU_OAUTH_CLIENT_ID="a").client_id == "a"


@pytest.mark.parametrize("kind", ["github-copilot", "anthropic", "gemini", "vertex", "azure"])
def test_client_that_is_missing_is_said_to_be_got_where(kind: str) -> None:
    with pytest.raises(errors.MissingCredentials) as caught:
        sign_ins.check(row(kind))

    assert caught.value.hint == sign_ins.how_to_get_client(kind, kind)
    assert f"`providers.{kind}.clientId`" in caught.value.hint
    assert "_OAUTH_CLIENT_ID" in caught.value.hint
    assert "{" not in caught.value.hint


def test_github_says_every_step() -> None:
    assert sign_ins.how_to_get_client("github-copilot", "github-copilot") == (
        "register an OAuth app at https://github.com/settings/applications/new, tick `Enable Device Flow`, then set "
        "`providers.github-copilot.clientId` or GITHUB_COPILOT_OAUTH_CLIENT_ID"
    )


@pytest.mark.parametrize("kind", ["chatgpt", "openrouter"])
def test_some_want_no_client(kind: str) -> None:
    sign_ins.check(row(kind))


def test_address_that_is_missing_is_said() -> None:
    with pytest.raises(errors.MissingCredentials) as caught:
        sign_ins.check(row("anthropic", client_id="mine"))

    assert caught.value.hint == ("set `providers.anthropic.oauth`: tokenUrl, and authorizationUrl or deviceUrl")
    sign_ins.check(row("anthropic", client_id="mine", oauth=OWN))


def test_github_is_where_its_domain_is() -> None:
    assert row("github-copilot").device_url == "https://github.com/login/device/code"
    assert row("github-copilot", domain="octo.ghe.com").token_url == "https://octo.ghe.com/login/oauth/access_token"
    assert row("github-copilot").scope == "read:user"


def test_entra_signs_in_to_a_tenant() -> None:
    assert row("azure").token_url == "https://login.microsoftonline.com/organizations/oauth2/v2.0/token"
    assert row("azure", AZURE_TENANT_ID="acme.test").device_url == (
        "https://login.microsoftonline.com/acme.test/oauth2/v2.0/devicecode"
    )
    with pytest.raises(errors.SettingsInvalid):
        made("azure", AZURE_TENANT_ID="../evil")


def test_settings_take_addresses_only() -> None:
    given = from_json({"oauth": {"tokenUrl": "https://id.acme.test/token", "scope": "a"}}, ProviderSettings)

    assert given.oauth == OAuthSettings(token_url="https://id.acme.test/token", scope="a")
