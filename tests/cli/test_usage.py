"""`llm-ls usage` adds up what requests took, for people and for programs."""

import json
import re
import sys

import pytest

from llm_ls.messages import Usage
from llm_ls.store.database import default_path
from llm_ls.store.ledger import Entry, Ledger, Outcome
from llm_ls.store.suggestion_counts import Fate
from tests.cli.command import run
from tests.cli.terminal import Terminal


@pytest.fixture
async def asked() -> None:
    """The user has asked two models: one is expensive and was stopped once, the other free and has failed once."""
    ledger = Ledger()
    for model, outcome in (
        ("anthropic/claude-a", Outcome("ok", Usage(1200, 50, 800, cost_usd=2.5), first_event_s=0.5)),
        ("anthropic/claude-a", Outcome("cancelled", Usage(100, 5, cost_usd=0.25), estimated=True)),
        ("ollama/free", Outcome("ok", Usage(30, 4))),
        ("ollama/free", Outcome("unavailable")),
    ):
        await ledger.end(await ledger.begin(Entry(model, "chat")), outcome)
    await ledger.begin(Entry("ollama/free", "chat", "conversation-1"))
    await ledger.aclose()


@pytest.mark.usefixtures("asked")
async def test_piped_are_lines_with_tabs() -> None:
    done = await run("usage")

    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "anthropic/claude-a\t2\t0\t1\t0\t~1300\t~55\t800\t~$2.75",
        "ollama/free\t3\t1\t0\t1\t30\t4\t0\t?",
        "total\t5\t1\t1\t1\t~1330\t~59\t800\t~$2.75+",
    ]


@pytest.mark.usefixtures("asked")
async def test_by_provider_and_by_conversation() -> None:
    by_provider = await run("usage", "--by", "provider", "--since", "7d")
    by_conversation = await run("usage", "--by", "conversation", "--since", "24h")

    assert [line.split("\t")[:2] for line in by_provider.out.splitlines()] == [
        ["anthropic", "2"],
        ["ollama", "3"],
        ["total", "5"],
    ]
    assert [line.split("\t")[:2] for line in by_conversation.out.splitlines()] == [
        ["(none)", "4"],
        ["conversation-1", "1"],
        ["total", "5"],
    ]


@pytest.mark.usefixtures("asked")
async def test_as_json() -> None:
    done = await run("usage", "--json")
    table = json.loads(done.out)

    assert (done.code, done.err) == (0, "")
    assert table["totals"] == {
        "requests": 5,
        "failed": 1,
        "cancelled": 1,
        "unfinished": 1,
        "estimated": 1,
        "unpriced": 1,
        "inputTokens": 1330,
        "outputTokens": 59,
        "cacheReadTokens": 800,
        "cacheWriteTokens": 0,
        "reasoningTokens": 0,
        "costUsd": 2.75,
        "firstEventS": 0.5,
    }
    assert [row["key"] for row in table["rows"]] == ["anthropic/claude-a", "ollama/free"]


async def test_every_suggestion_that_was_offered_is_accounted_for() -> None:
    ledger = Ledger()
    await ledger.end(await ledger.begin(Entry("ollama/free", "inlineCompletion")), Outcome("ok", Usage(30, 4)))
    fates: list[tuple[Fate, int]] = [("accepted", 40), ("accepted_in_part", 6), ("rejected", 0), ("shown", 0)]
    for fate, characters in fates:
        await ledger.suggestions.end(await ledger.suggestions.begin("ollama/free"), fate, True, characters)
    await ledger.suggestions.begin("ollama/free")
    await ledger.aclose()
    done = await run("usage")

    assert done.out.splitlines()[-1] == (
        "suggestions and next edits: 5 offered, 1 accepted whole, 1 in part (46 characters in all), 1 rejected,"
        " 2 passed over, as far as editors tell"
    )


async def shown() -> list[str]:
    """The lines of the table on a terminal."""
    async with Terminal(sys.executable, "-m", "llm_ls", "usage") as terminal:
        return re.sub(r"\x1b\[[0-9;]*m", "", await terminal.everything()).splitlines()


@pytest.mark.usefixtures("asked")
async def test_on_a_terminal_it_is_a_table_with_numbers_to_the_right() -> None:
    titles, *rows = await shown()

    assert titles.split() == ["model", "requests", "failed", "cancelled", "unfinished", "in", "out", "cached", "cost"]
    assert [row.split()[0] for row in rows] == ["anthropic/claude-a", "ollama/free", "total"]
    assert rows[0].index("2") == titles.index("requests") + len("requests") - 1


async def test_on_a_terminal_columns_of_zeros_give_way_to_long_names() -> None:
    name = "openrouter/anthropic/claude-sonnet-5-5"
    ledger = Ledger()
    await ledger.end(await ledger.begin(Entry(name, "chat")), Outcome("ok", Usage(1_234_567, 12_345, cost_usd=2.5)))
    await ledger.aclose()
    titles, *rows = await shown()

    assert titles.split() == ["model", "requests", "in", "out", "cost"]
    assert rows[0].split() == [name, "1", "1234567", "12345", "$2.50"]


async def test_nothing_yet_is_a_sentence() -> None:
    ever, lately, program = await run("usage"), await run("usage", "--since", "1d"), await run("usage", "--json")

    assert (ever.code, ever.out, ever.err) == (0, "", "No model has been asked yet.\n")
    assert (lately.code, lately.out, lately.err) == (0, "", "No model has been asked since then.\n")
    assert json.loads(program.out)["rows"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--since", "soon"), '\'soon\' is not a number of days or hours such as "7d" or "24h", or a date'),
        (("--by", "colour"), "'colour' is not one of"),
    ],
)
async def test_what_it_cannot_add_up_is_wrong_usage(arguments: tuple[str, ...], said: str) -> None:
    done = await run("usage", *arguments)

    assert done.code == 2
    assert said in done.err
    assert done.out == ""


async def test_ledger_that_cannot_be_read_is_one_sentence() -> None:
    ledger = Ledger()
    await ledger.begin(Entry("openai/a", "chat"))
    await ledger.aclose()
    default_path().write_text("no database " * 50, encoding="utf-8")
    done = await run("usage")

    assert (done.code, done.out) == (1, "")
    assert "is damaged, or not one of llm-ls" in done.err
    assert f"Move {default_path()} away" in done.err
    assert len(done.err.splitlines()) == 1
