"""Vertex AI: where a project's models are, and tokens by application default credentials."""

import asyncio
import base64
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from llm_ls import errors
from llm_ls.auth.grant import Grant
from llm_ls.auth.secret import Secret
from llm_ls.providers import configured
from llm_ls.providers.access import Access
from llm_ls.providers.network import Network
from llm_ls.settings import ProviderSettings, Settings
from tests.providers import asked
from tests.providers.registries import HELLO, JSON, Make, failure
from tests.rigs.vendor import Answer, LoopbackVendor

GLOBAL = "https://aiplatform.googleapis.com/v1/projects/acme/locations/global/endpoints/openapi"


@pytest.fixture(scope="module")
def private_key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.fixture
def service_account(tmp_path: Path, vendor: LoopbackVendor, private_key: str) -> Path:
    """The file of a service account whose tokens the vendor gives out."""
    return written(
        tmp_path / "account.json",
        type="service_account",
        project_id="acme",
        private_key_id="1",
        private_key=private_key,
        client_email="ls@acme.iam.gserviceaccount.com",
        token_uri=f"{vendor.url}/token",
    )


def written(file: Path, **members: Any) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(members))
    return file


@pytest.fixture
def tokens_for_people(vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their files do not say where tokens are given out: it is always the same place, here the vendor."""
    monkeypatch.setattr("google.oauth2.credentials._GOOGLE_OAUTH2_TOKEN_ENDPOINT", f"{vendor.url}/token")


def person(file: Path, **members: Any) -> Path:
    """The file that `gcloud` writes for a person."""
    return written(
        file,
        type="authorized_user",
        client_id="c",
        client_secret="s3cret",
        refresh_token="r3fresh",
        **members,
    )


def token(text: str, expires_in: int = 3600) -> Answer:
    body = {"access_token": text, "expires_in": expires_in, "token_type": "Bearer"}
    return Answer((json.dumps(body).encode(),), headers=JSON)


def environment(vendor: LoopbackVendor, file: Path) -> dict[str, str]:
    return {"GOOGLE_APPLICATION_CREDENTIALS": str(file), "VERTEX_BASE_URL": f"{vendor.url}/v1/openapi"}


def vertex(variables: dict[str, str], **settings: Any) -> configured.Provider:
    given = Settings(providers={"vertex": ProviderSettings(**settings)})
    return configured.providers(given, variables)["vertex"]


@pytest.mark.parametrize(
    ("variables", "settings", "address"),
    [
        ({"GOOGLE_CLOUD_PROJECT": "acme"}, {}, GLOBAL),
        ({}, {"project": "acme"}, GLOBAL),
        ({"GOOGLE_CLOUD_PROJECT": "other"}, {"project": "acme", "location": "global"}, GLOBAL),
        (
            {"GOOGLE_CLOUD_PROJECT": "acme", "GOOGLE_CLOUD_LOCATION": "europe-west4"},
            {},
            "https://europe-west4-aiplatform.googleapis.com/v1/projects/acme/locations/europe-west4/endpoints/openapi",
        ),
        (
            {"GOOGLE_CLOUD_PROJECT": "acme"},
            {"location": "eu"},
            "https://aiplatform.eu.rep.googleapis.com/v1/projects/acme/locations/eu/endpoints/openapi",
        ),
    ],
)
def test_address_is_made_of_project_and_location(
    variables: dict[str, str], settings: dict[str, str], address: str
) -> None:
    assert vertex(variables, **settings).base_url == address


def test_file_of_credentials_names_the_project(service_account: Path, tmp_path: Path, vendor: LoopbackVendor) -> None:
    of_service = vertex({"GOOGLE_APPLICATION_CREDENTIALS": str(service_account)})
    of_person = vertex({"CLOUDSDK_CONFIG": str(person(tmp_path / "application_default_credentials.json").parent)})
    billed = vertex({"GOOGLE_APPLICATION_CREDENTIALS": str(person(tmp_path / "billed.json", quota_project_id="acme"))})

    assert (of_service.base_url, of_service.headers) == (GLOBAL, {})
    assert of_person.placeless
    assert (billed.base_url, billed.headers) == (GLOBAL, {"x-goog-user-project": "acme"})


@pytest.mark.parametrize(
    ("variables", "settings", "said"),
    [
        ({"GOOGLE_CLOUD_PROJECT": "acme", "GOOGLE_CLOUD_LOCATION": "evil.test/"}, {}, "GOOGLE_CLOUD_LOCATION"),
        ({"GOOGLE_CLOUD_PROJECT": "a/b"}, {}, "GOOGLE_CLOUD_PROJECT"),
        ({}, {"project": "acme", "location": "x.evil.test#"}, "providers.vertex.location"),
    ],
)
def test_location_leads_nowhere_else(
    variables: dict[str, str], settings: dict[str, str], said: str, make: Make
) -> None:
    error = failure(make(variables, providers={"vertex": ProviderSettings(**settings)}).model, "vertex/m")  # pyright: ignore[reportArgumentType] - a test

    assert (error.kind, error.message) == ("settings", f"{said} is no address of an API")


def test_project_that_nobody_named_is_missed_by_name(make: Make) -> None:
    assert failure(make({}).model, "vertex/m").sentence == (
        "Nobody said where Google Vertex AI is: GOOGLE_CLOUD_PROJECT is not set, nor is providers.vertex.project. "
        "Set GOOGLE_CLOUD_PROJECT, or providers.vertex.project."
    )


def test_every_place_of_a_credential_is_named(make: Make) -> None:
    error = failure(make({"GOOGLE_CLOUD_PROJECT": "acme"}).model, "vertex/m")

    assert error.kind == "missing_credentials"
    assert error.sentence == (
        "No credential for vertex: no apiKeyCommand in settings, GOOGLE_APPLICATION_CREDENTIALS is not set, no key is "
        "saved and nobody is signed in by gcloud. Run `gcloud auth application-default login`, or set "
        "GOOGLE_APPLICATION_CREDENTIALS."
    )


async def test_service_account_asks_for_a_token_once(service_account: Path, vendor: LoopbackVendor, make: Make) -> None:
    vendor.answers(token("ya29.first"))
    vendor.says(HELLO)
    registry = make(environment(vendor, service_account))

    await asyncio.gather(*(asked.answer(registry.model("vertex/gemini-3.8-flash")) for _ in range(3)))
    asking, *questions = vendor.requests
    form = parse_qs(asking.body.decode())
    claims = json.loads(base64.urlsafe_b64decode(form["assertion"][0].split(".")[1] + "=="))

    assert (asking.method, asking.path) == ("POST", "/token")
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    assert claims["iss"] == "ls@acme.iam.gserviceaccount.com"
    assert claims["scope"] == "https://www.googleapis.com/auth/cloud-platform"
    assert [request.path for request in questions] == ["/v1/openapi/chat/completions"] * 3
    assert {request.headers["authorization"] for request in questions} == {"Bearer ya29.first"}
    assert {request.json["model"] for request in questions} == {"google/gemini-3.8-flash"}


@pytest.mark.usefixtures("tokens_for_people")
async def test_sign_in_of_gcloud_counts(tmp_path: Path, vendor: LoopbackVendor, make: Make) -> None:
    file = person(tmp_path / "application_default_credentials.json")
    registry = make({"CLOUDSDK_CONFIG": str(file.parent), "VERTEX_BASE_URL": vendor.url})
    vendor.answers(token("ya29.mine"))
    vendor.says(HELLO)

    await asked.answer(registry.model("vertex/meta/llama-4"))

    assert parse_qs(vendor.requests[0].body.decode())["refresh_token"] == ["r3fresh"]
    assert vendor.requests[1].headers["authorization"] == "Bearer ya29.mine"
    assert vendor.requests[1].json["model"] == "meta/llama-4"


async def test_source_is_shown(service_account: Path, tmp_path: Path, vendor: LoopbackVendor, make: Make) -> None:
    file = person(tmp_path / "application_default_credentials.json")
    named = make(environment(vendor, service_account)).providers()
    found = make({"CLOUDSDK_CONFIG": str(file.parent), "GOOGLE_CLOUD_PROJECT": "acme"}).providers()

    assert [(row.credential, row.configured) for row in named if row.id == "vertex"] == [("environment", True)]
    assert [(row.credential, row.configured) for row in found if row.id == "vertex"] == [("other_tool", True)]
    assert vendor.requests == []


async def test_token_about_to_expire_is_replaced(service_account: Path, vendor: LoopbackVendor, make: Make) -> None:
    says_hello = Answer((HELLO,))
    vendor.answers(token("ya29.short", expires_in=60), says_hello, token("ya29.next"), says_hello)
    registry = make(environment(vendor, service_account))

    await asked.answer(registry.model("vertex/m"))
    await asked.answer(registry.model("vertex/m"))

    assert vendor.requests[-1].headers["authorization"] == "Bearer ya29.next"


async def test_refused_token_is_replaced_once(service_account: Path, vendor: LoopbackVendor, make: Make) -> None:
    refused = Answer((b'{"error": {"code": 401, "status": "UNAUTHENTICATED", "message": "no"}}',), 401, JSON)
    vendor.answers(token("ya29.revoked"), refused, token("ya29.next"), Answer((HELLO,)))

    await asked.answer(make(environment(vendor, service_account)).model("vertex/m"))

    assert vendor.requests[-1].headers["authorization"] == "Bearer ya29.next"


@pytest.mark.usefixtures("tokens_for_people")
async def test_ended_sign_in_is_named(tmp_path: Path, vendor: LoopbackVendor, make: Make) -> None:
    file = person(tmp_path / "mine.json")
    vendor.refuses(400, {"error": "invalid_grant", "error_description": "Token r3fresh has been revoked."})

    error = await asked.failure(make(environment(vendor, file)).model("vertex/m"))

    assert error.kind == "sign_in_required"
    assert error.sentence == (
        f"The sign-in of {file} has ended (invalid_grant). Run `gcloud auth application-default login`."
    )


async def test_refused_service_account_is_named(service_account: Path, vendor: LoopbackVendor, make: Make) -> None:
    vendor.refuses(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})

    error = await asked.failure(make(environment(vendor, service_account)).model("vertex/m"))

    assert (error.kind, error.message) == (
        "authentication",
        f"Google refused the credentials in {service_account} (invalid_grant)",
    )


async def test_nobody_at_the_token_address_is_named(service_account: Path, vendor: LoopbackVendor, make: Make) -> None:
    vendor.answers(None)

    error = await asked.failure(make(environment(vendor, service_account)).model("vertex/m"))

    assert (error.kind, error.provider) == ("connection", None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is no JSON"),
        ("[1]", "holds no credentials of a kind that is known"),
        ('{"type": "gdch_service_account"}', "holds no credentials of a kind that is known"),
        (
            '{"type": "service_account", "client_email": "a", "private_key": "s3cret", "token_uri": "x"}',
            "lacks a part of its credentials, or holds a broken one",
        ),
        ('{"type": "authorized_user", "client_id": "s3cret"}', "lacks a part of its credentials"),
    ],
)
async def test_file_that_cannot_be_used_is_named(
    content: str, said: str, tmp_path: Path, vendor: LoopbackVendor, make: Make
) -> None:
    file = tmp_path / "broken.json"
    file.write_text(content)

    error = await asked.failure(make(environment(vendor, file)).model("vertex/m"))

    assert error.kind == "missing_credentials"
    assert f"{file} {said}" in error.message
    assert "s3cret" not in repr(error) + error.sentence
    assert vendor.requests == []


async def test_file_that_is_not_there_is_named(tmp_path: Path, vendor: LoopbackVendor, make: Make) -> None:
    error = await asked.failure(make(environment(vendor, tmp_path / "gone.json")).model("vertex/m"))

    assert error.message == (
        f"no credential for vertex: {tmp_path / 'gone.json'} cannot be read: No such file or directory"
    )


async def test_extra_that_is_not_installed_is_named(
    service_account: Path, vendor: LoopbackVendor, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "llm_ls.auth.google", raising=False)
    monkeypatch.setitem(sys.modules, "google.auth", None)

    error = await asked.failed(make(environment(vendor, service_account)).model("vertex/m"))

    assert error.sentence == (
        "No credential for vertex: the package google-auth is not installed. Install llm-ls[google]."
    )


def test_credentials_go_to_google_and_where_the_user_said() -> None:
    def uses_google(id: str, **settings: Any) -> bool:
        given = Settings(providers={id: ProviderSettings(kind="vertex", **settings)})
        return configured.providers(given, {})[id].lookup.google

    assert uses_google("vertex", project="acme")
    assert uses_google("vertex", base_url="https://vertex.test")
    assert uses_google("second", project="acme")
    assert uses_google("second", base_url="https://europe-west4-aiplatform.googleapis.com/v1/x")
    assert not uses_google("second", base_url="https://gateway.test")
    assert not uses_google("second", base_url="https://googleapis.com.test")
    assert not uses_google("second", base_url="http://aiplatform.googleapis.com")
    assert not uses_google("vertex", project="acme", api_key_env="TOKEN")


async def test_token_shows_itself_nowhere(
    service_account: Path, vendor: LoopbackVendor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    vendor.answers(token("ya29.s3cret"))
    variables = environment(vendor, service_account)
    access = Access(variables, Network())
    attempt = access.attempt(vertex(variables))

    try:
        found = await attempt.credential()
    finally:
        await access.aclose()

    assert found == Grant(Secret("ya29.s3cret"))
    assert "s3cret" not in caplog.text + repr(access.__dict__) + repr(attempt.__dict__)


async def test_address_is_missed_before_a_credential(make: Make, service_account: Path) -> None:
    with pytest.raises(errors.SettingsInvalid):
        make({}, providers={"second": ProviderSettings(kind="vertex")}).model("second/m")
