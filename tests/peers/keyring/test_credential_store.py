"""Credentials in a real GNOME keyring: open, closed, made by nobody, asking, and not there."""

import asyncio
import json
import subprocess
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.auth.store_processes import LIMIT_S, run, started
from tests.rigs import keyring
from tests.rigs.keyring import Session

LOCKED = "it is locked (Failed to unlock the collection!)"


@pytest.fixture
async def session() -> AsyncGenerator[Session]:
    async with keyring.session() as made:
        yield made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "llm-ls" / "credentials.json"


def found_in(folder: Path) -> str:
    """The files that hold anything planted."""
    grep = subprocess.run(["grep", "-rl", "planted", folder], capture_output=True, text=True, check=False)
    return grep.stdout


async def test_open_keyring_takes_all_secrets_and_gives_them_to_the_next_process(session: Session, path: Path) -> None:
    await session.unlocked()
    (saved,) = await run("tries_keyring", path, session.environment)
    left = found_in(path.parent)
    (loaded,) = await run("loads_keyring", path, session.environment)
    (deleted,) = await run("deletes", path, session.environment)
    (after,) = await run("loads_keyring", path, session.environment)

    assert saved == [["keyring", "keyring"], True, ""]
    assert left == ""
    assert loaded == ["keyring", "sk-planted-3", True]
    assert deleted == [1, 1, 0]
    assert after == [False, "", True]


async def test_survives_the_end_of_the_desktop_session(session: Session, path: Path) -> None:
    await session.unlocked()
    await run("tries_keyring", path, session.environment)
    await session.unlocked()
    (loaded,) = await run("loads_keyring", path, session.environment)

    assert loaded == ["keyring", "sk-planted-3", True]


async def test_closed_keyring_is_said_and_costs_nothing(session: Session, path: Path) -> None:
    await session.unlocked()
    await run("tries_keyring", path, session.environment)
    await session.locked()
    (closed,) = await run("loads_keyring", path, session.environment)
    await session.unlocked()
    (opened,) = await run("loads_keyring", path, session.environment)

    said = f"What is saved for 'openai' is in the keyring, which cannot be used: {LOCKED}. "
    assert closed == ["keyring", said + "Unlock the keyring and try again.", True]
    assert opened == ["keyring", "sk-planted-3", True]


async def test_closed_keyring_leaves_it_to_the_file(session: Session, path: Path) -> None:
    await session.unlocked()
    await run("seals", path, session.environment)
    await session.locked()
    (saved,) = await run("tries_keyring", path, session.environment)

    assert saved == [["file", "file"], True, LOCKED]


async def test_daemon_that_nobody_unlocked_counts_as_none(session: Session, path: Path) -> None:
    await session.locked()
    (saved,) = await run("tries_keyring", path, session.environment)

    places, same, problem = saved
    assert (places, same) == (["file", "file"], True)
    assert "Prompt dismissed" in problem


async def test_bus_without_a_keyring_counts_as_none(session: Session, path: Path) -> None:
    (saved,) = await run("tries_keyring", path, session.environment)

    assert saved == [["file", "file"], True, "there is none"]


async def test_without_a_bus_there_is_none(session: Session, path: Path) -> None:
    without = {name: value for name, value in session.environment.items() if name != "DBUS_SESSION_BUS_ADDRESS"}
    (saved,) = await run("tries_keyring", path, without)

    assert saved == [["file", "file"], True, "there is none"]


async def test_prompt_that_nobody_answers_hangs_nothing(session: Session, path: Path) -> None:
    session.let_prompts_hang()
    await session.locked()
    (said,) = await run("insists", path, session.environment)

    assert said[0].startswith("The keyring cannot be used for 'openai': it did not answer within 1 s. ")
    assert said[1]


async def test_keyring_that_comes_later_is_found(session: Session, path: Path) -> None:
    async with started("finds_it_later", path, session.environment) as process, asyncio.timeout(LIMIT_S):
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\n")
        before = json.loads(await process.stdout.readline())
        await session.unlocked()
        process.stdin.write(b"\n")
        after = json.loads(await process.stdout.readline())

    assert (before, after) == (["there is none"], [""])


async def test_file_is_sealed_with_a_key_that_the_keyring_holds(session: Session, path: Path) -> None:
    await session.unlocked()
    (sealed,) = await run("seals", path, session.environment)
    (loaded,) = await run("loads_keyring", path, session.environment)
    left = found_in(path.parent)
    await session.stopped()
    (without,) = await run("loads_keyring", path, session.environment)

    assert sealed == ["file", True, True]
    assert loaded == ["file", "sk-planted-3", True]
    assert left == ""
    assert "sealed with a key in the keyring, which cannot be used: there is none" in without[1]
