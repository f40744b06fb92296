"""Which login of another tool counts for a provider: the place is shown, and what is there is given."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from llm_ls import errors
from llm_ls.auth import borrowed
from llm_ls.auth.fetching import Fetched

KINDS = ("github-copilot", "anthropic", "openai", "chatgpt", "azure", "openrouter", "")


async def nobody(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Fetched:
    raise errors.ConnectionFailed("nobody is asked here")


@pytest.fixture
def home() -> Path:
    return Path(os.environ["HOME"])


def written(file: Path, content: Any, mode: int = 0o600) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    file.chmod(mode)
    return file


def copilot(home: Path) -> Path:
    return written(home / ".config/github-copilot/apps.json", {"github.com:Iv1.1": {"oauth_token": "gho_1"}})


def anthropic(home: Path) -> Path:
    settings = {"authentication": {"type": "user_oauth"}, "base_url": "https://api.example.org"}
    written(home / ".config/anthropic/configs/default.json", settings, 0o644)
    return written(home / ".config/anthropic/credentials/default.json", {"access_token": "sk-ant-oat01-1"})


def codex(home: Path) -> Path:
    return written(home / ".codex/auth.json", {"OPENAI_API_KEY": "sk-1", "tokens": {"access_token": "at_1"}})


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_counts_where_nobody_is_signed_in(kind: str) -> None:
    assert borrowed.place(kind, "", os.environ) is None


@pytest.mark.parametrize(
    ("kind", "login", "shown"),
    [
        ("github-copilot", copilot, "GitHub Copilot's login in ~/.config/github-copilot/apps.json"),
        ("anthropic", anthropic, "Anthropic's profile in ~/.config/anthropic/credentials/default.json"),
        ("openai", codex, "Codex's login in ~/.codex/auth.json"),
        ("chatgpt", codex, "Codex's login in ~/.codex/auth.json"),
    ],
)
def test_shows_where_a_login_is(home: Path, kind: str, login: Any, shown: str) -> None:
    file = login(home)
    place = borrowed.place(kind, "", os.environ)

    assert place is not None
    assert (place.file, str(place)) == (file, shown)


def test_shows_a_login_of_the_environment(home: Path) -> None:
    assert str(borrowed.place("azure", "", {"AZURE_CLIENT_ID": "1", "HOME": str(home)})) == (
        "Azure's sign-in in the environment"
    )


def test_shows_a_file_elsewhere_whole(tmp_path: Path) -> None:
    file = written(tmp_path / "auth.json", {"OPENAI_API_KEY": "sk-1"})

    assert str(borrowed.place("openai", "", {"CODEX_HOME": str(tmp_path)})) == f"Codex's login in {file}"


def test_login_of_another_host_does_not_count(home: Path) -> None:
    copilot(home)

    assert borrowed.place("github-copilot", "acme.ghe.com", os.environ) is None


def test_profile_that_cannot_be_used_is_shown_where_its_settings_are(home: Path) -> None:
    settings = written(home / ".config/anthropic/configs/work.json", "{", 0o644)
    place = borrowed.place("anthropic", "", {**os.environ, "ANTHROPIC_PROFILE": "work"})

    assert place is not None
    assert place.file == settings


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("folder", ["\x00", "/dev/null", "/proc/self/mem", "relative"])
def test_looking_fails_never(kind: str, folder: str) -> None:
    names = ("HOME", "XDG_CONFIG_HOME", "ANTHROPIC_CONFIG_DIR", "CODEX_HOME", "AZURE_CONFIG_DIR")

    assert borrowed.place(kind, "", dict.fromkeys(names, folder)) is None


def test_a_change_is_seen_at_once(home: Path) -> None:
    file = codex(home)
    before = borrowed.place("openai", "", os.environ)
    file.write_text("{}")
    changed = borrowed.place("openai", "", os.environ)
    codex(home)
    again = borrowed.place("openai", "", os.environ)
    file.unlink()

    assert [before is None, changed is None, again is None] == [False, True, False]
    assert borrowed.place("openai", "", os.environ) is None


@pytest.mark.parametrize(
    ("kind", "login", "secret", "base_url"),
    [
        ("github-copilot", copilot, "gho_1", ""),
        ("anthropic", anthropic, "sk-ant-oat01-1", "https://api.example.org"),
        ("openai", codex, "sk-1", ""),
        ("chatgpt", codex, "at_1", "https://chatgpt.com/backend-api/codex"),
    ],
)
async def test_gives_what_is_there_and_leaves_it(home: Path, kind: str, login: Any, secret: str, base_url: str) -> None:
    login(home)
    before = {file: file.read_bytes() for file in home.rglob("*.*") if file.is_file()}
    opened = await borrowed.open_login(kind, "acme", "", os.environ, nobody)
    assert opened is not None
    grant = await opened.get()
    opened.forget(grant.secret)
    await opened.get()

    assert (grant.secret.reveal(), grant.base_url) == (secret, base_url)
    assert {file: file.read_bytes() for file in home.rglob("*.*") if file.is_file()} == before


@pytest.mark.parametrize("kind", KINDS)
async def test_opens_nothing_where_nobody_is_signed_in(kind: str) -> None:
    assert await borrowed.open_login(kind, "acme", "", os.environ, nobody) is None


def test_looking_imports_nothing_heavy(home: Path) -> None:
    for login in (copilot, anthropic, codex):
        login(home)
    look = f"import os, sys; from llm_ls.auth import borrowed as b; [b.place(k, '', os.environ) for k in {KINDS!r}]"
    heavy = "{'asyncio', 'sqlite3', 'tempfile', 'azure', 'httpx2', 'anthropic', 'llm_ls.auth.anthropic_tokens'}"
    done = subprocess.run(
        [sys.executable, "-c", f"{look}; print(sorted({heavy} & set(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "['asyncio']\n"
