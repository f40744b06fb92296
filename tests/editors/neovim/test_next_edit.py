"""Next edits in Neovim as a person sees them: shown in place, gone to and made by one key, dismissed, turned off."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.rigs.nvim_typing import typing
from tests.rigs.openai import environment, whole, words
from tests.rigs.prepared_model import prepared_model
from tests.rigs.terminal import TAB
from tests.rigs.vendor import PAUSE, LoopbackVendor

REQUEST = "textDocument/copilotInlineEdit"
COMMAND = "workspace/executeCommand"
OPENED = "def total(a, b):\n    return a + b\n\n\nx = 0\ny = 1\nprint(total(x, y))\nprint(x)\n"
CHANGED = OPENED.replace("total(a, b)", "add(a, b)")
AFTER = CHANGED.replace("print(total(", "print(add(")
ANSWER = f"PLACE 1\n```python\n{AFTER}```\n"
CHANGE = "1s/total/add/"
ON = "vim.lsp.config('llm_ls', { init_options = { nextEdit = { enabled = 'on' } } })"
HINT = "next edit  <Tab> go to it"


async def test_it_is_drawn_gone_to_made_and_undone(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole(ANSWER))
    vendor.says(*whole("NOTHING"))
    async with typing(tmp_path, environment(vendor), OPENED, startup=ON) as person:
        person.screen.command(CHANGE)
        drawn = await person.screen.shows(
            "print(total(x, y))\nprint(add(x, y))\n next edit  <Tab> go to it  \\x dismiss"
        )
        [shown] = await person.has_sent("textDocument/didShowInlineEdit")
        person.screen.command("lua print('shown:', require('llm-ls').has_next_edit())")
        await person.screen.shows("shown: true")
        person.screen.keys(TAB)
        await person.screen.shows("next edit  <Tab> make it", "7,1")
        gone_to = person.sent(COMMAND)
        person.screen.keys(TAB)
        [accepted] = await person.has_sent(COMMAND)
        await person.screen.hides("print(total")
        made = await person.text()
        person.screen.keys("u")
        undone = await person.text()
        person.screen.command("nmap <buffer> <Tab>")
        await person.screen.shows("No mapping found")

    assert drawn.startswith(CHANGED.partition("print")[0])
    assert gone_to == []
    assert accepted == {"command": "llm-ls.acceptNextEdit", "arguments": ["next-edit-1"]}
    assert shown["item"]["command"]["arguments"] == ["next-edit-1"]
    assert made == AFTER
    assert undone == CHANGED


async def test_it_is_dismissed_and_not_shown_again(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole(ANSWER))
    async with typing(tmp_path, environment(vendor), OPENED, startup=ON) as person:
        person.screen.command(CHANGE)
        await person.screen.shows(HINT)
        person.screen.keys("\\x")
        after = await person.screen.hides(HINT)
        [rejected] = await person.has_sent(COMMAND)

    assert after.startswith(CHANGED)
    assert rejected == {
        "command": "github.copilot.didRejectNextEditSuggestionItem",
        "arguments": ["next-edit-1"],
    }


async def test_what_is_typed_takes_it_away_and_asks_anew(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole(ANSWER))
    vendor.says(*words("NOTH"), PAUSE, *whole("ING"))
    async with typing(tmp_path, environment(vendor), OPENED, startup=ON) as person:
        person.screen.command(CHANGE)
        await person.screen.shows(HINT)
        person.screen.keys("GOprint(y)")
        typed = await person.screen.shows("print(y)")
        person.screen.keys("\x1b")
        await vendor.paused()
        vendor.go_on()
        asked = await person.has_sent(REQUEST, 2)

    assert HINT not in typed
    assert asked[0]["textDocument"]["version"] < asked[1]["textDocument"]["version"]


async def test_a_command_that_is_typed_meanwhile_does_not_keep_it_away(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*words("PLACE 1\n"), PAUSE, *whole(ANSWER.partition("\n")[2]))
    async with typing(tmp_path, environment(vendor), OPENED, startup=ON) as person:
        person.screen.command(CHANGE)
        person.screen.keys(":wri")
        await vendor.paused()
        vendor.go_on()
        await person.has_sent("textDocument/didShowInlineEdit")
        person.screen.keys("te\r")
        await person.screen.shows(HINT, "written")


async def test_where_it_is_is_said_while_it_is_out_of_sight(tmp_path: Path, vendor: LoopbackVendor) -> None:
    far = 40 * "\n"
    opened = OPENED.replace("\n\n\n", far)
    vendor.says(*whole("PLACE 2\n```python\nprint(add(x, y))\nprint(x)\n```\n"))
    async with typing(tmp_path, environment(vendor), opened, startup=ON) as person:
        person.screen.command(CHANGE)
        await person.screen.shows("def add(a, b):   next edit ↓ line 44  <Tab> go to it")
        person.screen.keys(TAB)
        there = await person.screen.shows("print(add(x, y))\n next edit  <Tab> make it")
        person.screen.keys(TAB)
        await person.screen.hides("print(total")
        text = await person.text()

    assert "↓" not in there
    assert text == opened.replace("total", "add")


@pytest.mark.parametrize("off", ["vim.g.llm_ls = { next_edits = false }", "vim.b.llm_inline = false"])
async def test_none_is_asked_for_where_none_is_wanted(tmp_path: Path, vendor: LoopbackVendor, off: str) -> None:
    vendor.says(*whole(ANSWER))
    async with typing(tmp_path, environment(vendor), OPENED, startup=ON) as person:
        person.screen.command(f"lua {off}")
        person.screen.command(CHANGE)
        person.screen.command("lua vim.wait(700)")
        await person.text()
        asked = person.sent(REQUEST)

    assert asked == []


async def test_the_command_has_one_found_and_made(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole(ANSWER))
    async with typing(tmp_path, environment(vendor), OPENED) as person:
        person.screen.command(CHANGE)
        await person.has_sent(REQUEST)
        asked_unbidden = len(vendor.requests)
        person.screen.command("Llm next-edit")
        await person.screen.shows("print(add(x, y))")
        text = await person.text()
        person.screen.keys("u")
        undone = await person.text()

    assert asked_unbidden == 0
    assert text == AFTER
    assert undone == CHANGED


async def test_it_comes_from_llama_cpp_where_nothing_is_set(tmp_path: Path) -> None:
    with prepared_model(tmp_path, {"": ANSWER}) as given:
        await shows_and_makes(tmp_path, given)


async def shows_and_makes(folder: Path, given: Mapping[str, str]) -> None:
    async with typing(folder, given, OPENED) as person:
        person.screen.command(CHANGE)
        await person.screen.shows(HINT)
        person.screen.keys(TAB)
        await person.screen.shows("7,1")
        person.screen.keys(TAB)
        await person.screen.hides("print(total")
        text = await person.text()

    assert text == AFTER
