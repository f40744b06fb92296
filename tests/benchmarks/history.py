"""What is kept of conversations: finding it again among many, and keeping answers as they arrive."""

import asyncio
import random
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from llm_ls.messages import Message, Text, Thinking, user
from llm_ls.store import kept_parts
from llm_ls.store.connection import Connection, transaction
from llm_ls.store.conversations import Conversations
from llm_ls.store.database import Database
from llm_ls.store.drafts import Draft
from tests.benchmarks import report, servers
from tests.benchmarks.client import Server

CONVERSATIONS = 10_000
TURNS = 10
LONG = 50
"""Turns of one of them."""

STREAMS = 200
EVENTS_A_SECOND = 50
SECONDS = 5

_FOLDERS = 10
_SYLLABLES = ("ba", "co", "di", "fu", "ga", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "zy", "kri", "tro", "sne")


def history_open() -> None:
    """A history of 10,000 conversations of 10 turns: the first page, the next, one of 50 turns, and searches."""
    with _made() as (data, word), Server(servers.LLM_LS, {"XDG_DATA_HOME": str(data)}) as server:
        server.initialize()
        server.settle()
        everywhere = {"everywhere": True}
        first = _timed(server, "first page, of a server just started", "listConversations", everywhere, times=1)
        _timed(server, "first page again", "listConversations", everywhere)
        _timed(server, "the next page", "listConversations", {**everywhere, "before": first[-1]["updatedAt"]})
        (long,) = [found for found in first if found["turns"] == LONG]
        _timed(server, f"one of {LONG} turns", "getConversation", {"id": long["id"]})
        _timed(server, "search: a word of many", "listConversations", {**everywhere, "query": word})
        _timed(server, "search: a word of none", "listConversations", {**everywhere, "query": "qqqqqq"})
        _timed(server, "search: two words", "listConversations", {**everywhere, "query": f"{word} ba"})
        report.line("memory after it", [server.memory_mib()], "MiB")


def drafts() -> None:
    """200 answers at once, 50 events a second each, kept as they arrive: CPU an event, beside the same unkept."""
    unkept, kept = asyncio.run(_streamed(keep=False)), asyncio.run(_streamed(keep=True))
    report.line("CPU an event, kept", [kept - unkept], "us more")


def _timed(server: Server, name: str, method: str, params: dict[str, Any], times: int = 20) -> Any:
    took: list[float] = []
    answer: dict[str, Any] = {}
    for _ in range(times):
        before = time.monotonic()
        answer = server.answer(server.request(f"llm-ls/{method}", params))
        took.append((time.monotonic() - before) * 1000)
    report.line(name, took, "ms", tail=0.9 if times > 1 else None)
    return answer["result"]


@contextmanager
def _made() -> Generator[tuple[Path, str]]:
    """A data folder with the history, and a word of it."""
    with tempfile.TemporaryDirectory(prefix="llm-ls-benchmark-") as folder:
        path = Path(folder) / "llm-ls" / "llm-ls.sqlite3"
        word = asyncio.run(_fill(path))
        report.line("size of the file", [path.stat().st_size / 1e6], "MB")
        yield Path(folder), word


async def _fill(path: Path) -> str:
    chance = random.Random(1)
    words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(20_000)]
    weights = [1 / (number + 1) for number in range(len(words))]
    questions, answers = ([" ".join(chance.choices(words, weights, k=k)) for _ in range(2_000)] for k in (20, 150))

    def fill(connection: Connection) -> None:
        with transaction(connection):
            for number in range(CONVERSATIONS):
                turns = LONG if number == CONVERSATIONS - 10 else TURNS
                at = 1_790_000_000.0 + 60 * number
                row = (f"c{number}", chance.choice(questions), f"file:///{number % _FOLDERS}", at, at)
                connection.execute(_CONVERSATION, (*row, f"c{number}-{turns - 1}"))
                for depth in range(turns):
                    answer = (Thinking(chance.choice(questions), "openai"), Text(chance.choice(answers)))
                    message = Message("assistant", answer) if depth % 2 else user(chance.choice(questions))
                    parent = f"c{number}-{depth - 1}" if depth else ""
                    turn = (f"c{number}-{depth}", f"c{number}", parent, depth + 1, message.role, at)
                    added = connection.execute(_TURN, turn).lastrowid
                    assert added is not None
                    kept_parts.insert(connection, added, (message,))

    database = Database(path)
    await database.run(fill)
    await database.run(lambda connection: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)"))
    await database.aclose()
    return words[-1]


_CONVERSATION = """
    INSERT INTO conversations (id, title, workspace, created_at, updated_at, head) VALUES (?, ?, ?, ?, ?, ?)
"""
_TURN = """
    INSERT INTO turns (id, conversation, parent, depth, role, at, input_tokens) VALUES (?, ?, ?, ?, ?, ?, 100)
"""


async def _streamed(*, keep: bool) -> float:
    """CPU of the whole process an event, in microseconds."""
    with tempfile.TemporaryDirectory(prefix="llm-ls-benchmark-") as folder:
        database = Database(Path(folder) / "kept.sqlite3")
        conversations = Conversations(database)
        drafts: list[Draft] = []
        for number in range(STREAMS):
            id = await conversations.begin("", f"number {number}")
            drafts.append(await conversations.begin_answer(id, "", "openai/gpt-test"))
        before = time.process_time()
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for event in range(SECONDS * EVENTS_A_SECOND):
            for number, draft in enumerate(drafts):
                if keep:
                    draft.add("text", "word ")
                if number % 20 == 19:  # spread over the time, as they come
                    due = begun + (event + (number + 1) / STREAMS) / EVENTS_A_SECOND
                    await asyncio.sleep(max(0.0, due - loop.time()))
        cpu_s = time.process_time() - before
        await database.aclose()
    return cpu_s / (STREAMS * SECONDS * EVENTS_A_SECOND) * 1e6
