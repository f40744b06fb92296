"""A chat in Emacs with eglot, which starts another server for it: a Markdown file that knows its project."""

from pathlib import Path

from tests.rigs.emacs import emacs
from tests.rigs.openai import environment, whole, words
from tests.rigs.vendor import PAUSE, LoopbackVendor

ALONE = "\x181"
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
