"""Answers that are being written: what has come is on disk at once, whatever becomes of the process."""

import asyncio
import logging
import random
import sqlite3
import time
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import attrs
import pytest

from llm_ls.messages import Message, Text, Thinking, ToolCall, ToolResult, Usage, user
from llm_ls.store.connection import Connection
from llm_ls.store.conversations import Conversations
from llm_ls.store.database import Database
from llm_ls.store.drafts import EVERY_S, Draft
from tests.store.process import STREAMS
from tests.store.processes import LIMIT_S, started

T = TypeVar("T")

MODEL = "openai/gpt-test"
SOON_S = 0.25
"""Nothing older than that is lost; on a machine with nothing else to do, nothing older than 0.02."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.sqlite3"


@pytest.fixture
async def database(path: Path) -> AsyncGenerator[Database]:
    made = Database(path)
    yield made
    await made.aclose()


@pytest.fixture
def kept(database: Database) -> Conversations:
    return Conversations(database)


async def begun(kept: Conversations) -> tuple[str, Draft]:
    id = await kept.begin("", "One")
    return id, await kept.begin_answer(id, await kept.ask(id, "", user("?")), MODEL)


def assistant(text: str) -> Message:
    return Message("assistant", (Text(text),))


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    """What another program reads there."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return connection.execute(sql).fetchall()


async def until_kept(kept: Conversations, id: str, text: str) -> None:
    """Wait until the last turn says `text`."""
    async with asyncio.timeout(LIMIT_S):
        while "".join(message.text for message in (await kept.get(id)).turns[-1].messages) != text:
            continue


async def test_what_comes_is_there_before_the_step_ends(kept: Conversations) -> None:
    id, draft = await begun(kept)
    draft.add("thinking", "hm, ")
    draft.add("thinking", "so")
    draft.add("text", "Half \ud83d")
    draft.add("text", "\ude00 of ")
    await until_kept(kept, id, "Half 😀 of ")
    draft.add("text", "it")
    await until_kept(kept, id, "Half 😀 of it")
    turn = (await kept.get(id)).turns[-1]

    assert turn.messages == (Message("assistant", (Thinking("hm, so", ""), Text("Half 😀 of it"))),)
    assert (turn.whole, turn.stop_reason, turn.usage) == (False, None, Usage())


async def test_whole_messages_take_the_place_of_what_came(kept: Conversations, path: Path) -> None:
    id, draft = await begun(kept)
    draft.add("text", "Let me")
    await until_kept(kept, id, "Let me")
    draft.add("text", " look")
    first = Message("assistant", (Text("Let me look."), ToolCall("c", "read", {})))
    result = Message("user", (ToolResult("c", "text"),))
    await draft.step((first, result), MODEL, Usage(1, 1))
    stepped = (await kept.get(id)).turns[-1]
    draft.add("text", "Done")
    await until_kept(kept, id, "Let me look.Done")
    cut = (await kept.get(id)).turns[-1]
    await draft.end((first, result, assistant("Done.")), "openai/other", Usage(2, 2), "end_turn")
    ended = (await kept.get(id)).turns[-1]

    assert (stepped.messages, stepped.whole, stepped.usage) == ((first, result), False, Usage(1, 1))
    assert (cut.messages, cut.whole) == ((first, result, assistant("Done")), False)
    assert ended.messages == (first, result, assistant("Done."))
    assert (ended.whole, ended.stop_reason, ended.usage, ended.model) == (True, "end_turn", Usage(2, 2), "openai/other")
    assert rows(path, "SELECT COUNT(*) FROM parts WHERE message IS NULL") == [(0,)]


async def test_a_step_writes_only_what_is_new(kept: Conversations, path: Path) -> None:
    _, draft = await begun(kept)
    rounds: tuple[Message, ...] = ()
    for number in range(3):
        rounds += (assistant(f"round {number}"),)
        await draft.step(rounds, MODEL, Usage())
    written = rows(path, "SELECT number, message, text FROM parts WHERE role = 'assistant' ORDER BY number")
    await draft.step((*rounds[:1], assistant("else")), MODEL, Usage())
    rewritten = rows(path, "SELECT number, message, text FROM parts WHERE role = 'assistant' ORDER BY number")

    assert [row[1:] for row in written] == [(0, "round 0"), (1, "round 1"), (2, "round 2")]
    assert [row[1:] for row in rewritten] == [(0, "round 0"), (1, "else")]
    assert rewritten[0] == written[0]


async def test_an_answer_that_waited_for_the_clients_tools_goes_on(kept: Conversations) -> None:
    id, draft = await begun(kept)
    call = Message("assistant", (ToolCall("c", "ask", {}),))
    await draft.end((call,), MODEL, Usage(1, 1), "tool_use")
    again = await kept.go_on(id, draft.id)
    open_again = (await kept.get(id)).turns[-1]
    result = Message("user", (ToolResult("c", "yes"),))
    await again.end((call, result, assistant("Yes.")), MODEL, Usage(2, 2), "end_turn")
    turn = (await kept.get(id)).turns[-1]

    assert (open_again.whole, open_again.messages) == (False, (call,))
    assert again.id == draft.id == turn.id
    assert (turn.messages, turn.whole) == ((call, result, assistant("Yes.")), True)


@pytest.mark.parametrize("leaving", [True, False])
async def test_closing_writes_what_waits(path: Path, leaving: bool) -> None:
    database = Database(path)
    _, draft = await begun(Conversations(database))
    draft.add("text", "kept")
    if leaving:
        draft.leave()
    await database.aclose()
    draft.add("text", " for nobody")
    draft.leave()

    assert rows(path, "SELECT text FROM parts WHERE message IS NULL") == [("kept",)]


async def test_a_text_that_grows_is_never_written_again(kept: Conversations, path: Path) -> None:
    id, draft = await begun(kept)
    for number in range(100):
        draft.add("text", f"{number:03}")
        await asyncio.sleep(0)
    await until_kept(kept, id, "".join(f"{number:03}" for number in range(100)))
    (written,) = rows(path, "SELECT SUM(length(text)), COUNT(*) FROM parts WHERE message IS NULL")

    assert written[0] == 300
    assert written[1] in range(1, 50)


class Counting(Database):
    """Counts what its thread is given to do."""

    submitted = 0

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        self.submitted += 1
        return super().submit(work)


async def test_all_answers_of_the_process_share_a_transaction(path: Path) -> None:
    database = Counting(path)
    kept = Conversations(database)
    drafts = [(await begun(kept))[1] for _ in range(50)]
    before, began = database.submitted, time.monotonic()
    for _ in range(20):
        for draft in drafts:
            draft.add("text", "x")
        await asyncio.sleep(0.001)
    took_s, submitted = time.monotonic() - began, database.submitted - before
    await database.aclose()

    assert submitted <= 1 + took_s / EVERY_S
    assert rows(path, "SELECT SUM(length(text)) FROM parts WHERE message IS NULL") == [(1000,)]


async def test_of_a_conversation_deleted_meanwhile_nothing_stays(kept: Conversations, path: Path) -> None:
    id, draft = await begun(kept)
    other, lasting = await begun(kept)
    await kept.delete(id)
    draft.add("text", "gone")
    lasting.add("text", "there")
    await until_kept(kept, other, "there")
    await draft.end((assistant("gone"),), MODEL, Usage(), "end_turn")

    assert rows(path, "SELECT text FROM parts ORDER BY number") == [("?",), ("there",)]


async def test_what_could_not_be_written_is_written_later_and_told_once(
    kept: Conversations, path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("llm_ls.store.drafts.AGAIN_S", 0.01)
    id, draft = await begun(kept)
    rows(path, "CREATE TRIGGER full BEFORE INSERT ON parts BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
    with caplog.at_level(logging.WARNING):
        for word in ("one ", "two "):
            draft.add("text", word)
            await asyncio.sleep(0.05)
    rows(path, "DROP TRIGGER full")
    draft.add("text", "three")
    await until_kept(kept, id, "one two three")

    assert [record.message for record in caplog.records if "llm_ls" in record.name] == [
        f"what arrives of answers is not kept for now: the database {str(path)!r} cannot be used: the disk is full"
    ]


@attrs.define
class Told:
    """What a process has said of its answers until it was killed, by turn: the last numbers, and when the last came."""

    conversations: dict[str, list[str]] = attrs.field(factory=dict[str, list[str]])
    added: dict[str, list[tuple[int, float]]] = attrs.field(factory=dict[str, list[tuple[int, float]]])
    steps: dict[str, int] = attrs.field(factory=dict[str, int])
    whole: set[str] = attrs.field(factory=set[str])
    last_at: float = 0.0

    def hear(self, line: str) -> None:
        if not line.endswith("\n"):
            return  # killed in the middle of it
        match line.split():
            case ["begun", conversation, turn]:
                self.conversations.setdefault(conversation, []).append(turn)
            case ["added", turn, number, at]:
                self.added.setdefault(turn, []).append((int(number), float(at)))
                self.last_at = float(at)
            case ["step", turn, number]:
                self.steps[turn] = int(number)
            case ["whole", turn, number]:
                self.steps[turn] = int(number)
                self.whole.add(turn)
            case _:
                raise AssertionError(line)


async def killed(path: Path, after_s: float) -> Told:
    """What a process said that was killed some time after its first word."""
    told = Told()
    async with started("streams", path) as process, asyncio.timeout(LIMIT_S):
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\n")
        told.hear((await process.stdout.readline()).decode())
        asyncio.get_running_loop().call_later(after_s, process.kill)
        async for line in process.stdout:
            told.hear(line.decode())
    return told


async def test_processes_killed_at_any_moment_lose_nothing(path: Path) -> None:
    chance = random.Random(7)
    told: list[Told] = []
    for _ in range(5):  # four at once on one file: two hundred conversations
        told += await asyncio.gather(*(killed(path, chance.uniform(0, 0.6)) for _ in range(4)))
    database = Database(path)
    kept = Conversations(database)
    summaries = await kept.list(None, limit=1000)
    for summary in summaries:
        found = await kept.get(summary.id)
        one = next((one for one in told if summary.id in one.conversations), Told())
        turns = {turn.id: turn for turn in found.turns}
        assert set(one.conversations.get(summary.id, ())) <= turns.keys()
        for turn in found.turns[1::2]:
            text = "".join(message.text for message in turn.messages)
            numbers = [int(number) for number in text.split()]
            soon = one.last_at - SOON_S
            must = max([one.steps.get(turn.id, -1), *(n for n, at in one.added.get(turn.id, ()) if at < soon)])

            assert numbers == list(range(len(numbers)))
            assert len(numbers) > must
            assert turn.whole or turn.id not in one.whole
            assert turn.whole == (turn.stop_reason is not None)
    await database.aclose()

    assert len(summaries) in range(10 * STREAMS, 20 * STREAMS + 1)
    assert {id for one in told for id in one.conversations} <= {summary.id for summary in summaries}
    assert sum(len(one.whole) for one in told) > 0
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
