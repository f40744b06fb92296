"""The file is replaced whole or not at all, and one that is not in order is neither used nor lost."""

import asyncio
import contextlib
import json
import os
import stat
import subprocess
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.auth import credential_file
from llm_ls.auth.credential_store import CredentialStore
from llm_ls.auth.entries import SavedKey
from llm_ls.auth.secret import Secret
from tests.auth.store_processes import LIMIT_S, run, started

KEY = SavedKey(Secret("sk-planted-1"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "credentials.json"


async def a_file(path: Path) -> CredentialStore:
    store = CredentialStore({}, "file", path)
    await store.save("openai", "default", KEY)
    return store


async def refusal(path: Path) -> errors.StorageFailed:
    """What every way to use the file says, none of which changes it."""
    store = CredentialStore({}, "file", path)
    said: list[errors.StorageFailed] = []
    for asked in (store.load("openai"), store.save("openai", "other", KEY), store.delete("openai")):
        with pytest.raises(errors.StorageFailed) as caught:
            await asked
        said.append(caught.value)
    assert {(error.message, error.hint) for error in said} == {(said[0].message, said[0].hint)}
    assert store.problem == said[0].sentence
    assert (store.saved("openai"), store.all()) == (None, ())
    return said[0]


def do_as_told(error: errors.StorageFailed) -> None:
    subprocess.run(["sh", "-c", error.hint.split("`")[1]], check=True)


async def test_is_the_users_own_in_the_data_folder() -> None:
    folder = Path(os.environ["XDG_DATA_HOME"]) / "llm-ls"
    folder.mkdir(mode=0o755)
    store = CredentialStore({}, "file")
    await store.save("openai", "default", KEY)

    assert {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {
        "credentials.json": 0o600,
        "credentials.lock": 0o600,
    }
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_none_yet_is_no_problem_and_none_is_made_by_looking(path: Path) -> None:
    store = CredentialStore({}, "auto", path)

    assert (store.problem, store.saved("openai"), store.all()) == ("", None, ())
    assert (await store.load("openai"), await store.delete("openai")) == (None, 0)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"my notes",
        b'{"version": 1, "providers": {"openai": {"accounts": {"default": {"type": "api_',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"[]",
        b"null",
        b"{}",
        b'{"version": "1", "providers": {}}',
        b'{"version": true, "providers": {}}',
        b'{"version": 1}',
        b'{"version": 1, "providers": []}',
        b'{"version": 1, "providers": {"openai": []}}',
        b'{"version": 1, "providers": {"openai": {"accounts": [1]}}}',
        b'{"version": 1, "providers": {}} and more',
    ],
)
async def test_damaged_one_is_left_alone_until_it_is_moved_away(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)
    error = await refusal(path)
    kept = path.read_bytes()
    do_as_told(error)
    await a_file(path)

    assert error.message == f"the file {str(path)!r} is damaged, or not one of llm-ls"
    assert kept == path.with_name("credentials.json.old").read_bytes() == content


async def test_newer_one_is_left_alone_and_says_to_update(path: Path) -> None:
    content = '{"version": 2, "providers": {"openai": 1}}'
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    error = await refusal(path)

    assert "was made by a newer llm-ls (format 2; this one knows 1)" in error.message
    assert error.hint.startswith("update llm-ls, or ")
    assert path.read_text(encoding="utf-8") == content


async def test_damage_shows_nothing_of_the_file(path: Path) -> None:
    path.write_text('{"version": 1, "providers": {"openai": "sk-planted-1"', encoding="utf-8")
    path.chmod(0o600)
    error: BaseException | None = await refusal(path)

    while error is not None:
        assert "sk-planted" not in f"{error} {vars(error)}"
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o777])
async def test_one_that_is_open_to_others_is_not_used_until_it_is_closed(path: Path, mode: int) -> None:
    store = await a_file(path)
    path.chmod(mode)
    error = await refusal(path)
    do_as_told(error)

    assert error.message == f"the file {str(path)!r} is not used for credentials: it is open to other users"
    assert error.hint == f"run `chmod 600 {path}`; try again"
    assert await store.load("openai") == KEY


async def test_one_that_belongs_to_another_is_not_used(path: Path) -> None:
    await a_file(path)
    os.chown(path, 65534, -1)
    error = await refusal(path)

    assert "it belongs to another user" in error.message
    assert error.hint == f"run `sudo chown {os.geteuid()} {path}`; try again"


async def test_link_is_not_followed(path: Path) -> None:
    await a_file(path.with_name("mine.json"))
    path.symlink_to("mine.json")
    error = await refusal(path)

    assert "it is a link" in error.message
    assert error.hint == f"run `rm {path}`; what it leads to stays"
    assert path.is_symlink()


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
async def test_what_is_no_file_is_not_used(path: Path, make: Callable[[Path], None]) -> None:
    make(path)
    async with asyncio.timeout(10):
        error = await refusal(path)

    assert "it is no file" in error.message
    assert error.hint == f"run `mv {path} {path}.old`; llm-ls begins a new one"


async def test_what_others_write_is_seen_at_once(path: Path) -> None:
    store, other = CredentialStore({}, "file", path), CredentialStore({}, "file", path)
    seen: list[bool] = []
    for number in range(20):
        await other.save("openai", "default", SavedKey(Secret(f"sk-{number:02}")))
        seen.append(store.saved("openai") is not None)
        await other.delete("openai")
        seen.append(store.saved("openai") is None)

    assert seen == [True] * 40


@pytest.mark.parametrize("hours", [-24, 24])
async def test_what_others_write_is_seen_whatever_the_clock_says(path: Path, hours: int) -> None:
    store = await a_file(path)
    for account in ("a", "b"):
        content = json.loads(path.read_bytes())
        content["providers"]["openai"]["active"] = account
        content["providers"]["openai"]["accounts"] = {account: {"type": "api_key", "place": "file", "holds": ["key"]}}
        path.write_text(json.dumps(content), encoding="utf-8")
        os.utime(path, (1e9 + hours * 3600, 1e9 + hours * 3600))

        found = store.saved("openai")
        assert found is not None
        assert found.account == account


async def test_file_is_read_again_only_when_it_has_changed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_file(path)
    monkeypatch.setattr(credential_file, "_TICK_NS", 0)
    store, read = CredentialStore({}, "file", path), list[Path]()

    def contents(file: Path) -> bytes:
        read.append(file)
        return file.read_bytes()

    monkeypatch.setattr(credential_file, "_contents", contents)
    for _ in range(10):
        store.saved("openai")

    assert read == [path]


async def test_unknown_members_and_entries_are_kept(path: Path) -> None:
    await a_file(path)
    content = json.loads(path.read_bytes())
    content["later"] = {"a": 1}
    content["providers"]["openai"]["later"] = 2
    content["providers"]["openai"]["accounts"]["default"]["later"] = 3
    content["providers"]["openai"]["accounts"]["key"] = {"type": "passkey", "place": "tpm", "sealed": [1]}
    content["providers"]["else"] = {"accounts": {"a": "?", "b": {"type": "api_key", "place": "file"}}, "later": 4}
    path.write_text(json.dumps(content), encoding="utf-8")
    store = CredentialStore({}, "file", path)
    shown = [(saved.provider, saved.account) for saved in store.all()]
    await store.save("openai", "default", SavedKey(Secret("sk-planted-2")))
    await store.save("anthropic", "default", KEY)
    after = json.loads(path.read_bytes())
    content["providers"]["openai"]["accounts"]["default"]["plain"]["key"] = "sk-planted-2"
    del after["providers"]["anthropic"]

    assert shown == [("openai", "default")]
    assert after == content


@contextlib.contextmanager
def small_disk(folder: Path) -> Generator[Path]:
    """A disk of 64 KiB."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def fill(file: Path) -> None:
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as filler:
        while filler.write(bytes(4096)):
            pass


async def test_full_disk_costs_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        path = disk / "credentials.json"
        store = await a_file(path)
        before = path.read_bytes()
        fill(disk / "filler")
        with pytest.raises(errors.StorageFailed) as caught:
            await store.save("openai", "default", SavedKey(Secret("sk-planted-2")))
        left = {file.name for file in disk.iterdir()}
        after, loaded = path.read_bytes(), await store.load("openai")

    assert "cannot be used: No space left on device" in caught.value.message
    assert caught.value.hint == f"see that {path} can be written, and that its disk has room"
    assert left == {"credentials.json", "credentials.lock", "filler"}
    assert after == before
    assert loaded == KEY


async def test_folder_that_cannot_be_written_is_said(path: Path) -> None:
    await a_file(path)
    before = path.read_bytes()
    path.parent.chmod(0o500)
    path.with_name("credentials.lock").unlink()
    (said,) = await run("cannot_write", path)
    path.parent.chmod(0o700)

    assert "credentials.json' cannot be used: Permission denied" in said[0]
    assert path.read_bytes() == before


async def test_home_that_is_no_folder_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    store = CredentialStore({}, "file")
    with pytest.raises(errors.StorageFailed) as caught:
        await store.save("openai", "default", KEY)

    assert "cannot be used: Not a directory" in caught.value.message
    assert store.problem == caught.value.sentence
    assert store.saved("openai") is None


async def test_what_a_killed_process_left_half_written_goes(path: Path) -> None:
    (path.parent / ".credentials.json.1234").write_text("sk-planted-half", encoding="utf-8")
    await a_file(path)

    assert {file.name for file in path.parent.iterdir()} == {"credentials.json", "credentials.lock"}


async def test_process_that_is_killed_while_it_saves_leaves_a_sound_file(path: Path) -> None:
    store = CredentialStore({}, "file", path)
    async with started("saves", path) as process, asyncio.timeout(LIMIT_S):
        assert process.stdin is not None
        process.stdin.write(b"\n")
        while not store.all():  # noqa: ASYNC110 - as another process would see it
            await asyncio.sleep(0)
        process.kill()
        await process.wait()
    before = store.all()
    await store.save("anthropic", "default", KEY)

    assert store.problem == ""
    assert {saved.account for saved in before} < {saved.account for saved in store.all()}
    assert {file.name for file in path.parent.iterdir()} == {"credentials.json", "credentials.lock"}


async def test_processes_that_save_at_once_lose_nothing(path: Path) -> None:
    await run("saves", path, count=3)
    store = CredentialStore({}, "file", path)

    assert len(store.all()) == 60
    for saved in store.all():
        assert await store.load("openai", saved.account) == SavedKey(Secret(f"sk-{saved.account}"))


async def test_lock_that_is_not_to_be_had_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credential_file, "CHANGING_S", 0.05)
    store = await a_file(path)
    async with credential_file.CredentialFile(path).locked():
        with pytest.raises(errors.StorageFailed) as caught:
            await store.delete("openai")

    assert caught.value.message == f"another process has been changing {str(path)!r} for 0.05 s"
