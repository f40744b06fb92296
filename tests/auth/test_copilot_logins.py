"""The logins of GitHub Copilot's plugins: found wherever they are, for the host that is asked, and left alone."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.auth.copilot_logins import CopilotLogin, found

SCHEMA = """
    CREATE TABLE oauth_tokens (
        user_login TEXT, auth_authority TEXT, scopes TEXT, token_schema_version INTEGER, token_ciphertext BLOB,
        last_used_at INTEGER, updated_at INTEGER
    )
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "config" / "github-copilot"
    made.mkdir(parents=True)
    return made


def environment(folder: Path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(folder.parent)}


def written(file: Path, logins: object, *, at: int = 1_700_000_000) -> Path:
    """A file of logins, written a while ago."""
    file.write_text(json.dumps(logins))
    os.utime(file, (at, at))
    return file


def tokens(folder: Path, domain: str = "") -> list[str]:
    return [login.token.reveal() for login in found(domain, environment(folder))]


def login(token: str) -> dict[str, str]:
    return {"user": "octocat", "oauth_token": token}


def row(authority: str, token: bytes, used_at: int = 0) -> tuple[object, ...]:
    return ("octocat", authority, "read:user", 0, token, used_at, used_at)


def database(folder: Path, *rows: tuple[object, ...], wal: bool = True) -> Path:
    """The database as the plugin leaves it when it ends."""
    file = folder / "auth.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA journal_mode = {'WAL' if wal else 'DELETE'}")
        connection.execute(SCHEMA)
        connection.executemany("INSERT INTO oauth_tokens VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    return file


@pytest.fixture
def running(folder: Path) -> Generator[Path]:
    """The database while the plugin runs: what it wrote is only in its log yet."""
    with closing(sqlite3.connect(folder / "auth.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute(SCHEMA)
        connection.execute("INSERT INTO oauth_tokens VALUES (?, ?, ?, ?, ?, ?, ?)", row("github.com", b"gho_now"))
        yield folder


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.suffix != ".db-shm"}


@pytest.mark.parametrize(
    ("key", "domain"),
    [
        ("github.com", ""),
        ("github.com", "github.com"),
        ("github.com:Iv1.b507a0", "https://github.com/"),
        ("acme.ghe.com", "acme.ghe.com"),
        ("acme.ghe.com:Iv1.b507a0", "https://ACME.ghe.com/"),
        ("127.0.0.1:4321", "http://127.0.0.1:4321"),
        ("127.0.0.1:4321:Ov23", "http://127.0.0.1:4321/"),
    ],
)
def test_finds_the_login_at_a_host(folder: Path, key: str, domain: str) -> None:
    written(folder / "apps.json", {"elsewhere.ghe.com": login("gho_wrong"), key: login("gho_1")})

    assert tokens(folder, domain) == ["gho_1"]


@pytest.mark.parametrize(
    ("key", "domain"),
    [
        ("github.com.evil.test", ""),
        ("evil-github.com", ""),
        ("acme.ghe.com", ""),
        ("github.com", "acme.ghe.com"),
        ("127.0.0.1:8443", "http://127.0.0.1"),
        ("127.0.0.1:43210", "http://127.0.0.1:4321"),
    ],
)
def test_takes_no_login_of_another_host(folder: Path, key: str, domain: str) -> None:
    written(folder / "hosts.json", {key: login("gho_1")})

    assert tokens(folder, domain) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        '{"github.com": 1}',
        '{"github.com": []}',
        '{"github.com": {"user": "octocat"}}',
        '{"github.com": {"oauth_token": 1}}',
        '{"github.com": {"oauth_token": ""}}',
        '{"github.com": {"oauth_token": "gho_1\\r\\nX-Evil: 1"}}',
        '{"github.com": {"oauth_token": "gho_1"}' + " " * (1 << 20) + "}",
    ],
)
def test_passes_over_what_holds_no_login(folder: Path, text: str) -> None:
    (folder / "apps.json").write_text(text)
    written(folder / "hosts.json", {"github.com": login("gho_older")})

    assert tokens(folder) == ["gho_older"]


def test_passes_over_what_is_no_file(folder: Path) -> None:
    (folder / "apps.json").mkdir()
    os.mkfifo(folder / "hosts.json")
    (folder / "auth.db").symlink_to(folder / "gone")

    assert tokens(folder) == []


@pytest.mark.parametrize("newest", ["apps.json", "hosts.json", "auth.db"])
def test_takes_what_was_written_last_first(folder: Path, newest: str) -> None:
    database(folder, row("github.com", b"gho_auth"))
    for file in ("apps.json", "hosts.json"):
        written(folder / file, {"github.com": login(f"gho_{file.partition('.')[0]}")})
    os.utime(folder / "auth.db", (1_700_000_000, 1_700_000_000))
    os.utime(folder / newest, (1_800_000_000, 1_800_000_000))

    assert found("", environment(folder))[0].file == folder / newest


@pytest.mark.parametrize("wal", [True, False])
def test_reads_the_database_and_leaves_it_and_nothing_else(folder: Path, wal: bool) -> None:
    database(
        folder,
        row("github.com", b"gho_old", 1),
        row("github.com", b"gho_used", 3),
        row("github.com", bytes(range(128, 188)), 4),
        row("acme.ghe.com", b"ghu_acme", 5),
        wal=wal,
    )
    before = content(folder)

    assert tokens(folder) == ["gho_used", "gho_old"]
    assert tokens(folder, "acme.ghe.com") == ["ghu_acme"]
    assert content(folder) == before
    assert [file.name for file in folder.iterdir()] == ["auth.db"]


def test_reads_what_a_running_plugin_has_only_just_written(running: Path) -> None:
    before = content(running)

    assert tokens(running) == ["gho_now"]
    assert content(running) == before


def test_waits_for_no_plugin_that_holds_the_database(folder: Path) -> None:
    file = database(folder, row("github.com", b"gho_1"), wal=False)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")

        assert tokens(folder) in ([], ["gho_1"])


@pytest.mark.parametrize("rows", [b"", b"SQLite format 3\x00 and then nothing", b"no database at all" * 100])
def test_passes_over_what_is_no_database(folder: Path, rows: bytes) -> None:
    (folder / "auth.db").write_bytes(rows)

    assert tokens(folder) == []


def test_passes_over_a_database_of_another_making(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "auth.db")) as connection:
        connection.execute("CREATE TABLE oauth_tokens (token TEXT)")

    assert tokens(folder) == []


async def test_gives_the_token_and_looks_again_each_time(folder: Path) -> None:
    file = written(folder / "apps.json", {"github.com:Iv1.1": login("gho_1")})
    copilot = CopilotLogin("github-copilot", "", environment(folder))
    first = await copilot.get()
    file.write_text(json.dumps({"github.com:Iv1.1": login("gho_2")}))
    second = await copilot.get()
    file.write_text(json.dumps({"github.com:Iv1.1": login("gho_3")}))

    assert (first.secret.reveal(), first.base_url, first.headers) == ("gho_1", "", {})
    assert second.secret.reveal() == "gho_2"
    assert (await copilot.get()).secret.reveal() == "gho_3"


async def test_takes_another_login_after_one_was_refused(folder: Path) -> None:
    written(folder / "apps.json", {"github.com:Iv1.1": login("gho_1"), "github.com:Ov23": login("gho_2")})
    copilot = CopilotLogin("github-copilot", "", environment(folder))
    copilot.forget((await copilot.get()).secret)
    second = await copilot.get()
    copilot.forget(second.secret)

    assert second.secret.reveal() == "gho_2"
    assert (await copilot.get()).secret.reveal() == "gho_1"


async def test_says_that_the_login_is_gone(folder: Path) -> None:
    with pytest.raises(errors.MissingCredentials) as caught:
        await CopilotLogin("github-copilot", "acme.ghe.com", environment(folder)).get()

    assert caught.value.sentence == (
        "No credential for github-copilot: GitHub Copilot's plugins are not signed in to acme.ghe.com any more. "
        "Sign in to GitHub Copilot in your editor, or run `llm-ls login github-copilot`."
    )


def test_looks_in_the_home_where_nothing_else_is_said(tmp_path: Path) -> None:
    folder = tmp_path / ".config" / "github-copilot"
    folder.mkdir(parents=True)
    written(folder / "hosts.json", {"github.com": login("gho_1")})

    assert [login.token.reveal() for login in found("", {"HOME": str(tmp_path)})] == ["gho_1"]


def test_imports_no_sqlite_without_a_database(folder: Path) -> None:
    written(folder / "hosts.json", {"github.com": login("gho_1")})
    look = "import sys; from llm_ls.auth import copilot_logins as c; c.found('', {'XDG_CONFIG_HOME': sys.argv[1]})"
    done = subprocess.run(
        [sys.executable, "-c", f"{look}; print('sqlite3' in sys.modules)", str(folder.parent)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "False\n"


def test_shows_no_token(folder: Path) -> None:
    written(folder / "hosts.json", {"github.com": login("gho_s3cret")})

    assert "s3cret" not in repr(found("", environment(folder)))
