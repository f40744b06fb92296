"""Conversations that the server keeps, in Neovim's chat: found again, gone on with, changed, forked, deleted."""

import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.rigs.nvim_screen import Screen, neovim
from tests.rigs.openai import END, chunk, environment, tool_call, whole, words
from tests.rigs.terminal import ESC
from tests.rigs.vendor import CUT, PAUSE, LoopbackVendor

SEND = "\x13"


@pytest.fixture
def shared(tmp_path: Path, vendor: LoopbackVendor) -> dict[str, str]:
    """Makes all servers of a test use one store."""
    return {**environment(vendor), "LLM_LS_MODEL": "openai/gpt-5.4", "XDG_DATA_HOME": str(tmp_path / "data")}


@asynccontextmanager
async def chat(folder: Path, shared: dict[str, str]) -> AsyncGenerator[Screen]:
    async with neovim(folder, shared, lines=50, columns=100) as screen:
        yield screen
        screen.command("qa!")
        await screen.ended()


async def ask(screen: Screen, question: str, answer: str) -> None:
    screen.command(f"Llm chat {question}")
    await screen.shows(question, answer, "<CR> sends")


def asked(vendor: LoopbackVendor) -> list[str]:
    """What the vendor was sent last, without the instructions."""
    return [message["content"] for message in vendor.requests[-1].json["messages"][1:]]


async def test_a_conversation_goes_on_after_everything_was_closed(
    tmp_path: Path, vendor: LoopbackVendor, shared: dict[str, str]
) -> None:
    vendor.says(chunk({"reasoning_content": "Hm."}), *words("It is seven."), *END)
    vendor.says(*whole("Odd."))
    async with chat(tmp_path / "one", shared) as screen:
        await ask(screen, "What is it?", "It is seven.")
    async with chat(tmp_path / "two", shared) as screen:
        screen.command("Llm history")
        await screen.shows("no conversation is kept yet in this project")
        screen.command("Llm! history")
        listed = await screen.shows("1: What is it?")
        screen.keys("1\r")
        opened = await screen.shows(
            "## You", "What is it?", "▸ thinking, 1 line", "It is seven.", "12 in, 5 out tokens"
        )
        screen.keys("iAnd then?", SEND)
        await screen.shows("And then?", "Odd.", "· 34 tok")

    assert "just now · 2 turns · gpt-5.4 · $0.0001 · 17 tok · project" in listed
    assert "openai/gpt-5.4 · $0.0001 · 17 tok · What is it?" in opened
    assert asked(vendor) == ["What is it?", "It is seven.", "And then?"]


async def test_conversations_are_searched_by_what_was_said(
    tmp_path: Path, vendor: LoopbackVendor, shared: dict[str, str]
) -> None:
    vendor.says(*whole("Seven."))
    async with chat(tmp_path / "one", shared) as screen:
        await ask(screen, "What is it?", "Seven.")
        screen.command("Llm history eight")
        await screen.shows('no conversation holds "eight" in this project')
        screen.command("Llm history seven")
        await screen.shows("1: What is it?")
        screen.keys("\r")
        await screen.hides("1: What is it?")


async def test_a_question_that_was_changed_is_asked_again_in_its_place(
    tmp_path: Path, vendor: LoopbackVendor, shared: dict[str, str]
) -> None:
    for said in ("One.", "Two.", "Eins.", "Drei."):
        vendor.says(*whole(said))
    async with chat(tmp_path / "one", shared) as screen:
        await ask(screen, "first?", "One.")
        await ask(screen, "second?", "Two.")
        screen.command("%s/first/erstens/")
        screen.keys("Githird?", SEND)
        again = await screen.shows("erstens?", "Eins.", "stays in the conversation", "<CR> sends", "third?")
        sent = asked(vendor)
        screen.keys(ESC, "G\r")
        await screen.shows("Drei.")

    assert "second?" not in again
    assert sent == ["erstens?"]
    assert asked(vendor) == ["erstens?", "Eins.", "third?"]


async def test_an_answer_that_is_asked_for_again_is_another_one_in_its_place(
    tmp_path: Path, vendor: LoopbackVendor, shared: dict[str, str]
) -> None:
    vendor.says(*words("It is se"), CUT)
    vendor.says(*whole("Seven."))
    vendor.says(*whole("Eight."))
    async with chat(tmp_path / "one", shared) as screen:
        screen.command("Llm chat What is it?")
        await screen.shows("It is se", "The answer was cut off")
        screen.command("bwipeout!")
        screen.command("Llm history")
        await screen.shows("1: What is it?")
        screen.keys("1\r")
        await screen.shows("It is se", "> The answer was stopped or cut off.", "`gr` asks again.")
        screen.keys("gr")
        await screen.shows("Seven.", "<CR> sends")
        screen.keys("gr")
        again = await screen.shows("Eight.", "<CR> sends")

    assert again.count("## You") == 2
    assert "Seven." not in again
    assert asked(vendor) == ["What is it?"]


async def test_a_stopped_answer_that_is_read_back_says_so_and_asks_for_nothing_in_the_middle(
    tmp_path: Path, vendor: LoopbackVendor, shared: dict[str, str]
) -> None:
    vendor.says(*words("On and on"), PAUSE)
    vendor.says(*whole("Seven."))
    async with chat(tmp_path / "one", shared) as screen:
        screen.command("Llm chat What is it?")
        await screen.shows("On and on")
        screen.keys("q")
        await screen.shows("Stopped.")
        await ask(screen, "And now?", "Seven.")
        screen.command("bwipeout!")
        screen.command("Llm history")
        await screen.shows("1: What is it?")
        screen.keys("1\r")
        opened = await screen.shows("On and on", "> The answer was stopped or cut off.", "Seven.", "out tokens")

    assert "asks again" not in opened
    assert opened.count("tokens") == 1


async def test_what_was_in_the_place_of_a_question_or_an_answer_is_shown_again(
    tmp_path: Path, vendor: LoopbackVendor, shared: dict[str, str]
) -> None:
    for said in ("One.", "Two.", "Eins.", "Uno.", "Tre."):
        vendor.says(*whole(said))
    async with chat(tmp_path / "one", shared) as screen:
        await ask(screen, "first?", "One.")
        await ask(screen, "second?", "Two.")
        screen.command("%s/first/erstens/")
        screen.keys("G\r")
        await screen.shows("Eins.", "<CR> sends")
        screen.keys("gr")
        await screen.shows("Uno.", "<CR> sends")
        screen.keys("gg", "Gidraft", ESC, "gg", "ga")
        before = await screen.shows("first?", "One.", "second?", "Two.", "1 other here, ga", "draft")
        screen.keys("ga")
        await screen.shows("erstens?", "Uno.")
        screen.keys("]]", "ga")
        again = await screen.shows("Eins.")
        screen.keys("ga")
        await screen.shows("Uno.")
        screen.command("%s/draft/third?/")
        screen.keys("G\r")
        await screen.shows("Tre.", "<CR> sends")

    assert "Uno." not in before
    assert "second?" not in again
    assert asked(vendor) == ["erstens?", "Uno.", "third?"]


async def test_a_fork_ends_at_the_cursor_and_leaves_the_other_alone(
    tmp_path: Path, vendor: LoopbackVendor, shared: dict[str, str]
) -> None:
    for said in ("One.", "Two.", "Three."):
        vendor.says(*whole(said))
    async with chat(tmp_path / "one", shared) as screen:
        await ask(screen, "first?", "One.")
        await ask(screen, "second?", "Two.")
        screen.keys("gggb")
        fork = await screen.shows("this is a copy", "One.", "llm-chat://2")
        await ask(screen, "third?", "Three.")
        screen.command("buffer llm-chat://1")
        await screen.shows("Two.")

    assert "Two." not in fork
    assert asked(vendor) == ["first?", "One.", "third?"]


async def test_it_is_renamed_exported_emptied_and_deleted(
    tmp_path: Path, vendor: LoopbackVendor, shared: dict[str, str]
) -> None:
    vendor.says(*whole("Seven."))
    async with chat(tmp_path / "one", shared) as screen:
        screen.command("Llm rename Nothing")
        await screen.shows("there is no chat; :Llm history opens one")
        await ask(screen, "What is it?", "Seven.")
        await screen.shows("tok · What is it? ")
        screen.command("Llm delete")
        await screen.shows('Delete the conversation "What is it?" for good?')
        screen.keys("n")
        screen.command("Llm rename A number")
        await screen.shows("· A number")
        screen.command("Llm export out/number.md")
        await screen.shows("wrote out/number.md")
        screen.command("Llm export out/number.md")
        await screen.shows("is there already")
        screen.command("Llm delete")
        await screen.shows('Delete the conversation "A number" for good?')
        screen.keys("n")
        screen.command("Llm delete")
        await screen.shows("(E)mpty it")
        screen.keys("e")
        await screen.hides("Seven.")
        screen.command("Llm delete")
        await screen.shows("(D)elete it")
        screen.keys("d")
        await screen.shows("the conversation is deleted")
        screen.command("Llm history")
        await screen.shows("no conversation is kept yet")
        exported = (screen.project / "out" / "number.md").read_text()

    assert exported.startswith("# A number\n")
    assert "Seven." in exported


async def test_a_summary_takes_the_place_of_what_was_said_and_can_be_read(
    tmp_path: Path, vendor: LoopbackVendor, shared: dict[str, str]
) -> None:
    vendor.says(*whole("Seven."))
    vendor.says(*whole("They spoke of seven."))
    vendor.says(*whole("Odd."))
    async with chat(tmp_path / "one", shared) as screen:
        await ask(screen, "What is it?", "Seven.")
        screen.keys("Gi/compact", SEND)
        await screen.shows("▸ what is above is sent as a summary · 1 line", "Seven.", "· 34 tok")
        screen.keys("GiAnd then?", SEND)
        await screen.shows("Odd.", "<CR> sends")
        first, *_ = asked(vendor)
        screen.command("bwipeout!")
        screen.command("Llm history")
        await screen.shows("1: What is it?")
        screen.keys("1\r")
        await screen.shows("Seven.", "▸ what is above is sent as a summary · 1 line", "Odd.")

    assert "They spoke of seven." in first
    assert "What is it?" not in first


async def test_a_tool_runs_once_the_user_has_said_so_and_is_folded(
    tmp_path: Path, vendor: LoopbackVendor, shared: dict[str, str]
) -> None:
    call = tool_call("read_file", {"path": "sum.py"})  # some vendors use an id again in the next round
    vendor.says(*words("I look."), *call)
    vendor.says(*words("Again."), *call)
    vendor.says(*whole("It subtracts."))
    async with chat(tmp_path / "one", shared) as screen:
        screen.command("Llm chat What does it do?")
        await screen.shows("Read sum.py", "1  Once", "4  No", "waits for your answer", "╭ llm-ls ─", "<Esc> is No")
        screen.keys("2")
        done = await screen.shows("It subtracts.", "<CR> sends")
        screen.keys("gg/read_file\r", "zC", "za")
        opened = await screen.shows("> path: sum.py", "return a - b")

    assert done.index("I look.") < done.index("▸ read_file sum.py · 3 lines") < done.index("Again.")
    assert done.count("▸ read_file sum.py · 3 lines") == 2
    assert opened.count("▸ read_file") == 1


async def test_a_question_of_a_tool_takes_no_key_of_somebody_who_types_and_escape_is_no(
    tmp_path: Path, vendor: LoopbackVendor, shared: dict[str, str]
) -> None:
    vendor.says(*words("I look."), *tool_call("read_file", {"path": "sum.py"}))
    vendor.says(*whole("Then not."))
    async with chat(tmp_path / "one", shared) as screen:
        screen.command("let b:llm_inline = v:false")
        screen.command("Llm chat What does it do?")
        screen.command("wincmd p")
        screen.keys("Otyped ")
        await screen.shows("Read sum.py", "╭ llm-ls asks ─")
        screen.keys("1234")
        await screen.shows("typed 1234", "╭ llm-ls asks ─", "╰ <C-w>w gets into it ─")
        screen.keys(ESC)
        await screen.shows("╭ llm-ls ─")
        screen.keys(ESC)
        done = await screen.shows("▸ read_file sum.py · not allowed", "Then not.", "<CR> sends")

    assert "Read sum.py" not in done


async def test_what_can_be_mentioned_is_offered_while_it_is_typed_and_then_sent(
    tmp_path: Path, vendor: LoopbackVendor, shared: dict[str, str]
) -> None:
    vendor.says(*whole("Yes."))
    async with chat(tmp_path / "one", shared) as screen:
        screen.command("Llm chat")
        await screen.shows("-- INSERT --")
        screen.keys("Is @")
        await screen.shows("@selection", "what is selected, or around the cursor", "@sum.py")
        screen.keys("su")
        await screen.hides("@selection")
        screen.keys("\x0e", " right?", SEND)
        await screen.shows("[sum.py · 8 tok]", "Is @sum.py right?", "Yes.", "<CR> sends")
        screen.command("lua print('known', #vim.lsp.get_clients({ bufnr = 0 }))")
        await screen.shows("known 0")

    assert "return a - b" in asked(vendor)[0]


async def test_mentions_of_the_selection_and_of_diagnostics_are_those_of_the_window_beside(
    tmp_path: Path, vendor: LoopbackVendor, shared: dict[str, str]
) -> None:
    vendor.says(*whole("Yes."))
    async with chat(tmp_path / "one", shared) as screen:
        screen.wait_for_server()
        screen.command(
            "lua vim.diagnostic.set(vim.api.nvim_create_namespace('linter'), 0,"
            " {{lnum = 0, col = 0, message = 'it subtracts'}})"
        )
        screen.keys("jV", ESC)
        await ask(screen, "Is @selection right, given @diagnostics?", "Yes.")

    (sent,) = asked(vendor)
    assert "return a - b" in sent
    assert "def add" not in sent
    assert "it subtracts" in sent


@pytest.mark.parametrize("killed", [False, True])
async def test_a_question_of_a_tool_goes_with_what_asks_it(
    tmp_path: Path, vendor: LoopbackVendor, shared: dict[str, str], *, killed: bool
) -> None:
    vendor.says(*words("I look."), *tool_call("read_file", {"path": "sum.py"}))
    async with chat(tmp_path / "one", shared) as screen:
        screen.command("Llm chat What does it do?")
        await screen.shows("Read sum.py", "╭ llm-ls ─")
        screen.keys(":wincmd p\r")
        if killed:
            os.kill(screen.server.processes[-1], signal.SIGKILL)
            await screen.shows("The answer was cut off", "Press ENTER")
            screen.keys("\r")
        else:
            screen.command("Llm stop")
            await screen.shows("Stopped.")
        await screen.hides("╭ llm-ls")
