"""Earlier questions of a chat that are changed in any way that Vim has: what is seen is asked, and nothing lost."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.rigs.nvim_screen import Screen, neovim
from tests.rigs.openai import environment, whole
from tests.rigs.terminal import ESC
from tests.rigs.vendor import LoopbackVendor

SEND = "\x13"


@asynccontextmanager
async def chat(folder: Path, vendor: LoopbackVendor, *answers: str) -> AsyncGenerator[Screen]:
    """A chat in which one question was asked for each of these answers, "question 1" first."""
    for answer in answers:
        vendor.says(*whole(answer))
    async with neovim(folder, environment(vendor), lines=60) as screen:
        for number, answer in enumerate(answers, 1):
            screen.command(f"Llm chat question {number}")
            await screen.shows(f"question {number}", answer, "<CR> sends")
        yield screen
        screen.command("qa!")
        await screen.ended()


def asked(vendor: LoopbackVendor) -> list[str]:
    """What the vendor was sent last, without the instructions."""
    return [message["content"] for message in vendor.requests[-1].json["messages"][1:]]


@pytest.mark.parametrize(
    ("keys", "question"),
    [
        pytest.param("A by A", "question 2 by A", id="append"),
        pytest.param("osecond line", "question 2\nsecond line", id="open_below"),
        pytest.param("Oline before", "line before\nquestion 2", id="open_above"),
        pytest.param("ccwhole", "whole", id="change_line"),
        pytest.param("0Cwhole", "whole", id="change_to_end"),
        pytest.param("ddOwhole", "whole", id="delete_and_open"),
        pytest.param("ciwword", "word 2", id="change_word"),
        pytest.param("yyp0Cmore", "question 2\nmore", id="put"),
        pytest.param("kkJJA by A", "question 2 by A", id="join_the_heading_above"),
        pytest.param("JJ0iA ", "A question 2", id="join_the_heading_below"),
        pytest.param("kkddjA by A", "question 2 by A", id="delete_the_heading"),
        pytest.param(f"dd{ESC}uA by A", "question 2 by A", id="undo"),
    ],
)
async def test_what_is_seen_is_asked(tmp_path: Path, vendor: LoopbackVendor, keys: str, question: str) -> None:
    async with chat(tmp_path, vendor, "One.", "Two.", "Three.") as screen:
        vendor.says(*whole("Anew."))
        screen.keys("Gidraft", ESC)
        screen.command("/question 2")
        screen.keys(keys, ESC, "\r")
        again = await screen.shows("Anew.", "<CR> sends", "draft")

    assert asked(vendor) == ["question 1", "One.", question]
    assert "Two." not in again
    assert "question 3" not in again


async def test_a_question_that_failed_is_asked_as_it_reads_now(tmp_path: Path, vendor: LoopbackVendor) -> None:
    async with chat(tmp_path, vendor, "One.") as screen:
        vendor.refuses(400, {"error": {"message": "no"}})
        vendor.says(*whole("Anew."))
        screen.command("Llm chat question 2")
        await screen.shows("asks again")
        screen.command("?question 2")
        screen.keys("A but with this added", ESC, "\r")
        await screen.shows("Anew.", "<CR> sends")

    assert asked(vendor) == ["question 1", "One.", "question 2 but with this added"]


async def test_of_several_questions_that_were_changed_the_later_ones_wait_in_the_prompt(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    async with chat(tmp_path, vendor, "One.", "Two.", "Three.") as screen:
        vendor.says(*whole("Anew."))
        screen.command("%s/question [23]/& changed/")
        screen.keys("Gidraft", ESC, "\r")
        await screen.shows("Anew.", "<CR> sends", "question 3 changed", "draft")
        first = asked(vendor)
        vendor.says(*whole("Last."))
        screen.keys("\r")
        await screen.shows("Last.", "<CR> sends")

    assert first == ["question 1", "One.", "question 2 changed"]
    assert asked(vendor)[-1] == "question 3 changed\n\ndraft"


async def test_undo_brings_back_nothing_of_a_question_that_was_taken_away(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    async with chat(tmp_path, vendor, "One.", "Two.") as screen:
        vendor.says(*whole("Anew."))
        screen.command("/question 2")
        screen.keys("dd", "\r")
        await screen.shows("write a question below")
        screen.keys("uu")
        await screen.hides("Two.")
        screen.keys("Ginext", SEND)
        await screen.shows("Anew.", "<CR> sends")

    assert asked(vendor) == ["question 1", "One.", "next"]


async def test_what_is_no_longer_attached_is_not_sent_again(tmp_path: Path, vendor: LoopbackVendor) -> None:
    async with chat(tmp_path, vendor) as screen:
        vendor.says(*whole("Anew."))
        vendor.says(*whole("And anew."))
        screen.keys("Vj:Llm ask What is it?\r")
        await screen.shows("▸ attached: sum.py, lines 1 to 2", "Anew.", "<CR> sends")
        attached = asked(vendor)
        screen.command("/sum.py")
        screen.keys("dd", "\r")
        await screen.shows("And anew.", "<CR> sends")

    assert "return a - b" in attached[0]
    assert asked(vendor) == ["What is it?"]


async def test_what_is_written_right_below_the_heading_of_the_prompt_is_asked(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    async with chat(tmp_path, vendor, "One.") as screen:
        vendor.says(*whole("Anew."))
        screen.command("$?## You")
        screen.keys("oabove", ESC, "\r")
        await screen.shows("Anew.", "<CR> sends")

    assert asked(vendor) == ["question 1", "One.", "above"]
