"""The parts of the Neovim plugin that only compute."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.rigs import nvim

PARTS = Path(__file__).parent / "plugin" / "parts.lua"


@pytest.fixture(scope="module")
def seen() -> Any:
    return asyncio.run(nvim.play(PARTS, plugin=True))


def test_hunks_are_whole_lines(seen: Any) -> None:
    assert seen["hunks"] == {
        "within a line": [1, "two", "tWO"],
        "lines before": [1, "", "a|b"],
        "at the top": [0, "", "zero"],
        "after the last": [3, "", "four"],
        "past the end": [3, "", "four"],
        "a line gone": [1, "two", ""],
        "the last gone": [2, "three", ""],
        "with carriage returns": [1, "", "half"],
        "behind an emoji": [0, 'x = "😀" -- smile', 'x = "😀"; -- smile'],
    }


def test_words_that_differ_are_found(seen: Any) -> None:
    assert seen["words"] == {
        "one word": [["-"], ["+"]],
        "two beside each other": [["two"], ["2, 3"]],
        "hardly anything left": [[], []],
        "letters beyond ASCII": [["1"], ["2"]],
    }


def test_ranges_are_what_was_selected(seen: Any) -> None:
    assert seen["ranges"] == {
        "characters": [1, 1, 1, 6],
        "an emoji": [1, 2, 1, 6],
        "lines": [1, 0, 1, 10],
        "a command": [1, 0, 2, 10],
        "in UTF-16": [1, 4, 2, 10],
        "and back": [1, 6, 9, 0],
    }


def test_a_question_breaks_at_spaces(seen: Any) -> None:
    assert seen["wrapped"] == ["to sign in, open", "https://example.com/device", "and enter"]


def test_a_question_breaks_within_a_word_for_which_no_screen_is_wide_enough(seen: Any) -> None:
    assert seen["broken"] == [74, 73, 74, 73, 6]


def test_commands_are_completed_and_have_plug_maps(seen: Any) -> None:
    assert seen["without_plug"] == []
    assert seen["completed"] == [["reject", "rename", "restart", "retry"], ["all", "file"]]


def test_options_that_are_none_are_told(seen: Any) -> None:
    assert seen["not_a_table"] == ["vim.g.llm_ls has to be a table or false, not a number"]
    assert seen["defaults"] == "<localleader>a"
    assert seen["no_keys"] is False
