"""A chat in Neovim as a person sees it: on the screen, by keys."""

import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.rigs.nvim_screen import Screen, neovim
from tests.rigs.openai import END, chunk, environment, whole, words
from tests.rigs.prepared_model import prepared_model
from tests.rigs.terminal import ESC
from tests.rigs.vendor import CUT, PAUSE, Answer, LoopbackVendor

SEND = "\x13"
CODE = "def add(a, b):\n    return a + b\n"
BLOCK = f"```python\n{CODE}```\n"


@asynccontextmanager
async def asked(
    folder: Path, vendor: LoopbackVendor, question: str = "What is it?", **more: str
) -> AsyncGenerator[Screen]:
    """Neovim with a chat in which this was just asked."""
    async with neovim(folder, {**environment(vendor), **more}, lines=40) as screen:
        screen.command("Llm chat")
        await screen.shows("## You", "-- INSERT --")
        screen.keys(question, SEND)
        await screen.shows("## Assistant")
        yield screen
        screen.command("qa!")
        await screen.ended()


def questions(vendor: LoopbackVendor, request: int = -1) -> list[tuple[str, str]]:
    """Who said what in a request to the vendor, without the instructions."""
    messages = vendor.requests[request].json["messages"]
    return [(message["role"], message["content"]) for message in messages if message["role"] != "system"]


async def test_an_answer_streams_with_its_thinking_folded_and_ends_with_what_it_cost(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    thinking = chunk({"reasoning_content": "Let me see.\nIt is a sum."})
    vendor.says(thinking, *words("The answer "), PAUSE, *words("is 42."), *END)
    async with asked(tmp_path, vendor, LLM_LS_MODEL="openai/gpt-5.4") as screen:
        streaming = await screen.shows("▸ thinking, 2 lines", "The answer")
        vendor.go_on()
        done = await screen.shows("The answer is 42.", "openai/gpt-5.4 · 12 in, 5 out tokens · $0.0001")
        screen.keys("[[[[jj", "za")
        opened = await screen.shows("> Let me see.", "> It is a sum.")

    assert "q stops" in streaming
    assert "It is a sum" not in done
    assert "<CR> sends" in done
    assert "▸ thinking" not in opened


async def test_the_conversation_goes_on_with_the_answers_as_they_were_given(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    vendor.says(*whole("It is seven."))
    async with asked(tmp_path, vendor) as screen:
        await screen.shows("out tokens")
        screen.keys(":%s/seven/eight/\r", "GiAnd then?", ESC, "\r")
        await vendor.asked()
        await vendor.asked()
        await screen.shows("And then?", "answers are sent as they were given")

    assert questions(vendor) == [
        ("user", "What is it?"),
        ("assistant", "It is seven."),
        ("user", "And then?"),
    ]


async def test_a_selection_is_attached_and_what_was_sent_can_be_read(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("Seven."))
    async with neovim(tmp_path, environment(vendor), files={"sum.py": "one = 1\ntwo = 2\nthree = 3\n"}) as screen:
        screen.keys("jV:Llm chat\r")
        await screen.shows("▸ attached: sum.py, line 2", "-- INSERT --")
        screen.keys("Why?", SEND)
        await screen.shows("out tokens")
        screen.keys("gd")
        sent = await screen.shows("llm-ls://sent", "What openai/gpt-test is sent")
        screen.keys("q")
        await screen.hides("llm-ls://sent")
        screen.keys("iThen?", SEND)
        await screen.shows("Then?")
        await vendor.asked()
        await vendor.asked()
        screen.command("qa!")

    assert "## Instructions" in sent
    (_, first), _, (_, second) = questions(vendor)
    assert "two = 2" in first
    assert "one = 1" not in first
    assert first.endswith("Why?")
    assert second == "Then?"


async def test_what_is_attached_is_left_out_by_deleting_its_line(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("Seven."))
    async with neovim(tmp_path, environment(vendor)) as screen:
        screen.keys("Vj:Llm chat\r")
        await screen.shows("▸ attached: sum.py, lines 1 to 2", "-- INSERT --")
        screen.keys(ESC, "ggjjdd")
        await screen.hides("▸ attached")
        screen.keys("GiWhy?", SEND)
        await vendor.asked()
        screen.command("qa!")

    assert questions(vendor) == [("user", "Why?")]


async def test_ask_is_about_the_whole_file_and_what_diagnostics_say_of_it(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    vendor.says(*whole("Seven."))
    async with neovim(tmp_path, environment(vendor), lines=40) as screen:
        screen.command(
            "lua vim.diagnostic.set(vim.api.nvim_create_namespace('linter'), 0,"
            " {{lnum = 1, col = 0, message = 'it subtracts'}})"
        )
        screen.command("Llm ask what is wrong?")
        await screen.shows("▸ attached: sum.py, and 1 more", "out tokens")
        screen.command("qa!")

    text = questions(vendor)[-1][1]
    assert "return a - b" in text
    assert "it subtracts" in text
    assert text.endswith("what is wrong?")


async def test_a_stopped_answer_is_kept_and_asked_for_again_in_its_place(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    vendor.says(*words("On and on "), PAUSE)
    vendor.says(*whole("Short."))
    async with asked(tmp_path, vendor) as screen:
        await screen.shows("On and on")
        screen.keys("q")
        stopped = await screen.shows("Stopped.")
        await vendor.client_closed()
        screen.keys("iand more", ESC, "gr")
        again = await screen.shows("Short.", "out tokens", "and more")

    assert "On and on" in stopped
    assert "On and on" not in again
    assert "Stopped." not in again
    assert questions(vendor) == [("user", "What is it?")]


async def test_a_failed_question_is_kept_and_can_be_mended_and_sent_again(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    vendor.refuses(401, {"error": {"message": "Incorrect API key provided"}})
    vendor.says(*whole("Seven."))
    async with asked(tmp_path, vendor) as screen:
        failed = await screen.shows("Incorrect API key provided", "asks again")
        screen.keys(":%s/What/Who/\r", "G\r")
        mended = await screen.shows("Seven.", "out tokens")

    assert "What is it?" in failed
    assert "Incorrect API key" not in mended
    assert questions(vendor) == [("user", "Who is it?")]


async def test_a_cut_off_answer_is_kept_and_marked(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*words("It is se"), CUT)
    async with asked(tmp_path, vendor) as screen:
        cut = await screen.shows("It is se", "The answer was cut off: ", "asks again")

    assert cut.index("It is se") < cut.index("The answer was cut off")


async def test_a_repeated_request_is_told(tmp_path: Path, vendor: LoopbackVendor) -> None:
    busy = Answer((b'{"error": {"message": "busy"}}',), status=503, headers={"content-type": "application/json"})
    vendor.answers(busy)
    vendor.says(*whole("Seven."))
    async with asked(tmp_path, vendor) as screen:
        told = await screen.shows("Seven.", "out tokens", "busy")

    assert told.index("busy") < told.index("Seven.")


async def test_a_server_that_is_killed_in_mid_answer_leaves_what_came(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*words("It is se"), PAUSE)
    vendor.says(*whole("Seven."))
    async with asked(tmp_path, vendor) as screen:
        await screen.shows("It is se")
        os.kill(screen.server.processes[-1], signal.SIGKILL)
        await screen.shows("It is se", "The answer was cut off: ", "ended", "Press ENTER")
        screen.keys("\r")
        await screen.hides("Press ENTER")
        screen.keys("gr")
        await screen.shows("Seven.", "out tokens")


async def test_blocks_are_yanked_and_put_into_the_file(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole(f"So:\n\n{BLOCK}\nThat is all."))
    async with asked(tmp_path, vendor) as screen:
        await screen.shows("out tokens")
        screen.keys("[[", "gy")
        await screen.shows("yanked 2 lines")
        screen.keys("gp")
        await screen.shows("put 2 lines into sum.py")
        screen.command("wincmd p")
        screen.command("write")
        await screen.shows("written")

    assert (screen.project / "sum.py").read_text() == f"def add(a, b):\n{CODE}    return a - b\n"


async def test_keys_are_shown(tmp_path: Path, vendor: LoopbackVendor) -> None:
    async with neovim(tmp_path, environment(vendor)) as screen:
        screen.command("Llm chat")
        await screen.shows("-- INSERT --")
        screen.keys(ESC, "g?")
        shown = await screen.shows("send the question", "ask the last question again", "show what was sent")
        screen.keys("q")
        await screen.hides("send the question")
        screen.command("qa!")

    assert "<CR> <C-s> (insert)" in shown


@pytest.mark.parametrize("closing", [":q\r", "\x03", ":qa!\r", ":bwipeout!\r"])
async def test_closing_in_mid_answer_hangs_up_on_the_vendor(
    tmp_path: Path, vendor: LoopbackVendor, closing: str
) -> None:
    vendor.says(*words("On and on "), PAUSE)
    async with neovim(tmp_path, environment(vendor)) as screen:
        screen.command("Llm chat")
        await screen.shows("-- INSERT --")
        screen.keys("What?", SEND)
        await screen.shows("On and on")
        screen.keys(closing)
        await vendor.client_closed()
        if closing != ":qa!\r":
            await screen.hides("On and on")
            screen.command("qa!")
        await screen.ended()


async def test_chats_answer_at_the_same_time(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*words("First "), PAUSE, *words("chat."), *END)
    vendor.says(*words("Second "), PAUSE, *words("chat."), *END)
    async with asked(tmp_path, vendor, "One?") as screen:
        await screen.shows("First")
        screen.command("Llm! chat Two?")
        await screen.shows("Second", "llm-chat://2")
        vendor.go_on()
        vendor.go_on()
        await screen.shows("Second chat.", "out tokens")
        screen.command("buffer llm-chat://1")
        first = await screen.shows("First chat.", "out tokens")

    assert "Second" not in first


async def test_an_answer_of_llama_cpp_streams(tmp_path: Path) -> None:
    with prepared_model(tmp_path, {"": "The answer is 42, of course."}) as model:
        async with neovim(tmp_path, model, columns=150, lines=30) as screen:
            screen.command("Llm chat What is 6 times 7?")
            await screen.shows("The answer is 42, of course.", "llamacpp/tiny · ", "out tokens")
            screen.command("qa!")
            await screen.ended()
