"""What is saved is kept where it is safest, is found again, and costs no sign-in whatever happens in between."""

import asyncio
import json
import logging
import subprocess
import time
from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.auth import credential_file
from llm_ls.auth.credential_store import CredentialStore, StoreChoice
from llm_ls.auth.entries import Entry, Saved, SavedKey, SignedIn
from llm_ls.auth.sealing import FILE_KEY, PASSPHRASE
from llm_ls.auth.secret import Secret
from tests.auth.store_processes import LIMIT_S
from tests.rigs.fake_keyrings import Hanging, Locked, Memory, Small, used

DAY_S = 86_400
LATER = 4_000_000_000.0
KEY = SavedKey(Secret("sk-planted-1"))
SIGNED_IN = SignedIn(Secret("at-planted-2"), Secret("rt-planted-3"), LATER, {"client": "ours"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "credentials.json"


def found_in(folder: Path) -> str:
    """The files that hold anything planted."""
    grep = subprocess.run(["grep", "-rl", "planted", folder], capture_output=True, text=True, check=False)
    return grep.stdout


@pytest.mark.parametrize("entry", [KEY, SIGNED_IN, SignedIn(Secret("at-planted-2"))])
@pytest.mark.parametrize(("choice", "words"), [("auto", ""), ("file", ""), ("file", "of the user")])
async def test_is_found_again_by_another_process(path: Path, choice: StoreChoice, words: str, entry: Entry) -> None:
    saved = await CredentialStore({PASSPHRASE: words}, choice, path).save("openai", "ann", entry)
    store = CredentialStore({PASSPHRASE: words}, choice, path)

    assert await store.load("openai") == await store.load("openai", "ann") == entry
    assert store.saved("openai") == store.saved("openai", "ann") == saved
    assert store.all() == (saved,)
    assert (await store.load("openai", "bob"), await store.load("other")) == (None, None)
    assert (store.saved("openai", "bob"), store.saved("other")) == (None, None)
    assert bool(found_in(path.parent)) == (not words)


async def test_says_all_about_it_but_the_secrets(path: Path) -> None:
    store = CredentialStore({}, "file", path)
    plain = await store.save("anthropic", "ann", SIGNED_IN)
    sealed = await CredentialStore({PASSPHRASE: "words"}, "file", path).save("openai", "default", KEY)
    with used(Memory()):
        in_keyring = await CredentialStore({}, "auto", path).save("openai", "work", KEY, activate=False)

    details = {"client": "ours"}
    assert plain == Saved("anthropic", "ann", "oauth", "file", True, False, LATER, details)
    assert sealed == Saved("openai", "default", "api_key", "file", True, True)
    assert in_keyring == Saved("openai", "work", "api_key", "keyring", False, False)
    assert store.all() == (plain, sealed, in_keyring)


async def test_keyring_takes_the_secrets_and_the_file_has_none(path: Path) -> None:
    with used(Memory()) as memory:
        store = CredentialStore({}, "auto", path)
        await store.save("openai", "default", KEY)
        await store.save("anthropic", "ann@example.com", SIGNED_IN)
        both = (await store.load("openai"), await store.load("anthropic"))

    assert both == (KEY, SIGNED_IN)
    assert memory.held == {
        ("llm-ls", "openai/default/key"): "sk-planted-1",
        ("llm-ls", "anthropic/ann@example.com/refresh"): "rt-planted-3",
        ("llm-ls", "anthropic/ann@example.com/access"): "at-planted-2",
    }
    assert found_in(path.parent) == ""


async def test_entry_in_the_keyring_changes_nothing_in_the_file_but_what_is_new(path: Path) -> None:
    with used(Memory()):
        store = CredentialStore({}, "auto", path)
        await store.save("openai", "default", KEY)
        before = path.stat().st_ino
        await store.save("openai", "default", SavedKey(Secret("sk-planted-4")))

        assert await store.load("openai") == SavedKey(Secret("sk-planted-4"))
        assert path.stat().st_ino == before


async def test_where_there_is_no_keyring_the_file_takes_it(path: Path) -> None:
    plain = await CredentialStore({}, "auto", path).save("openai", "default", KEY)
    sealed = await CredentialStore({PASSPHRASE: "words"}, "auto", path).save("openai", "default", KEY)

    assert (plain.place, plain.sealed) == ("file", False)
    assert (sealed.place, sealed.sealed) == ("file", True)


async def test_secret_that_the_keyring_refuses_goes_to_the_file_sealed_and_whole(path: Path) -> None:
    long = SignedIn(Secret("at-planted-" + "x" * 2000), Secret("rt-planted-3"))
    with used(Small()) as small:
        store = CredentialStore({}, "auto", path)
        saved = await store.save("openai", "default", long)
        loaded = await store.load("openai")

    assert (saved.place, saved.sealed) == ("file", True)
    assert loaded == long
    assert small.names == {FILE_KEY}
    assert found_in(path.parent) == ""


async def test_file_is_sealed_with_a_key_of_the_keyring(path: Path) -> None:
    with used(Memory()) as memory:
        store = CredentialStore({}, "file", path)
        saved = await store.save("openai", "default", KEY)
        loaded = await store.load("openai")

    assert (saved.place, saved.sealed, loaded) == ("file", True, KEY)
    assert memory.names == {FILE_KEY}
    assert found_in(path.parent) == ""


async def test_what_was_plain_stays_readable_and_is_sealed_when_saved(path: Path) -> None:
    await CredentialStore({}, "file", path).save("openai", "default", KEY)
    store = CredentialStore({PASSPHRASE: "words"}, "file", path)
    before = (await store.load("openai"), store.saved("openai"))
    await store.save("openai", "default", KEY)

    assert before[0] == KEY
    assert before[1] is not None
    assert not before[1].sealed
    assert found_in(path.parent) == ""


async def test_moves_to_the_keyring_and_back_leaving_nothing_behind(path: Path) -> None:
    store = CredentialStore({}, "file", path)
    await store.save("anthropic", "ann", SIGNED_IN)
    with used(Memory()) as memory:
        store.choice = "auto"
        first = (await store.save("anthropic", "ann", SIGNED_IN)).place, memory.names, found_in(path.parent)
        store.choice = "file"
        second = (await store.save("anthropic", "ann", SIGNED_IN)).place, memory.names, found_in(path.parent)

    assert first == ("keyring", {"anthropic/ann/refresh", "anthropic/ann/access"}, "")
    assert second == ("file", {FILE_KEY}, "")


async def test_key_in_place_of_a_sign_in_leaves_nothing_of_it(path: Path) -> None:
    with used(Memory()) as memory:
        store = CredentialStore({}, "auto", path)
        await store.save("openai", "default", SIGNED_IN)
        await store.save("openai", "default", KEY)

        assert await store.load("openai") == KEY
        assert memory.names == {"openai/default/key"}


async def test_sign_in_that_can_no_longer_be_refreshed_has_no_old_token(path: Path) -> None:
    with used(Memory()):
        store = CredentialStore({}, "auto", path)
        await store.save("openai", "default", SIGNED_IN)
        await store.save("openai", "default", SignedIn(Secret("at-2")))

        assert await store.load("openai") == SignedIn(Secret("at-2"))


async def test_refresh_token_is_safe_before_anything_else_is(path: Path) -> None:
    class Dying(Memory):
        dies = False

        def kept(self, password: str) -> str:
            if self.dies and password.startswith("at"):
                raise OSError
            return password

    with used(Dying()) as dying:
        store = CredentialStore({}, "keyring", path)
        await store.save("openai", "default", SIGNED_IN)
        dying.dies = True
        with pytest.raises(errors.StorageFailed):
            await store.save("openai", "default", SignedIn(Secret("at-new"), Secret("rt-new"), LATER))
        entry = await store.load("openai")

    assert isinstance(entry, SignedIn)
    assert entry.refresh == Secret("rt-new")


async def test_accounts_stand_side_by_side_and_one_is_active(path: Path) -> None:
    store = CredentialStore({}, "file", path)
    for account in ("bob", "ann", "cat"):
        await store.save("openai", account, SavedKey(Secret(account)), activate=account != "cat")
    first = await store.load("openai")
    await store.activate("openai", "bob")
    second = await store.load("openai")
    await store.delete("openai", "bob")
    third = await store.load("openai")

    assert [first, second, third] == [SavedKey(Secret(account)) for account in ("ann", "bob", "ann")]
    assert [(saved.account, saved.active) for saved in store.all()] == [("ann", True), ("cat", False)]


async def test_account_that_is_not_there_cannot_be_active(path: Path) -> None:
    store = CredentialStore({}, "file", path)
    with pytest.raises(errors.NotFound) as none:
        await store.activate("openai", "bob")
    await store.save("openai", "ann", KEY)
    with pytest.raises(errors.NotFound) as other:
        await store.activate("openai", "bob")

    assert none.value.message == "'openai' has no account 'bob'; it has none"
    assert other.value.message == "'openai' has no account 'bob'; it has 'ann'"


@pytest.mark.parametrize("account", [None, "ann"])
async def test_deletes_from_everywhere(path: Path, account: str | None) -> None:
    with used(Memory()) as memory:
        store = CredentialStore({}, "auto", path)
        for name in ("ann", "bob"):
            await store.save("openai", name, SIGNED_IN)
        count = await store.delete("openai", account)
        again = await store.delete("openai", account)

    gone = {"ann", "bob"} if account is None else {"ann"}
    assert (count, again) == (len(gone), 0)
    assert {saved.account for saved in store.all()} == {"ann", "bob"} - gone
    assert {name.split("/")[1] for name in memory.names} == {"ann", "bob"} - gone


async def test_deletes_also_when_the_keyring_is_gone_and_says_so(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = CredentialStore({}, "auto", path)
    with used(Memory()):
        await store.save("openai", "default", KEY)
    count = await store.delete("openai")

    assert (count, store.all()) == (1, ())
    (said,) = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert said.startswith("what the keyring holds as openai/default/refresh, ")
    assert said.endswith(" stays there: there is none")


async def test_what_is_in_a_keyring_that_cannot_be_used_is_said(path: Path) -> None:
    store = CredentialStore({}, "auto", path)
    with used(Locked()) as locked:
        locked.locked = False
        await store.save("openai", "default", KEY)
        locked.locked = True
        with pytest.raises(errors.StorageFailed) as caught:
            await store.load("openai")

    assert store.saved("openai") is not None
    assert caught.value.sentence == (
        "What is saved for 'openai' is in the keyring, which cannot be used: it is locked. "
        "Unlock the keyring and try again."
    )


async def test_what_the_keyring_has_lost_is_said(path: Path) -> None:
    store = CredentialStore({}, "auto", path)
    with used(Memory()) as memory:
        await store.save("openai", "default", SIGNED_IN)
        memory.held.clear()
        with pytest.raises(errors.StorageFailed) as caught:
            await store.load("openai")

    assert caught.value.message == "a part of what was saved for 'openai' is no longer in the keyring"


async def test_who_wants_the_keyring_only_gets_nothing_else(path: Path) -> None:
    with used(Locked()), pytest.raises(errors.StorageFailed) as caught:
        await CredentialStore({}, "keyring", path).save("openai", "default", KEY)

    assert caught.value.message == (
        "the keyring cannot be used for 'openai': it is locked (Failed to unlock the collection!)"
    )
    assert not path.exists()


async def test_who_wants_nothing_saved_has_nothing_saved(path: Path) -> None:
    await CredentialStore({}, "file", path).save("openai", "default", KEY)
    store = CredentialStore({}, "environment", path)
    with pytest.raises(errors.SettingsInvalid) as caught:
        await store.save("openai", "default", KEY)

    assert (store.saved("openai"), store.all(), await store.load("openai")) == (None, (), None)
    assert await store.delete("openai") == 0
    assert 'set `credentials.store` to "auto"' in caught.value.hint
    store.choice = "auto"
    assert await store.load("openai") == KEY


@pytest.mark.parametrize("trigger", ["save", "delete"])
async def test_what_expired_a_day_ago_and_cannot_be_refreshed_is_cleaned_up(path: Path, trigger: str) -> None:
    now = time.time()
    with used(Memory()) as memory:
        store = CredentialStore({}, "auto", path)
        await store.save("other", "default", KEY)
        await store.save("a", "refreshable", SignedIn(Secret("1"), Secret("2"), now - 9 * DAY_S))
        await store.save("a", "an hour ago", SignedIn(Secret("1"), None, now - 3600))
        await store.save("a", "lasting", SignedIn(Secret("1")))
        await store.save("a", "gone", SignedIn(Secret("1"), None, now - DAY_S - 60))
        shown = store.saved("a", "gone")
        await (store.save("b", "default", KEY) if trigger == "save" else store.delete("other"))

    assert shown is not None
    assert {saved.account for saved in store.all() if saved.provider == "a"} == {
        "refreshable",
        "an hour ago",
        "lasting",
    }
    assert "a/gone/access" not in memory.names


async def test_cancelled_save_is_done_to_its_end(path: Path) -> None:
    store = CredentialStore({}, "file", path)
    async with credential_file.CredentialFile(path).locked():
        saving = asyncio.ensure_future(store.save("openai", "default", KEY))
        await asyncio.sleep(0)
        saving.cancel()
        await asyncio.wait([saving])
    async with asyncio.timeout(LIMIT_S):
        while store.saved("openai") is None:  # noqa: ASYNC110 - as another process would see it
            await asyncio.sleep(0.01)

    assert saving.cancelled()
    assert await store.load("openai") == KEY


async def test_failed_write_leaves_nothing_in_the_keyring(path: Path) -> None:
    path.mkdir()
    with used(Memory()) as memory, pytest.raises(errors.StorageFailed):
        await CredentialStore({}, "auto", path).save("openai", "default", KEY)

    assert memory.names == set()


async def test_reader_is_not_misled_by_a_move(path: Path) -> None:
    class Moving(Memory):
        """Somebody else moves the entry to the file while it is being read."""

        async def move(self) -> None:
            await CredentialStore({PASSPHRASE: "words"}, "file", path).save("openai", "default", KEY)

        def get_password(self, service: str, username: str) -> str | None:
            if username == "openai/default/key" and self.held.pop((service, username), ""):
                asyncio.run(self.move())
            return super().get_password(service, username)

    with used(Moving()) as moving:
        store = CredentialStore({PASSPHRASE: "words"}, "auto", path)
        await CredentialStore({}, "file", path).save("openai", "default", KEY)
        content = json.loads(path.read_bytes())
        content["providers"]["openai"]["accounts"]["default"] = {
            "type": "api_key",
            "place": "keyring",
            "holds": ["key"],
        }
        path.write_text(json.dumps(content), encoding="utf-8")
        moving.held["llm-ls", "openai/default/key"] = "sk-old"

        assert await store.load("openai") == KEY


async def test_hanging_keyring_hangs_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llm_ls.auth.keyrings.LIMIT_S", 0.1)
    with used(Hanging()) as hanging:
        saved = await CredentialStore({}, "auto", path).save("openai", "default", KEY)
        hanging.goes_on.set()

    assert (saved.place, saved.sealed) == ("file", False)


async def test_shows_no_secret(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with used(Small()):
        store = CredentialStore({PASSPHRASE: "planted words"}, "auto", path)
        long = SignedIn(Secret("at-planted-" + "x" * 2000), Secret("rt-planted-3"))
        shown = [await store.save("openai", "ann", long), store, vars(store), await store.load("openai"), store.all()]
        shown += [vars(value) for value in vars(store).values() if hasattr(value, "__dict__")]
        shown += [credential_file.CredentialFile(path).read().record("openai", "ann"), caplog.text]

    assert "planted" not in "".join(map(repr, shown)).replace("'planted words'", "")
