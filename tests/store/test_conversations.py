"""Conversations: nothing asked or answered is lost or overwritten, and what is there is found."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path

import attrs
import pytest

from llm_ls import errors
from llm_ls.messages import Attachment, Image, Message, Text, Thinking, ToolCall, ToolResult, Usage, user
from llm_ls.store.conversations import MAX_TITLE, Conversations
from llm_ls.store.database import Database
from llm_ls.store.ledger import Entry, Ledger
from llm_ls.store.schema import STEPS
from llm_ls.store.turns import Turn
from tests.store.processes import run

MODEL = "openai/gpt-test"
OLD_REQUEST = "INSERT INTO requests (at, model, purpose, conversation) VALUES (1, 'openai/old', 'chat', 'c')"


@attrs.define
class Clock:
    """A clock that goes on by a second with every look at it."""

    now: float = 1_795_800_000.123456789

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.sqlite3"


@pytest.fixture
async def kept(path: Path) -> AsyncGenerator[Conversations]:
    database = Database(path)
    yield Conversations(database, Clock())
    await database.aclose()


def said(text: str) -> tuple[Message, ...]:
    return (Message("assistant", (Text(text),)),)


async def answer(kept: Conversations, id: str, parent: str, text: str, usage: Usage = Usage(10, 5)) -> str:
    draft = await kept.begin_answer(id, parent, MODEL)
    await draft.end(said(text), MODEL, usage, "end_turn")
    return draft.id


async def exchange(kept: Conversations, id: str, parent: str, question: str) -> tuple[str, str]:
    """A question and its answer; their ids."""
    asked = await kept.ask(id, parent, user(question))
    return asked, await answer(kept, id, asked, f"About {question}")


async def texts(kept: Conversations, id: str, upto: str | None = None) -> list[str]:
    found = await kept.get(id, upto)
    return ["".join(message.text for message in turn.messages) for turn in found.turns]


async def titles(kept: Conversations, query: str) -> list[str]:
    return [summary.title for summary in await kept.list(None, query)]


async def test_keeps_every_part_of_a_turn_as_it_was(kept: Conversations) -> None:
    asked = Message("user", (Text("See\u2028\0 'this'"), Image("image/png", "aGk="), Text("")))
    attached = (Attachment("a.py", "x = 1\n", "python"), Attachment("b", ""))
    messages = (
        Message(
            "assistant",
            (
                Thinking("hm", "anthropic", {"signature": "x", "deep": [1, None, {"é": True}]}),
                Thinking("", "anthropic", {"redacted": "y"}),
                Text("Let me look."),
                ToolCall("c1", "read_file", {"path": "a.py"}, state={"thought_signature": "z"}, provider="google"),
                ToolCall("c2", "broken", {}, raw="{"),
            ),
        ),
        Message("user", (ToolResult("c1", "x = 1\n"), ToolResult("c2", "no JSON", True))),
        Message("assistant", (Text("Done."),)),
    )
    usage = Usage(100, 20, 60, 30, 5, 0.125)
    id = await kept.begin("file:///project", "All")
    question = await kept.ask(id, "", asked, attached)
    draft = await kept.begin_answer(id, question, MODEL)
    await draft.end(messages, "anthropic/claude-test", usage, "max_tokens")
    found = await kept.get(id)

    assert found.turns == (
        Turn(question, "", "user", found.turns[0].at, (asked,), attached),
        Turn(
            draft.id,
            question,
            "assistant",
            found.turns[1].at,
            messages,
            (),
            "anthropic/claude-test",
            usage,
            "max_tokens",
        ),
    )
    assert (found.summary.model, found.summary.usage) == ("anthropic/claude-test", usage)


async def test_what_is_asked_in_anothers_place_stands_beside_it(kept: Conversations) -> None:
    id = await kept.begin("", "Branches")
    first, second = await exchange(kept, id, "", "one")
    third, fourth = await exchange(kept, id, second, "two")
    other, _ = await exchange(kept, id, second, "two, else")
    again = await answer(kept, id, first, "One, better")
    path = await kept.get(id)

    assert [turn.id for turn in path.turns] == [first, again]
    assert path.turns[1].alternatives == (second,)
    assert path.summary.turns == 2
    assert await texts(kept, id, fourth) == ["one", "About one", "two", "About two"]
    assert (await kept.get(id, fourth)).turns[2].alternatives == (other,)
    assert (await kept.get(id, third)).turns[-1].id == third
    assert (await kept.get(id, second)).turns[-1].alternatives == (again,)
    assert [turn.id for turn in (await kept.get(id, third, onwards=True)).turns] == [first, second, third, fourth]
    assert [turn.id for turn in (await kept.get(id, second, onwards=True)).turns][2] == other
    assert (await kept.get(id, again, onwards=True)).turns[-1].id == again


async def test_usage_is_that_of_all_turns_and_unknown_stays_unknown(kept: Conversations) -> None:
    id = await kept.begin("", "Usage")
    asked = await kept.ask(id, "", user("?"))
    await answer(kept, id, asked, "a", Usage(10, 1, cache_read_tokens=4))
    await answer(kept, id, asked, "b", Usage(20, 2, cost_usd=0.5))
    await answer(kept, id, asked, "c", Usage(10**30, 3, cost_usd=float("inf")))
    usage = (await kept.summary(id)).usage

    assert usage == Usage(10**12 + 30, 6, cache_read_tokens=4, cost_usd=0.5)


async def test_a_summary_is_a_turn_of_its_own(kept: Conversations) -> None:
    id = await kept.begin("", "Long")
    _, second = await exchange(kept, id, "", "one")
    summed = await kept.summarise(id, second, "They talked.", MODEL, Usage(50, 5))
    await exchange(kept, id, summed, "two")
    found = await kept.get(id)

    assert [turn.role for turn in found.turns] == ["user", "assistant", "summary", "user", "assistant"]
    assert found.turns[2].messages == (user("They talked."),)
    assert (found.turns[2].model, found.turns[2].usage) == (MODEL, Usage(50, 5))


async def test_lists_the_newest_of_the_workspaces_first(kept: Conversations) -> None:
    ids = [await kept.begin(f"file:///{number % 2}", f"number {number}") for number in range(4)]
    await kept.ask(ids[0], "", user("?"))
    listed = await kept.list(None)
    page = await kept.list(None, limit=2)
    rest = await kept.list(None, before=page[-1].updated_at)

    assert [summary.id for summary in listed] == [ids[0], ids[3], ids[2], ids[1]]
    assert (*page, *rest) == listed
    assert [summary.id for summary in await kept.list(["file:///0"])] == [ids[0], ids[2]]
    assert len(await kept.list(["file:///0", "file:///1"])) == 4
    assert await kept.list([]) == await kept.list(["file:///"]) == ()
    assert (listed[0].turns, listed[1].turns, listed[1].usage) == (1, 0, Usage())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Überblick", "percent"]),
        ("PERCENT", ["percent"]),
        ("überBLICK", ["Überblick"]),
        ("ÜBERBLICK", ["Überblick"]),
        ("привет", ["Überblick"]),
        ("100%", ["percent"]),
        ("10%0", []),
        ("1_0", []),
        ("wild card!", ["percent"]),
        ("card wild", ["percent"]),
        ("percent card", []),
        ("'", ["percent"]),
        ("secret", []),
        ("attached", []),
        ("arriving", ["Überblick"]),
    ],
)
async def test_finds_all_words_in_a_title_a_question_or_an_answer(
    kept: Conversations, query: str, found: list[str]
) -> None:
    one, other = await kept.begin("", "percent"), await kept.begin("", "Überblick")
    asked = await kept.ask(one, "", user("it's 100% or 50 or 1x0"), (Attachment("a", "attached"),))
    draft = await kept.begin_answer(one, asked, MODEL)
    messages = (
        Message("assistant", (Thinking("secret", "x"), ToolCall("secret", "secret", {"secret": "secret"}))),
        Message("user", (ToolResult("secret", "secret"),)),
        *said("a wild card!"),
    )
    await draft.end(messages, MODEL, Usage(), "end_turn")
    asked = await kept.ask(other, "", user("Привет"))
    (await kept.begin_answer(other, asked, MODEL)).add("text", "arriving")
    await kept.list(None)

    assert await titles(kept, query) == found


async def test_a_fork_is_a_copy_up_to_a_turn(kept: Conversations, path: Path) -> None:
    id = await kept.begin("file:///project", "x" * MAX_TITLE)
    asked = await kept.ask(id, "", user("one"), (Attachment("a.py", "1"),))
    draft = await kept.begin_answer(id, asked, MODEL)
    await draft.step((*said("so"), Message("user", (ToolResult("c", "r"),))), MODEL, Usage(10, 5, cost_usd=1))
    draft.add("text", " far")
    await exchange(kept, id, draft.id, "two")
    fork, named = await kept.fork(id, draft.id), await kept.fork(id, title="Mine")
    original, copy = await kept.get(id, draft.id), await kept.get(fork)
    await kept.delete(id)

    def without_ids(turn: Turn) -> Turn:
        return attrs.evolve(turn, id="", parent="")

    assert list(map(without_ids, copy.turns)) == list(map(without_ids, original.turns))
    assert [turn.whole for turn in copy.turns] == [True, False]
    assert copy.summary.title == "x" * (MAX_TITLE - 7) + " (fork)"
    assert (copy.summary.workspace, copy.summary.model, copy.summary.turns) == ("file:///project", MODEL, 2)
    assert copy.summary.usage == Usage(10, 5, cost_usd=1)
    assert await kept.get(fork) == copy
    assert (await kept.summary(named)).title == "Mine"
    assert await texts(kept, named) == ["one", "so far", "two", "About two"]
    assert rows(path, "SELECT COUNT(*) FROM parts WHERE text = 'one'") == [2]


def rows(path: Path, sql: str) -> list[object]:
    """What another program reads there."""
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute(sql)]


async def test_deleting_takes_all_and_clearing_all_but_the_name(kept: Conversations, path: Path) -> None:
    id, other = await kept.begin("", "One"), await kept.begin("", "Other")
    for one in (id, other):
        await exchange(kept, one, "", "question")
    before = await kept.summary(id)
    await kept.clear(id)
    cleared = await kept.get(id)
    await kept.delete(id)

    assert (cleared.summary.id, cleared.summary.title, cleared.turns) == (id, "One", ())
    assert (cleared.summary.model, cleared.summary.usage) == ("", Usage())
    assert cleared.summary.updated_at > before.updated_at
    assert [summary.id for summary in await kept.list(None)] == [other]
    assert (rows(path, "SELECT COUNT(*) FROM turns"), rows(path, "SELECT COUNT(*) FROM parts")) == ([2], [2])


async def test_what_is_deleted_is_in_no_file_any_more(path: Path) -> None:
    database = Database(path)
    kept = Conversations(database)
    for _ in range(2):
        id = await kept.begin("", "Confidential title")
        asked = await kept.ask(id, "", user("Confidential question " * 1000), (Attachment("a", "Confidential file"),))
        draft = await kept.begin_answer(id, asked, MODEL)
        draft.add("text", "Confidential fragment")
        await draft.end(said("Confidential answer"), MODEL, Usage(), "end_turn")
        await kept.delete(id)
    await kept.begin("", "Other")
    await database.aclose()

    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert b"Confidential" not in path.read_bytes()


async def test_a_long_conversation_is_deleted_whole(kept: Conversations, path: Path) -> None:
    id, parent = await kept.begin("", "Long"), ""
    for number in range(1200):  # SQLite cascades no deeper than 1000
        parent = await kept.ask(id, parent, user(str(number)))
    assert len((await kept.get(id)).turns) == 1200
    await kept.delete(id)

    assert rows(path, "SELECT COUNT(*) FROM turns") == [0]


async def test_renaming_leaves_it_where_it_is(kept: Conversations) -> None:
    one = await kept.begin("", "One")
    await kept.begin("", "Other")
    await kept.rename(one, "  New\n name ")

    assert [summary.title for summary in await kept.list(None)] == ["Other", "New name"]
    with pytest.raises(errors.InvalidRequest, match="cannot be without a title"):
        await kept.rename(one, "\n")


@pytest.mark.parametrize(
    ("given", "title"),
    [("", "New conversation"), (" a\n\tb ", "a b"), ("y" * 300, "y" * (MAX_TITLE - 1) + "…"), ("\ud800!", "\ufffd!")],
)
async def test_a_title_is_one_line(kept: Conversations, given: str, title: str) -> None:
    assert (await kept.summary(await kept.begin("", given))).title == title


async def test_what_is_not_there_is_named(kept: Conversations) -> None:
    id, other = await kept.begin("", "One"), await kept.begin("", "Other")
    elsewhere = await kept.ask(other, "", user("?"))
    for asking in (
        kept.get("x"),
        kept.ask("x", "", user("?")),
        kept.begin_answer("x", "", MODEL),
        kept.fork("x"),
        kept.rename("x", "t"),
        kept.clear("x"),
        kept.delete("x"),
    ):
        with pytest.raises(errors.NotFound, match="there is no conversation 'x'"):
            await asking
    for asking in (
        kept.get(id, elsewhere),
        kept.ask(id, elsewhere, user("?")),
        kept.go_on(id, elsewhere),
        kept.summarise(id, elsewhere, "", MODEL, Usage()),
        kept.fork(id, elsewhere),
    ):
        with pytest.raises(errors.NotFound, match=f"conversation '{id}' has no turn '{elsewhere}'"):
            await asking

    assert await texts(kept, id) == []


async def test_two_processes_add_to_one_conversation_and_lose_nothing(kept: Conversations, path: Path) -> None:
    id = await kept.begin("", "Shared")
    first = await kept.ask(id, "", user("first"))
    said = await run("answers", path, id, first, count=2)
    answers = [turn for line in said for turn in line.split()]
    found = await kept.get(id)

    assert {found.turns[1].id, *found.turns[1].alternatives} == set(answers)
    assert {(await texts(kept, id, turn))[1] for turn in answers} == {f"answer {n} of {n}" for n in range(10)}
    assert rows(path, "PRAGMA integrity_check") == ["ok"]


async def test_older_file_keeps_its_requests(path: Path) -> None:
    older = Database(path, STEPS[:2])
    await older.run(lambda connection: connection.execute(OLD_REQUEST))
    await older.aclose()
    ledger = Ledger(path)
    kept = Conversations(ledger.database)
    id = await kept.begin("", "New")
    await ledger.begin(Entry(MODEL, "chat", id))
    await ledger.aclose()

    assert rows(path, "SELECT conversation FROM requests ORDER BY id") == ["c", id]
    assert rows(path, "PRAGMA user_version") == [len(STEPS)]


async def test_cancelled_caller_loses_nothing(kept: Conversations) -> None:
    id = await kept.begin("", "One")
    asking = asyncio.ensure_future(kept.ask(id, "", user("kept")))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait([asking])

    assert await texts(kept, id) == ["kept"]


@pytest.mark.parametrize("part", ["cannot_begin", "has_no_room_for_a_conversation"])
async def test_a_file_that_cannot_be_written_is_said(path: Path, part: str) -> None:
    (said,) = await run(part, path)

    assert "a.sqlite3' cannot be used: " in said


async def test_what_is_sent_begins_with_the_latest_summary(kept: Conversations) -> None:
    id = await kept.begin("", "Long")
    parent = ""
    for number in range(3):
        parent = await kept.ask(id, parent, user(f"Question {number}"))
        if number == 1:
            parent = await kept.summarise(id, parent, "So far.", "test/model", Usage())

    assert [turn.role for turn in (await kept.get(id, sent=True)).turns] == ["summary", "user"]
    assert [turn.role for turn in (await kept.get(id)).turns] == ["user", "user", "summary", "user"]
