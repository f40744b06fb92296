"""One holder at a time, whoever it is, and none for longer than they live."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from llm_ls.auth import file_lock
from tests.auth.store_processes import LIMIT_S, started


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_tasks_have_it_one_after_the_other(tmp_path: Path) -> None:
    inside: list[int] = []
    most = 0

    async def take(number: int) -> None:
        nonlocal most
        async with file_lock.held(tmp_path / "a.lock", LIMIT_S):
            inside.append(number)
            most = max(most, len(inside))
            await asyncio.sleep(0)
            inside.remove(number)

    await asyncio.gather(*map(take, range(10)))

    assert most == 1


async def test_process_that_is_killed_has_it_no_longer(tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    async with started("holds", lock) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\n")
        await process.stdout.readline()
        with pytest.raises(file_lock.Busy):
            async with file_lock.held(lock, 0.05):
                pass
        process.kill()
        async with file_lock.held(lock, LIMIT_S):
            pass


async def test_ends_with_whatever_was_done_under_it(tmp_path: Path) -> None:
    with pytest.raises(LookupError):
        async with file_lock.held(tmp_path / "a.lock", 0):
            raise LookupError
    async with file_lock.held(tmp_path / "a.lock", 0):
        pass


async def test_who_stops_waiting_leaves_nothing_open(tmp_path: Path) -> None:
    async def wait() -> None:
        async with file_lock.held(tmp_path / "a.lock", LIMIT_S):
            pass

    async with file_lock.held(tmp_path / "a.lock", 0):
        before = open_files()
        waiting = asyncio.ensure_future(wait())
        await asyncio.sleep(0)
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        after = open_files()

    assert after == before


async def test_who_waits_gets_it_also_if_the_file_is_taken_away(tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    async with file_lock.held(lock, 0):
        lock.unlink()
        async with file_lock.held(lock, 0):
            there = lock.exists()

    assert there


async def test_file_and_folder_are_the_users_own(tmp_path: Path) -> None:
    async with file_lock.held(tmp_path / "locks" / "a.lock", 0):
        pass

    assert (tmp_path / "locks").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "locks" / "a.lock").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("what", ["folder", "link"])
async def test_what_is_no_file_is_no_lock(tmp_path: Path, what: str) -> None:
    lock = tmp_path / "a.lock"
    if what == "folder":
        lock.mkdir()
    else:
        lock.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OSError, match=r"directory|symbolic links"):
        async with file_lock.held(lock, 0):
            pass
    assert not (tmp_path / "elsewhere").exists()
