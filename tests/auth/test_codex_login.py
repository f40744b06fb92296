"""Codex's login: its key or its token is taken as it is, nothing is refreshed, and the file stays untouched."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest

from llm_ls import errors
from llm_ls.auth import codex_login
from llm_ls.auth.codex_login import CodexLogin, Kind
from llm_ls.auth.grant import Grant
from llm_ls.auth.secret import Secret


def jwt(**claims: Any) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJSUzI1NiJ9.{payload}.c2lnbmVk"


VALID = jwt(exp=time.time() + 3600, sub="1")
EXPIRED = jwt(exp=time.time() - 1)


def written(folder: Path, content: object, mode: int = 0o600) -> dict[str, str]:
    """The environment in which Codex has left this."""
    file = folder / "auth.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    file.chmod(mode)
    return {"CODEX_HOME": str(folder)}


def of_plan(access: str, **tokens: Any) -> dict[str, Any]:
    kept = {"id_token": jwt(email="ada@example.org"), "access_token": access, "refresh_token": "rt_1", **tokens}
    return {"OPENAI_API_KEY": None, "tokens": kept, "last_refresh": "2026-11-27T10:00:00Z"}


async def failure(login: CodexLogin) -> errors.LlmLsError:
    with pytest.raises(errors.LlmLsError) as caught:
        await login.get()
    return caught.value


async def test_gives_the_key_to_the_api(tmp_path: Path) -> None:
    environment = written(tmp_path, {"OPENAI_API_KEY": "sk-1", "tokens": None})

    assert codex_login.holds("openai", environment)
    assert not codex_login.holds("chatgpt", environment)
    assert await CodexLogin("openai", "openai", environment).get() == Grant(Secret("sk-1"))


async def test_gives_the_token_where_a_plan_pays_and_says_whose(tmp_path: Path) -> None:
    environment = written(tmp_path, of_plan(VALID, account_id="acc-1"))

    assert codex_login.holds("chatgpt", environment)
    assert not codex_login.holds("openai", environment)
    assert await CodexLogin("chatgpt", "chatgpt", environment).get() == Grant(
        Secret(VALID),
        "https://chatgpt.com/backend-api/codex",
        {"originator": "llm-ls", "chatgpt-account-id": "acc-1"},
    )


@pytest.mark.parametrize(
    ("tokens", "account"),
    [
        ({"id_token": jwt(**{"https://api.openai.com/auth": {"chatgpt_account_id": "acc-2"}})}, "acc-2"),
        ({"account_id": "acc\r\nX-Evil: 1"}, None),
        ({"account_id": 1}, None),
    ],
)
async def test_says_whose_plan_it_is_as_far_as_it_is_known(
    tmp_path: Path, tokens: dict[str, Any], account: str | None
) -> None:
    grant = await CodexLogin("chatgpt", "chatgpt", written(tmp_path, of_plan(VALID, **tokens))).get()

    assert grant.headers.get("chatgpt-account-id") == account


async def test_token_that_does_not_say_when_it_ends_is_tried(tmp_path: Path) -> None:
    environment = written(tmp_path, of_plan("opaque"))

    assert (await CodexLogin("chatgpt", "chatgpt", environment).get()).secret == Secret("opaque")


async def test_expired_token_is_codexs_to_renew(tmp_path: Path) -> None:
    error = await failure(CodexLogin("chatgpt", "chatgpt", written(tmp_path, of_plan(EXPIRED))))

    assert error.kind == "sign_in_required"
    assert error.sentence == (
        f"The token of Codex's login in {tmp_path / 'auth.json'} has expired. "
        "Run codex once, or sign in with `llm-ls login chatgpt`."
    )


async def test_takes_what_codex_has_renewed(tmp_path: Path) -> None:
    login = CodexLogin("chatgpt", "chatgpt", written(tmp_path, of_plan(VALID)))
    login.forget((await login.get()).secret)
    renewed = jwt(exp=time.time() + 7200)
    written(tmp_path, of_plan(renewed))

    assert (await login.get()).secret == Secret(renewed)


@pytest.mark.parametrize("kind", ["openai", "chatgpt"])
@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '"sk-s3cret"',
        "{}",
        '{"OPENAI_API_KEY": 1, "tokens": []}',
        '{"OPENAI_API_KEY": "", "tokens": {"access_token": ""}}',
        '{"OPENAI_API_KEY": "sk s3cret", "tokens": {"access_token": ["s3cret"]}}',
        '{"OPENAI_API_KEY": "sk-s3cret' + "x" * (1 << 20) + '"}',
    ],
)
async def test_what_holds_no_login_is_none(tmp_path: Path, kind: Kind, content: str) -> None:
    environment = written(tmp_path, content)
    error = await failure(CodexLogin(kind, kind, environment))

    assert not codex_login.holds(kind, environment)
    assert error.kind == "missing_credentials"
    assert "s3cret" not in repr(error) + error.sentence


async def test_says_that_the_login_is_gone(tmp_path: Path) -> None:
    error = await failure(CodexLogin("openai", "openai", {"CODEX_HOME": str(tmp_path)}))

    assert (
        error.message == f"no credential for openai: {tmp_path / 'auth.json'} cannot be read: No such file or directory"
    )


async def test_refuses_what_others_may_read_and_says_what_to_do(tmp_path: Path) -> None:
    environment = written(tmp_path, {"OPENAI_API_KEY": "sk-1"}, mode=0o640)
    file = tmp_path / "auth.json"

    assert codex_login.holds("openai", environment)
    assert (await failure(CodexLogin("openai", "openai", environment))).sentence == (
        f"No credential for openai: {file} is not private: others may open it. Run `chmod 600 {file}`."
    )


async def test_refuses_a_link(tmp_path: Path) -> None:
    written(tmp_path, {"OPENAI_API_KEY": "sk-1"})
    other = tmp_path / "other"
    other.mkdir()
    (other / "auth.json").symlink_to(tmp_path / "auth.json")

    assert (await failure(CodexLogin("openai", "openai", {"CODEX_HOME": str(other)}))).message == (
        f"no credential for openai: {other / 'auth.json'} is a link"
    )


async def test_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    environment = written(tmp_path, of_plan(VALID))
    before = (tmp_path / "auth.json").read_bytes(), (tmp_path / "auth.json").stat().st_mtime_ns

    login = CodexLogin("chatgpt", "chatgpt", environment)
    login.forget((await login.get()).secret)
    await login.get()

    assert ((tmp_path / "auth.json").read_bytes(), (tmp_path / "auth.json").stat().st_mtime_ns) == before
    assert [file.name for file in tmp_path.iterdir()] == ["auth.json"]


def test_looks_in_the_home_where_nothing_else_is_said(tmp_path: Path) -> None:
    assert codex_login.file({"HOME": str(tmp_path)}) == tmp_path / ".codex" / "auth.json"
