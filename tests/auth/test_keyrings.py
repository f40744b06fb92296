"""A keyring counts once it has proven itself, and nothing waits for one that does not answer."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import keyring
import keyring.core
import pytest
from keyring.backends import chainer, null

from llm_ls.auth import keyrings
from llm_ls.auth.keyrings import Keyring, Unusable
from llm_ls.auth.secret import Secret
from tests.auth.store_processes import run
from tests.rigs.fake_keyrings import Cutting, Hanging, Locked, Memory, Small, used

PLANTED = "sk-planted-" + "x" * 2000


async def failure(work: Awaitable[object]) -> str:
    with pytest.raises(Unusable) as caught:
        await work
    return str(caught.value)


def module_of(name: str) -> type[Memory]:
    """A keyring that comes from another package."""
    return type("PlaintextKeyring", (Memory,), {"__module__": name})


async def test_keeps_gives_and_forgets() -> None:
    with used(Memory()) as memory:
        ours = Keyring()
        await ours.put([("a/b/refresh", Secret("1")), ("a/b/access", Secret("2"))])
        got = await ours.get("a/b/access", "a/b/key", "a/b/refresh")
        names = memory.names
        await ours.delete("a/b/refresh", "a/b/key")

        assert await ours.problem() == ""
        assert got == (Secret("2"), None, Secret("1"))
        assert names == {"a/b/refresh", "a/b/access"}
        assert memory.names == {"a/b/access"}


async def test_is_proven_once_and_leaves_nothing_of_that() -> None:
    with used(Memory()) as memory:
        ours = Keyring()
        await asyncio.gather(*(ours.problem() for _ in range(5)))

        assert memory.asked == 3
        assert memory.held == {}


async def test_one_that_was_set_later_is_proven_anew() -> None:
    ours = Keyring()
    none = await ours.problem()
    with used(Memory()):
        there = await ours.problem()

    assert (none, there, await ours.problem()) == ("there is none", "", "there is none")


@pytest.mark.parametrize(
    ("backend", "reason"),
    [
        (null.Keyring(), "keyring.backends.null keeps no secrets safe"),
        (module_of("keyrings.alt.file")(), "keyrings.alt.file keeps no secrets safe"),
        (module_of("keyrings.cryptfile.cryptfile")(), "keyrings.cryptfile.cryptfile keeps no secrets safe"),
        (Cutting(), "it gives something else than what it took"),
        (Locked(), "it is locked (Failed to unlock the collection!)"),
    ],
)
async def test_one_that_is_no_good_counts_as_none(backend: Any, reason: str) -> None:
    with used(backend):
        assert await Keyring().problem() == reason


async def test_chain_is_as_good_as_its_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def chain(*backends: Memory) -> chainer.ChainerBackend:
        made = chainer.ChainerBackend()
        monkeypatch.setattr(chainer.ChainerBackend, "backends", list(backends))
        return made

    with used(chain(Memory(), module_of("keyrings.alt.file")())):
        good = await Keyring().problem()
    with used(chain(module_of("keyrings.alt.file")(), Memory())):
        bad = await Keyring().problem()

    assert (good, bad) == ("", "keyrings.alt.file keeps no secrets safe")


async def test_name_of_none_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "no_such_module.Keyring")

    assert await Keyring().problem() == "it failed with ModuleNotFoundError (No module named 'no_such_module')"


@pytest.mark.parametrize(("again_s", "then"), [(60.0, "it is locked (Failed to unlock the collection!)"), (0.0, "")])
async def test_what_was_found_wrong_holds_for_a_while(
    monkeypatch: pytest.MonkeyPatch, again_s: float, then: str
) -> None:
    monkeypatch.setattr(keyrings, "AGAIN_S", again_s)
    with used(Locked()) as locked:
        ours = Keyring()
        before = await ours.problem()
        locked.locked = False

        assert before == "it is locked (Failed to unlock the collection!)"
        assert await ours.problem() == then


async def test_hanging_one_is_left_alone_until_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyrings, "LIMIT_S", 0.1)
    with used(Hanging()) as hanging:
        ours = Keyring()
        first = await ours.problem()
        threads = threading.active_count()
        second = await failure(ours.get("a/b/key"))
        more = threading.active_count() - threads
        hanging.goes_on.set()
        async with asyncio.timeout(10):
            while await ours.problem():  # noqa: ASYNC110 - as anybody would find out
                await asyncio.sleep(0.01)

    assert first == "it did not answer within 0.1 s"
    assert second == "it has not answered yet; it may be waiting for somebody to unlock it"
    assert more == 0


async def test_who_stops_waiting_harms_nobody() -> None:
    with used(Hanging()) as hanging:
        ours = Keyring()
        asking = asyncio.ensure_future(ours.problem())
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait([asking])
        hanging.goes_on.set()

        assert await ours.problem() == ""


async def test_what_it_raises_is_repeated_without_the_secret() -> None:
    with used(Small()):
        with pytest.raises(Unusable) as caught:
            await Keyring().put([("a/b/key", Secret(PLANTED))])
        told = caught.value

    assert str(told) == "it failed with ValueError"
    assert (told.__cause__, told.__context__) == (None, None)


async def test_hanging_one_keeps_no_process(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "tests.rigs.fake_keyrings.Hanging"}
    (said,) = await run("hangs", tmp_path / "credentials.json", environment)

    assert said == ["file", True]


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    program = (
        "import sys; from llm_ls.auth.credential_store import CredentialStore; store = CredentialStore({}, 'auto');"
        "store.saved('openai'); store.all(); store.problem; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert {"keyring", "cryptography", "httpx2", "sqlite3"} & set(done.stdout.split()) == set()
