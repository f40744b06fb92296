"""A sign-in is refreshed by one at a time, whichever process they are in: a refresh token may be used once."""

from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.auth import credential_store
from llm_ls.auth.credential_store import CredentialStore
from llm_ls.auth.entries import SignedIn
from llm_ls.auth.secret import Secret
from tests.auth.store_processes import run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "credentials.json"


async def test_processes_refresh_one_after_the_other(path: Path) -> None:
    await CredentialStore({}, "file", path).save("anthropic", "a", SignedIn(Secret("at"), Secret("0")))
    await run("rotates", path, count=3)

    assert sorted(int(file.name.removeprefix("used-")) for file in path.parent.glob("used-*")) == list(range(15))
    assert (path.parent / "locks").stat().st_mode & 0o777 == 0o700


async def test_who_waits_too_long_to_refresh_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credential_store, "REFRESHING_S", 0.05)
    store = CredentialStore({}, "file", path)
    async with store.refreshing("openai", "ann"):
        async with store.refreshing("openai", "bob"):
            pass
        with pytest.raises(errors.TimedOut) as caught:
            async with store.refreshing("openai", "ann"):
                pass

    assert "another process has been refreshing the sign-in of 'openai' for 0.05 s" in caught.value.message


async def test_what_goes_wrong_while_refreshing_is_not_taken_for_the_lock(path: Path) -> None:
    store = CredentialStore({}, "file", path)
    for failure in (TimeoutError, OSError, LookupError):
        with pytest.raises(failure):
            async with store.refreshing("openai", "ann"):
                raise failure
