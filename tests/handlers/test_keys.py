"""Keys that are given in the editor: kept, used, told only by their end, and deleted."""

import os
from pathlib import Path
from typing import Any

import pytest

from llm_ls.auth.attempts import Identity
from llm_ls.auth.entries import SignedIn
from llm_ls.auth.secret import Secret
from llm_ls.protocol import ext, ext_accounts
from tests.rigs.editor import Editor, Refused, editor
from tests.rigs.openai import whole
from tests.rigs.vendor import Answer, LoopbackVendor

KEY = "sk-planted-0123456789abcdef"


def folder() -> Path:
    return Path(os.environ["XDG_DATA_HOME"]) / "llm-ls"


async def save(one: Editor, provider: str = "openai", key: str = KEY) -> object:
    return await one.request("llm-ls/saveApiKey", {"provider": provider, "apiKey": key})


async def test_saved_key_is_used_at_once_and_by_the_next_server(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("hi"))
    os.environ["OPENAI_BASE_URL"] = vendor.url
    async with editor() as one:
        saved = await save(one)
        await one.request("llm-ls/chat", {"message": "Hello?", "model": "openai/gpt-6-luna"})
    vendor.says(*whole("hi"))
    async with editor() as one:
        await one.request("llm-ls/chat", {"message": "Hello?", "model": "openai/gpt-6-luna"})

    assert saved == {"store": "file", "encrypted": False}
    assert [request.headers["authorization"] for request in vendor.requests] == [f"Bearer {KEY}"] * 2


async def test_key_is_told_only_by_its_end() -> None:
    async with editor() as one:
        await save(one)
        told = await one.request("llm-ls/getApiKey", {"provider": "openai"})
        short = await save(one, "mistral", "short")
        untold = await one.request("llm-ls/getApiKey", {"provider": "mistral"})
        none = await one.request("llm-ls/getApiKey", {"provider": "groq"})
        traffic = one.traffic()

    assert told == {"hasApiKey": True, "masked": "****cdef", "source": "file"}
    assert short
    assert untold == {"hasApiKey": True, "masked": "****", "source": "file"}
    assert none == {"hasApiKey": False, "masked": "", "source": "none"}
    assert KEY not in traffic


async def test_file_of_keys_is_the_users_alone() -> None:
    async with editor() as one:
        await save(one)

    assert {file.name: oct(file.stat().st_mode & 0o777) for file in folder().iterdir() if "json" in file.name} == {
        "credentials.json": "0o600"
    }
    assert folder().stat().st_mode & 0o777 == 0o700


async def test_key_in_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment-1234")
    async with editor() as one:
        await save(one)
        told = await one.request("llm-ls/getApiKey", {"provider": "openai"})

    assert told == {"hasApiKey": True, "masked": "****1234", "source": "environment"}


async def test_saved_providers_are_listed_and_deleted() -> None:
    async with editor() as one:
        await save(one)
        await save(one, "mistral")
        listed = await one.request("llm-ls/listSavedProviders", None)
        left = await one.request("llm-ls/deleteApiKey", {"provider": "openai"})
        told = await one.request("llm-ls/getApiKey", {"provider": "openai"})

    assert listed == [
        {"provider": name, "hasApiKey": True, "authType": "api_key", "store": "file", "encrypted": False}
        for name in ("mistral", "openai")
    ]
    assert left == listed[:1]
    assert told["hasApiKey"] is False


@pytest.mark.parametrize("key", ["", "two words", "schlüssel", "sk\x00"])
async def test_what_is_no_key_is_refused(key: str) -> None:
    async with editor() as one:
        with pytest.raises(Refused, match="is no key for openai") as refused:
            await save(one, key=key)

    assert refused.value.data["kind"] == "missing_credentials"


async def test_unknown_provider_is_refused() -> None:
    async with editor() as one:
        with pytest.raises(Refused, match="open") as refused:
            await save(one, "opneai")

    assert refused.value.data["kind"] == "not_found"


async def test_nothing_is_kept_where_the_environment_is_all_there_is() -> None:
    async with editor(settings={"credentials": {"store": "environment"}}) as one:
        with pytest.raises(Refused, match="Nothing can be saved"):
            await save(one)

    assert not (folder() / "credentials.json").exists()


@pytest.mark.parametrize("request_", [("llm-ls/deleteApiKey", {"provider": "openai"}), ("llm-ls/signOut", {})])
async def test_what_is_not_looked_at_is_not_called_deleted(request_: tuple[str, dict[str, str]]) -> None:
    async with editor() as one:
        await save(one)
    async with editor(settings={"credentials": {"store": "environment"}}) as one:
        with pytest.raises(Refused, match="Nothing can be deleted"):
            await one.request(*request_)

    assert KEY in (folder() / "credentials.json").read_text()


async def test_key_and_sign_in_do_not_push_each_other_out(vendor: LoopbackVendor) -> None:
    team: dict[str, Any] = {"kind": "openai", "baseUrl": vendor.url, "clientId": "c"}
    team["oauth"] = {"authorizationUrl": f"{vendor.url}/authorize", "tokenUrl": f"{vendor.url}/token"}
    async with editor(settings={"providers": {"team": team}}) as one:
        entry = SignedIn(Secret("acc3ss"), details={"audience": vendor.url})
        await one.server.session.registry.accounts.keep("team", Identity(entry))
        await save(one, "team")
        with_key = await one.request("llm-ls/getApiKey", {"provider": "team"})
        both = await one.request("llm-ls/listSavedProviders", {})
        await one.request("llm-ls/deleteApiKey", {"provider": "team"})
        (left,) = await one.request("llm-ls/authStatus", {"provider": "team"})

    assert with_key["source"] == "file"
    assert [(row["authType"], row.get("account")) for row in both] == [("api_key", None), ("oauth", None)]
    assert left["signedIn"] is True


@pytest.mark.parametrize(
    ("method", "params"),
    [("deleteApiKey", {"provider": "openai"}), ("signOut", {}), ("listSavedProviders", {})],
)
async def test_damaged_file_is_no_empty_one(method: str, params: dict[str, str]) -> None:
    async with editor() as one:
        await save(one)
        (folder() / "credentials.json").write_text("{", encoding="utf-8")
        with pytest.raises(Refused, match="is damaged") as failure:
            await one.request(f"llm-ls/{method}", params)
        rows = await one.request("llm-ls/listProviders", {})

    assert failure.value.data["kind"] == "storage"
    assert len(rows) > 10


def test_what_is_given_is_in_no_repr_of_a_message() -> None:
    given = (
        ext_accounts.SaveApiKeyParams("openai", KEY),
        ext_accounts.SignInParams("openai", paste=KEY),
        ext.TestProviderConnectionParams("openai", api_key=KEY),
    )

    assert KEY not in repr(given)


async def test_key_waits_for_the_settings_that_say_where_it_goes(vendor: LoopbackVendor) -> None:
    vendor.answers(Answer((b'{"data": [{"id": "m"}]}',), headers={"content-type": "application/json"}))
    async with editor(environ={"OPENAI_API_KEY": KEY}) as one:
        settings = {"llm-ls": {"providers": {"openai": {"baseUrl": vendor.url}}}}
        one.notify("workspace/didChangeConfiguration", {"settings": settings})
        listed = await one.request("llm-ls/listModels", {"provider": "openai", "refresh": True})

    assert [model["id"] for model in listed] == ["openai/m"]
    assert len(vendor.requests) == 1


async def test_credential_that_cannot_be_read_leaves_the_work_to_another_provider(vendor: LoopbackVendor) -> None:
    providers = {name: {"kind": "openai", "baseUrl": vendor.url, "models": ["m"]} for name in ("locked", "open")}
    settings = {"providers": providers, "fallbacks": {"*": ["open/m"]}}
    async with editor(settings=settings, environ={"LLM_LS_PASSPHRASE": "correct horse"}) as one:
        await save(one, "locked")
    del os.environ["LLM_LS_PASSPHRASE"]
    vendor.says(*whole("hi"))
    async with editor(settings=settings) as one:
        answer = await one.request("llm-ls/chat", {"message": "Hello?", "model": "locked/m"})
        report = await one.request("llm-ls/testProviderConnection", {"provider": "locked"})

    assert answer["model"] == "open/m"
    assert (report["error"]["data"]["kind"], report["error"]["data"]["provider"]) == ("storage", "locked")
    assert "LLM_LS_PASSPHRASE" in report["error"]["message"]
