"""Tokens by azure-identity: a real managed identity endpoint on this machine gives them, one at a time."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.auth import azure_identity
from llm_ls.auth.azure_identity import AzureTokens
from llm_ls.auth.grant import Grant
from llm_ls.auth.secret import Secret
from tests.rigs.vendor import Answer, LoopbackVendor

JSON = {"content-type": "application/json"}
VARIABLES = (
    *("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_CONFIG_DIR"),
    *("AZURE_TOKEN_CREDENTIALS", "AZURE_USERNAME", "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "MSI_ENDPOINT"),
)


@pytest.fixture(autouse=True)
def no_azure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is signed in, and nobody is asked beyond this machine: the package reads the process's environment."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def app_service(vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch) -> LoopbackVendor:
    """The managed identity of an App Service, which is ours."""
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{vendor.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "s3cret-header")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential")
    return vendor


def token(text: str, lasts_s: float = 86_400) -> Answer:
    resource = "https://cognitiveservices.azure.com"
    ends = str(int(time.time() + lasts_s))
    said = {"access_token": text, "expires_on": ends, "resource": resource, "token_type": "Bearer", "client_id": "c1"}
    return Answer((json.dumps(said).encode(),), headers=JSON)


async def failure(tokens: AzureTokens) -> errors.LlmLsError:
    with pytest.raises(errors.LlmLsError) as caught:
        await tokens.get()
    return caught.value


async def test_gives_the_token_of_a_managed_identity_and_asks_once(app_service: LoopbackVendor) -> None:
    app_service.answers(token("eyJ.a.1"))
    tokens = await azure_identity.tokens("azure")
    grants = await asyncio.gather(*(tokens.get() for _ in range(5)))
    (asked,) = app_service.requests

    assert grants == [Grant(Secret("eyJ.a.1"))] * 5
    assert asked.path.startswith("/msi/token?")
    assert "resource=https" in asked.path
    assert asked.headers["x-identity-header"] == "s3cret-header"


async def test_asks_again_minutes_before_a_token_ends(app_service: LoopbackVendor) -> None:
    app_service.answers(token("eyJ.a.1", 200), token("eyJ.a.2", 200))
    tokens = await azure_identity.tokens("azure")
    await tokens.get()
    asked = len(app_service.requests)
    second = await tokens.get()

    assert second.secret.reveal() == "eyJ.a.2"
    assert len(app_service.requests) > asked


async def test_asks_again_after_a_refusal(app_service: LoopbackVendor) -> None:
    app_service.answers(token("eyJ.a.1"), token("eyJ.a.2"))
    tokens = await azure_identity.tokens("azure")
    tokens.forget((await tokens.get()).secret)

    assert (await tokens.get()).secret.reveal() == "eyJ.a.2"


@pytest.fixture
def az(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Azure's command line, which does what it is told to."""
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "AzureCliCredential")
    monkeypatch.setenv("PATH", str(tmp_path))

    def does(script: str) -> None:
        (tmp_path / "az").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "az").chmod(0o700)

    return does


async def test_gives_the_token_of_azs_sign_in(az: Callable[[str], None]) -> None:
    az("""echo '{"accessToken": "eyJ.a.1", "expires_on": 4000000000}'""")

    assert await (await azure_identity.tokens("azure")).get() == Grant(Secret("eyJ.a.1"))


async def test_refusal_is_named_by_its_code_alone(az: Callable[[str], None], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    az("echo 'ERROR: AADSTS700082: The refresh token s3cret has expired. Please run az login' >&2; exit 1")
    error = await failure(await azure_identity.tokens("azure"))

    assert error.kind == "sign_in_required"
    assert error.sentence == (
        "Microsoft Entra refused a token for azure (AADSTS700082). "
        "Run `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET."
    )
    assert error.__cause__ is None
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        Answer((b"<html>s3cret</html>",), headers={"content-type": "text/html"}),
        Answer((b'{"access_token": "s3cret two words", "expires_on": "4000000000"}',), headers=JSON),
        Answer((b'{"error": "s3cret"}',), status=400, headers=JSON),
        Answer((b'["s3cret"]',), headers=JSON),
    ],
)
async def test_answer_that_is_no_token_is_named(app_service: LoopbackVendor, answer: Answer) -> None:
    app_service.answers(answer)
    error = await failure(await azure_identity.tokens("azure"))

    assert isinstance(error, errors.ProviderError)
    assert "s3cret" not in error.sentence


async def test_nobody_signed_in_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    error = await failure(await azure_identity.tokens("azure"))

    assert error.kind == "missing_credentials"
    assert error.message == "no credential for azure: none of the ways to sign in to Azure gave a token"


async def test_shows_no_token(app_service: LoopbackVendor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    app_service.answers(token("s3cret-token"))
    tokens = await azure_identity.tokens("azure")
    grant = await tokens.get()

    assert "s3cret" not in caplog.text + repr(grant) + repr(tokens.__dict__["_held"])


async def test_extra_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "azure.identity", None)
    with pytest.raises(errors.MissingCredentials) as caught:
        await azure_identity.tokens("azure")

    assert caught.value.sentence == (
        "No credential for azure: the package azure-identity is not installed. Install llm-ls[azure]."
    )


@pytest.mark.parametrize(
    "variable", ["AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE", "IDENTITY_ENDPOINT", "MSI_ENDPOINT"]
)
def test_somebody_is_signed_in_by_the_environment(variable: str, tmp_path: Path) -> None:
    assert azure_identity.present({variable: "x", "HOME": str(tmp_path)})
    assert not azure_identity.present({variable: " ", "HOME": str(tmp_path)})


@pytest.mark.parametrize(
    ("name", "content", "present"),
    [
        ("azureProfile.json", '\ufeff{"subscriptions": [{"id": "1"}]}', True),
        ("azureProfile.json", '{"subscriptions": []}', False),
        ("azureProfile.json", "[", False),
        ("msal_token_cache.json", "{}", True),
        ("msal_token_cache.bin", "x", True),
        ("clouds.config", "", False),
    ],
)
def test_somebody_is_signed_in_by_az(tmp_path: Path, name: str, content: str, present: bool) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    environment = {"AZURE_CONFIG_DIR": str(tmp_path)}

    assert azure_identity.present(environment) is present
    assert azure_identity.file(environment) == (tmp_path / name if present else None)


def test_imports_nothing_of_azure_to_see_that() -> None:
    look = "import os, sys; from llm_ls.auth import azure_identity as a; a.present(os.environ)"
    done = subprocess.run(
        [sys.executable, "-c", f"{look}; print([name for name in sys.modules if name.startswith('azure')])"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "[]\n"
