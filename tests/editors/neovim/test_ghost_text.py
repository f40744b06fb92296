"""Ghost text in Neovim as a person sees it: shown, typed along, taken whole, by word and by line, and gone again."""

import os
import re
import signal
from pathlib import Path

from tests.rigs.nvim_typing import DISMISS, KEYS, LINE, NEXT, PREV, SUM, WORD, typing
from tests.rigs.openai import environment, whole, words
from tests.rigs.terminal import ENTER, ESC, TAB
from tests.rigs.vendor import PAUSE, LoopbackVendor

REQUEST = "textDocument/inlineCompletion"
PARTLY = "textDocument/didPartiallyAcceptCompletion"


async def test_it_is_shown_taken_by_a_key_that_else_is_a_tab_and_undone_by_itself(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    vendor.says(*whole("a + b"))
    async with typing(tmp_path, environment(vendor)) as person:
        person.screen.keys("2GA ")
        await person.screen.shows("return a + b")
        person.screen.keys(TAB)
        accepted = await person.has_sent("workspace/executeCommand")
        taken = await person.text()
        person.screen.keys("u")
        undone = await person.text()
        person.screen.keys(f"ggO{TAB}")
        fallen_through = await person.text()
        shown = person.sent("textDocument/didShowCompletion")

    assert taken == "def add(a, b):\n    return a + b\n"
    assert accepted == [{"command": "llm-ls.acceptCompletion", "arguments": ["suggestion-1"]}]
    assert undone == "def add(a, b):\n    return \n"
    assert fallen_through == f"    \n{undone}"
    assert [params["item"]["insertText"] for params in shown] == ["a + b"]


async def test_it_is_taken_by_word_and_by_line(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole(" (\n        a\n        + '日本😀' + b\n    )"))
    async with typing(tmp_path, environment(vendor), "def 加(a, b):\n    return '😀é' +\n") as person:
        person.screen.keys("2GA")
        shown = await person.screen.shows("+ (", "        a\n        + '日本😀' + b\n    )")
        person.screen.keys(WORD)
        await person.has_sent(PARTLY)
        person.screen.keys(LINE)
        await person.has_sent(PARTLY, 2)
        person.screen.keys(WORD, WORD, WORD, WORD)
        partly = await person.has_sent(PARTLY, 6)
        still_shown = await person.screen.shows("+ '日本😀' + b", "    )")
        in_part = await person.text()

    assert shown.startswith("def 加")
    assert still_shown.partition("\n~")[0] == shown.partition("\n~")[0]
    assert in_part == "def 加(a, b):\n    return '😀é' + (\n        a\n        + '日本😀'\n"
    assert {params["item"]["command"]["arguments"][0] for params in partly} == {"suggestion-1"}
    assert [params["acceptedLength"] for params in partly] == [2, 12, 22, 24, 28, 29]
    assert len(vendor.requests) == 1


async def test_what_is_typed_along_asks_nobody_and_what_is_not_takes_it_away_at_once(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    vendor.says(*whole("a + b"))
    vendor.says(*words("c"), PAUSE)
    async with typing(tmp_path, environment(vendor)) as person:
        person.screen.keys("2GA ")
        await person.screen.shows("return a + b")
        for character in "a + ":
            person.screen.keys(character)
            await person.screen.shows("return a + b")
        await person.screen.shows("2,16")
        person.screen.keys("\b")
        await person.screen.shows("return a + b", "2,15")
        await person.rests(15)
        asked_along = len(person.sent(REQUEST))
        person.screen.keys(" c")
        await vendor.paused()
        otherwise = await person.screen.shows("return a + c")
        person.screen.keys("d")
        await person.has_sent("$/cancelRequest")
        shown = person.sent("textDocument/didShowCompletion")

    assert asked_along == 1
    assert "return a + cb" not in otherwise
    assert len(shown) == 1


async def test_what_is_taken_in_one_go_with_what_is_typed_comes_once(tmp_path: Path, vendor: LoopbackVendor) -> None:
    """neovim#36529: Neovim 0.12.4 leaves what was typed behind the suggestion that holds it too."""
    vendor.says(*whole("a + b"))
    async with typing(tmp_path, environment(vendor)) as person:
        person.screen.keys("2GA ")
        await person.screen.shows("return a + b")
        person.screen.keys(f"a +{TAB} + c{ESC}")
        text = await person.text()

    assert text == "def add(a, b):\n    return a + b + c\n"


async def test_other_suggestions_are_asked_for_and_walked(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a + b"))
    for text in ("add(a, b)", "add(b, a)", "add(b, a)"):
        vendor.says(*whole(text))
    async with typing(tmp_path, environment(vendor)) as person:
        person.screen.keys("2GA ")
        await person.screen.shows("return a + b")
        person.screen.keys(NEXT)
        await person.screen.shows("(2/3)")
        person.screen.keys(PREV, PREV)
        await person.screen.shows("(3/3)")
        kinds = [params["context"]["triggerKind"] for params in person.sent(REQUEST)]
        third = re.search(r"return (.*) \(3/3\)", person.screen.screen)
        assert third
        person.screen.keys("a")
        await person.screen.shows(f"return {third[1]}\n", "2,13")
        person.screen.keys(TAB)
        text = await person.text()
        await person.has_sent("workspace/executeCommand")
        shown = {params["item"]["insertText"] for params in person.sent("textDocument/didShowCompletion")}

    assert kinds == [2, 1]
    assert shown == {"a + b", "add(a, b)", "add(b, a)"}
    assert text == f"def add(a, b):\n    return {third[1]}\n"


async def test_the_popup_menu_takes_it_away_and_gives_it_back(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("add(b, a)"))
    menu_stays = "vim.o.completeopt = 'menuone,noinsert,noselect'"
    async with typing(tmp_path, environment(vendor), startup=menu_stays) as person:
        person.screen.keys("2GA ")
        await person.screen.shows("return add(b, a)")
        person.screen.keys("\x18\x0e")
        menu = await person.screen.shows("Back at original")
        person.screen.keys("a")
        await person.screen.shows("2,13")
        menu_after_a_rest = await person.rests(13)
        person.screen.keys("\x05")
        await person.screen.shows("return add(b, a)")
        asked = len(person.sent(REQUEST))

    assert "add(b, a)" not in menu
    assert "add(b, a)" not in menu_after_a_rest
    assert asked == 1


async def test_leaving_insert_mode_and_dismissing_take_it_away(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a + b"))
    async with typing(tmp_path, environment(vendor)) as person:
        person.screen.keys("2GA ")
        await person.screen.shows("return a + b")
        person.screen.keys(DISMISS)
        await person.screen.hides("a + b")
        rejected = await person.has_sent("notifyRejected")
        person.screen.keys("x")
        await person.screen.shows("return xa + b")
        person.screen.keys(ESC)
        await person.screen.hides("a + b")
        person.screen.keys("A")
        await person.screen.shows("return xa + b")
        text = await person.text()

    assert rejected == [{"uuids": ["suggestion-1"]}]
    assert text == "def add(a, b):\n    return x\n"


async def test_an_answer_that_comes_after_insert_mode_is_not_waited_for(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*words("a + "), PAUSE)
    async with typing(tmp_path, environment(vendor)) as person:
        person.screen.keys("2GA ")
        await vendor.paused()
        person.screen.keys(ESC)
        await vendor.client_closed()
        text = await person.text()

    assert text == "def add(a, b):\n    return \n"


async def test_two_windows_show_it_where_it_would_come(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a + b"))
    async with typing(tmp_path, environment(vendor)) as person:
        person.screen.command("split")
        person.screen.keys("2GA ")
        both = await person.screen.until(lambda text: text.count("return a + b") == 2, "both windows show it")
        person.screen.keys("\x0f\x17w")
        other = await person.screen.until(lambda text: "a + b" not in text, "none shows it")

    assert "-- INSERT --" in both
    assert other.count("return") == 2


async def test_what_stands_behind_the_cursor_stays_to_be_seen(tmp_path: Path, vendor: LoopbackVendor) -> None:
    """Neovim 0.12.4 leaves `д` and half of `л` out, since the line goes on with them too."""
    vendor.says(*whole("для,"))
    async with typing(tmp_path, environment(vendor), "# (дня)\n") as person:
        person.screen.keys("f(a")
        await person.screen.shows("# (для,дня)")
        person.screen.keys(TAB)
        text = await person.text()

    assert text == "# (для,дня)\n"


async def test_line_ends_of_windows_are_none_of_its_characters(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("(\n        a\n    )"))
    async with typing(tmp_path, environment(vendor), SUM.replace("\n", "\r\n")) as person:
        person.screen.keys("2GA ")
        shown = await person.screen.shows("return (\n        a\n    )")
        person.screen.keys(LINE, LINE)
        partly = await person.has_sent(PARTLY, 2)
        person.screen.keys(TAB)
        text = await person.text()

    assert "^M" not in shown
    assert [params["acceptedLength"] for params in partly] == [1, 12]
    assert text == "def add(a, b):\r\n    return (\r\n        a\r\n    )\r\n"


async def test_what_it_replaces_is_replaced_also_word_by_word(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("ready) {"))
    async with typing(tmp_path, environment(vendor), "if ()\n", name="when.js") as person:
        person.screen.keys("f(a")
        await person.screen.shows("if (ready) {\n")
        person.screen.keys(WORD)
        await person.has_sent(PARTLY)
        await person.screen.shows("if (ready) {\n")
        person.screen.keys(WORD, WORD)
        text = await person.text()

    assert text == "if (ready) {\n"


async def test_it_can_be_had_for_some_filetypes_only(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a + b"))
    only = "vim.g.llm_ls = { inline_completion = { enabled = false, filetypes = { python = true } } }"
    async with typing(tmp_path, environment(vendor), startup=only) as person:
        person.screen.keys("2GA ")
        await person.screen.shows("return a + b")
        person.screen.command("set filetype=ruby")
        person.screen.keys("A ")
        other = await person.rests(13)

    assert "a + b" not in other
    assert len(person.sent(REQUEST)) == 1


async def test_it_can_be_asked_for_where_it_is_turned_off(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a + b"))
    off = "vim.g.llm_ls = { inline_completion = { enabled = false } }"
    async with typing(tmp_path, environment(vendor), startup=f"{off}\n{KEYS}") as person:
        person.screen.keys("2GA")
        person.screen.keys(" ")
        await person.screen.shows("2,12")
        person.screen.command("sleep 500m")
        asked_while_off = person.sent(REQUEST)
        person.screen.keys("A")
        await person.screen.shows("-- INSERT --")
        person.screen.keys(NEXT)
        await person.screen.shows("return a + b")
        person.screen.keys(TAB)
        text = await person.text()

    assert asked_while_off == []
    assert text == "def add(a, b):\n    return a + b\n"


async def test_a_server_that_ends_takes_it_along_and_the_next_shows_it_again(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    vendor.says(*whole("a + b"))
    async with typing(tmp_path, environment(vendor)) as person:
        person.screen.keys("2GA ")
        await person.screen.shows("return a + b")
        os.kill(person.screen.server.processes[-1], signal.SIGKILL)
        await person.screen.shows("Press ENTER")
        person.screen.keys(ENTER)
        await person.screen.hides("a + b")
        person.screen.wait_for_server()
        person.screen.keys("A ")
        await person.screen.shows("return  a + b")
        person.screen.keys(TAB)
        text = await person.text()

    assert text == "def add(a, b):\n    return  a + b\n"
