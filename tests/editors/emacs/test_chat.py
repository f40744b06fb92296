"""A chat in Emacs with eglot, which starts another server for it: a Markdown file that knows its project."""

import asyncio
from pathlib import Path

import pytest

from llm_ls.protocol import edits
from tests.rigs.emacs import Emacs, emacs
from tests.rigs.openai import environment, tool_call, whole, words
from tests.rigs.terminal import ENTER
from tests.rigs.vendor import PAUSE, LoopbackVendor

ALONE = "\x181"
CANCEL, LEFT = "\x07", "\x1b[D"
BARE = "\n(with-eval-after-load 'eglot (advice-remove 'eglot-handle-request 'eglot-handle-request@llm-ls))\n"
SUM = "def add(a, b):\n    return a - b\n"


async def test_a_question_is_completed_sent_and_answered_in_the_file(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*words("It subtracts.\n\n", "Let"), PAUSE, *whole(" it add."))
    async with emacs(tmp_path, SUM, environment(vendor)) as one:
        await one.choose("AI: Chat about this")
        await one.terminal.shows("llm-ls: chat", "@notes.txt:1-2", "(Chat")
        one.terminal.keys(ALONE)
        await one.terminal.shows("(Chat Flymake")
        one.terminal.keys("What is wrong in @no")
        await one.terminal.shows("in @no")
        await one.runs("completion-at-point")
        await one.terminal.shows("1 possible completion", "@notes.txt")
        one.terminal.keys(ALONE, "?")
        await one.runs("eglot-code-actions", "AI: Send to gpt-test")
        await vendor.paused()
        await one.terminal.shows("It subtracts.")
        vendor.go_on()
        answered = await one.terminal.shows("Let it add.", "> — gpt-test")

    assert "What is wrong in @no?" in answered
    assert "return a - b" in vendor.requests[-1].json["messages"][-1]["content"]


async def asked_for_consent(one: Emacs) -> None:
    """Ask what a model reads a file for, and wait until it asks to."""
    await one.choose("AI: Chat about this")
    await one.terminal.shows("llm-ls: chat", "(Chat")
    one.terminal.keys(ALONE)
    await one.terminal.shows("(Chat Flymake")
    one.terminal.keys("What is wrong?")
    await one.terminal.shows("What is wrong?")
    await one.runs("eglot-code-actions", "AI: Send to gpt-test")
    await one.terminal.shows("The model asks to: ", "Choose an option: Once")


@pytest.mark.parametrize("configured", ["", BARE], ids=["as printed", "eglot alone"])
async def test_after_a_consent_the_answer_comes_whole_and_once(
    vendor: LoopbackVendor, tmp_path: Path, configured: str
) -> None:
    vendor.says(*tool_call("read_file", {"path": "notes.txt"}))
    vendor.says(*words("It subtracts.\n\n", "Let"), PAUSE, *whole(" it add."))
    async with emacs(tmp_path, SUM, environment(vendor), configured) as one:
        await asked_for_consent(one)
        one.terminal.keys(ENTER)
        await vendor.paused()
        await one.terminal.shows("> → read_file notes.txt, " if configured else "It subtracts.")
        await asyncio.sleep(edits.CHANGE_TIMEOUT_S)
        vendor.go_on()
        if configured:
            one.terminal.keys(LEFT)  # until then, Emacs does not think itself idle
        answered = await one.terminal.shows("Let it add.", "> — gpt-test")

    assert "> → read_file notes.txt, " in answered
    assert [answered.count(word) for word in ("title: ", "## Assistant", "It subtracts.", "## You")] == [1, 1, 1, 2]


async def test_leaving_the_question_for_consent_is_a_no(vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.says(*tool_call("read_file", {"path": "notes.txt"}))
    vendor.says(*whole("As you like."))
    async with emacs(tmp_path, SUM, environment(vendor)) as one:
        await asked_for_consent(one)
        one.terminal.keys(CANCEL)
        await one.terminal.shows("> → read_file notes.txt, failed: ", "As you like.", "> — gpt-test")
