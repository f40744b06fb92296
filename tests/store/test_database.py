"""One file for all processes: nothing is lost, nobody waits for ever, and what is wrong with it is said."""

import asyncio
import os
import pwd
import sqlite3
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.messages import Usage
from llm_ls.store.connection import Connection, transaction
from llm_ls.store.database import Database, default_path
from llm_ls.store.ledger import Entry, Ledger, Outcome
from llm_ls.store.schema import STEPS
from tests.store.process import REQUESTS
from tests.store.processes import LIMIT_S, run, started

ENTRY = Entry("openai/gpt-test", "chat")
OK = Outcome("ok", Usage(10, 5, cost_usd=0.25))


def rows(path: Path, sql: str = "SELECT outcome FROM requests ORDER BY id") -> list[object]:
    """What another program reads there."""
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute(sql)]


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Somebody else writes, and takes their time."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


async def failure(ledger: Ledger) -> errors.StorageFailed:
    with pytest.raises(errors.StorageFailed) as caught:
        await ledger.begin(ENTRY)
    return caught.value


def test_server_imports_no_sqlite_before_it_is_needed() -> None:
    imported = "import sys, llm_ls.server; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", imported], capture_output=True, text=True, check=True)

    assert {"llm_ls.store.ledger", "llm_ls.handlers.usage"} <= set(done.stdout.split())
    assert {"sqlite3", "_sqlite3"} & set(done.stdout.split()) == set()


async def test_is_the_users_own_in_the_data_folder() -> None:
    ledger = Ledger()
    await ledger.begin(ENTRY)
    folder = Path(os.environ["XDG_DATA_HOME"]) / "llm-ls"
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    await ledger.aclose()

    assert default_path() == folder / "llm-ls.sqlite3"
    assert modes == {"llm-ls.sqlite3": 0o600, "llm-ls.sqlite3-wal": 0o600, "llm-ls.sqlite3-shm": 0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


async def test_a_file_that_others_can_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    path.touch(mode=0o644)
    await Ledger(path).begin(ENTRY)

    assert path.stat().st_mode & 0o777 == 0o600


async def test_several_processes_write_a_new_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    await run("writes", path, count=4)

    assert rows(path) == ["ok"] * 4 * REQUESTS
    assert rows(path, "SELECT SUM(cost_usd) FROM requests") == [REQUESTS]
    assert rows(path, "PRAGMA journal_mode") == ["wal"]


async def test_waits_for_another_process_that_is_making_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    with locked(path):
        beginning = asyncio.ensure_future(Ledger(path).begin(ENTRY))
        ended, _ = await asyncio.wait([beginning], timeout=0.1)
    await beginning

    assert not ended
    assert rows(path) == ["running"]


async def test_killed_process_leaves_its_row_and_a_sound_file(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    async with started("waits", path) as process, asyncio.timeout(LIMIT_S):
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\n")
        await process.stdout.readline()
        process.kill()
        await process.wait()
    ledger = Ledger(path)
    await ledger.end(await ledger.begin(ENTRY), OK)
    totals = (await ledger.totals(None, None)).totals
    await ledger.aclose()

    assert (totals.requests, totals.unfinished, totals.input_tokens) == (2, 1, 10)
    assert rows(path, "PRAGMA integrity_check") == ["ok"]


async def test_open_database_does_not_keep_the_process(tmp_path: Path) -> None:
    await run("leaves", tmp_path / "a.sqlite3")

    assert rows(tmp_path / "a.sqlite3") == ["running"]


async def test_the_loop_goes_on_while_another_process_writes(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a.sqlite3")
    first = await ledger.begin(ENTRY)
    with locked(tmp_path / "a.sqlite3"):
        ending = asyncio.ensure_future(ledger.end(first, OK))
        for _ in range(1000):
            await asyncio.sleep(0)
        waiting = not ending.done()
    await ending

    assert waiting
    assert rows(tmp_path / "a.sqlite3") == ["ok"]


async def test_closing_waits_for_what_is_to_be_written(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a.sqlite3")
    beginnings = [asyncio.ensure_future(ledger.begin(ENTRY)) for _ in range(20)]
    await asyncio.sleep(0)
    await ledger.aclose()

    assert len(rows(tmp_path / "a.sqlite3")) == 20
    assert not (tmp_path / "a.sqlite3-wal").exists()
    await asyncio.gather(*beginnings)


async def test_closing_does_not_wait_for_ever(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a.sqlite3")
    first = await ledger.begin(ENTRY)
    with locked(tmp_path / "a.sqlite3"):
        ending = asyncio.ensure_future(ledger.end(first, OK))
        await asyncio.sleep(0)
        before = time.monotonic()
        await ledger.aclose()
        seconds = time.monotonic() - before
    await ending

    assert seconds < 2


async def test_closed_database_says_so(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a.sqlite3")
    await ledger.aclose()
    await ledger.aclose()

    assert (await failure(ledger)).message == "the database has been closed"
    assert not (tmp_path / "a.sqlite3").exists()


async def test_cancelled_caller_loses_no_write(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a.sqlite3")
    first = await ledger.begin(ENTRY)
    ending = asyncio.ensure_future(ledger.end(first, OK))
    await asyncio.sleep(0)
    ending.cancel()
    await asyncio.wait([ending])
    await ledger.aclose()

    assert ending.cancelled()
    assert rows(tmp_path / "a.sqlite3") == ["ok"]


async def test_request_that_was_cancelled_before_it_was_sent_leaves_no_row(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a.sqlite3")
    beginning = asyncio.ensure_future(ledger.begin(ENTRY))
    await asyncio.sleep(0)
    beginning.cancel()
    await asyncio.wait([beginning])
    await ledger.aclose()

    assert rows(tmp_path / "a.sqlite3") == []


async def test_newer_file_is_left_alone_and_says_to_update(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    error = await failure(Ledger(path))

    assert f"made by a newer llm-ls (format 99; this one knows {len(STEPS)})" in error.message
    assert error.hint == f"update llm-ls, or move {path} away"
    assert path.read_bytes() == before


async def test_file_that_is_no_database_is_left_alone_until_it_is_moved_away(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    path.write_text("my notes " * 100, encoding="utf-8")
    ledger = Ledger(path)
    error = await failure(ledger)
    kept = path.read_text(encoding="utf-8")
    path.rename(tmp_path / "notes")
    await ledger.begin(ENTRY)

    assert "is damaged, or not one of llm-ls" in error.message
    assert error.hint == f"move {path} away, and llm-ls begins a new one"
    assert kept == "my notes " * 100
    assert rows(path) == ["running"]


async def test_damage_found_in_the_middle_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    ledger = Ledger(path)
    await asyncio.gather(*(ledger.begin(ENTRY) for _ in range(200)))
    await ledger.aclose()
    sound = path.read_bytes()
    path.write_bytes(sound[:4096] + b"\xff" * (len(sound) - 4096))

    assert "is damaged" in (await failure(Ledger(path))).message


async def test_file_that_is_taken_away_while_in_use_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    ledger = Ledger(path)
    await ledger.begin(ENTRY)
    for file in tmp_path.iterdir():
        file.unlink()
    await ledger.begin(ENTRY)

    assert rows(path) == ["running"]


async def test_home_that_is_no_folder_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    error = await failure(Ledger())

    assert "cannot be used: Not a directory" in error.message
    assert str(tmp_path / "home" / "llm-ls" / "llm-ls.sqlite3") in error.hint


async def test_user_without_a_home_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "")
    monkeypatch.setattr(pwd, "getpwuid", dict[int, str]().__getitem__)  # whom the system does not know
    error = await failure(Ledger())

    assert error.sentence == (
        "There is no folder for data: the user has no home. Set HOME, or XDG_DATA_HOME, to a full path."
    )


async def test_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    (said,) = await run("cannot_write", tmp_path / "a.sqlite3")
    tmp_path.chmod(0o700)

    assert "a.sqlite3' cannot be used: " in said
    assert not (tmp_path / "a.sqlite3").exists()


async def test_file_that_cannot_be_written_is_said_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    ledger = Ledger(path)
    await ledger.begin(ENTRY)
    await ledger.aclose()
    path.chmod(0o400)
    (said,) = await run("cannot_write", path)

    assert "cannot be used: attempt to write a readonly database" in said
    assert rows(path) == ["running"]


async def test_full_disk_is_said(tmp_path: Path) -> None:
    (said,) = await run("has_no_room", tmp_path / "a.sqlite3")

    assert "a.sqlite3' cannot be used: " in said
    assert "its disk has room" in said


async def test_what_fails_in_the_middle_is_taken_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    database = Database(path)

    def fail(connection: Connection) -> None:
        with transaction(connection):
            connection.execute("INSERT INTO requests (at, model, purpose, conversation) VALUES (1, 'a', 'b', 'c')")
            raise LookupError

    with pytest.raises(LookupError):
        await database.run(fail)
    await Ledger(path).begin(ENTRY)

    assert rows(path, "SELECT model FROM requests") == ["openai/gpt-test"]


def count(connection: Connection) -> int:
    return connection.execute("SELECT COUNT(*) FROM notes").fetchone()[0]


async def test_older_file_takes_the_steps_it_lacks_and_keeps_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    older, newer = Ledger(path), Database(path, (*STEPS, ("CREATE TABLE notes (text)", "INSERT INTO notes VALUES (1)")))
    await older.begin(ENTRY)
    await older.aclose()
    counts = [await newer.run(count), await newer.run(count)]
    await newer.aclose()

    assert counts == [1, 1]
    assert rows(path) == ["running"]
    assert rows(path, "PRAGMA user_version") == [len(STEPS) + 1]


async def test_step_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    broken = Database(path, (*STEPS, ("CREATE TABLE notes (text)", "INSERT INTO nowhere VALUES (1)")))
    with pytest.raises(errors.StorageFailed):
        await broken.run(count)
    await broken.aclose()

    assert rows(path, "SELECT name FROM sqlite_master") == []
    assert rows(path, "PRAGMA user_version") == [0]
