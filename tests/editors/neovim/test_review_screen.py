"""What a person sees of an edit in Neovim: the spinner, the marks, the keys' line, and that all of it goes again."""

import re
from pathlib import Path

from tests.rigs.nvim_screen import Screen, neovim
from tests.rigs.openai import environment, whole, words
from tests.rigs.terminal import UP
from tests.rigs.vendor import PAUSE, LoopbackVendor

BEFORE = """\
local M = {}

function M.sum(items)
\tlocal total = 0
\treturn total
end

function M.unused() end

return M
"""
AFTER = (
    BEFORE.replace("= {}", "= {}  -- sums")
    .replace("local total = 0", "local total = 0.5")
    .replace("function M.unused() end\n\n", "")
)
ANSWER = f"```lua\n{AFTER}```"
HINT = r"\a accept"


async def reviewed(screen: Screen) -> None:
    screen.command("%Llm edit improve")
    await screen.shows("hunk 1/3", HINT, "local total = 0.5", "return M")


def line_of(screen: Screen, text: str) -> int:
    return next(number for number, line in enumerate(screen.screen.splitlines()) if text in line)


async def test_a_spinner_counts_tokens_until_the_edit_is_there(tmp_path: Path, vendor: LoopbackVendor) -> None:
    pieces = words(*ANSWER.splitlines(keepends=True))
    vendor.says(*pieces[:4], PAUSE, *whole("".join(ANSWER.splitlines(keepends=True)[4:])))
    async with neovim(tmp_path, environment(vendor), files={"sums.lua": BEFORE}) as screen:
        screen.command("%Llm edit improve")
        shown = await screen.until(
            lambda text: re.search(r"return M +\S openai/gpt-test · \d+ tok", text) is not None, "tokens are counted"
        )
        vendor.go_on()
        after = await screen.shows("hunk 1/3")

    assert "hunk" not in shown
    assert " tok" not in after


async def test_lines_that_go_and_come_are_coloured_and_their_words(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole(ANSWER))
    async with neovim(tmp_path, environment(vendor), files={"sums.lua": BEFORE}) as screen:
        screen.command("set termguicolors")
        await reviewed(screen)
        goes, comes = line_of(screen, "local total = 0"), line_of(screen, "local total = 0.5")
        backgrounds = {
            "stays": screen.background(line_of(screen, "return total"), 10),
            "goes": screen.background(goes, 10),
            "comes": screen.background(comes, 10),
            "word that comes": screen.background(comes, 23),
            "to the edge": screen.background(comes, -1),
        }

    assert comes == goes + 1
    assert backgrounds["goes"] == "3b2326"
    assert backgrounds["comes"] == backgrounds["to the edge"] == "1f3325"
    assert backgrounds["word that comes"] == "2f5a3a"
    assert backgrounds["stays"] == "14161b"


async def test_keys_walk_accept_and_reject_and_nothing_of_it_stays(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole(ANSWER))
    async with neovim(tmp_path, environment(vendor), files={"sums.lua": BEFORE}) as screen:
        await reviewed(screen)
        screen.keys("gg\\a")
        await screen.shows("hunk 1/2")
        assert screen.screen.splitlines()[0] == "local M = {}  -- sums"
        screen.keys("\\x")
        await screen.until(lambda text: "0.5" not in text, "the rejected line is gone")
        screen.keys("\\a")
        await screen.hides(HINT)
        assert "unused" not in screen.screen
        screen.keys("u")
        await screen.shows("unused")
        screen.command("nmap <buffer>")
        await screen.until(lambda text: "llm-ls" not in text, "no key of ours is left")

    assert "-- sums" not in screen.screen


async def test_instructions_come_back_with_up_and_tab(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole(ANSWER))
    async with neovim(tmp_path, environment(vendor), files={"sums.lua": BEFORE}) as screen:
        await reviewed(screen)
        screen.keys("\\X")
        await screen.hides(HINT)
        screen.command("%Llm edit")
        await screen.shows("\nEdit:")
        screen.keys(UP)
        await screen.shows("Edit: improve")
        screen.keys("\x15im\t")
        await screen.shows("Edit: improve")
        screen.keys("\r")
        await screen.shows("hunk 1/3")
        screen.command("call input('Another: ')")
        await screen.shows("\nAnother:")
        screen.keys(UP)
        await screen.shows("\nAnother:")

    assert "Another: improve" not in screen.screen


async def test_a_narrow_window_wraps_what_comes(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole(f"```lua\n{BEFORE.replace('= {}', '= {} -- ' + 'word ' * 20 + 'end')}```"))
    async with neovim(tmp_path, environment(vendor), files={"sums.lua": BEFORE}, columns=50) as screen:
        screen.command("%Llm edit improve")
        await screen.shows("word end", "hunk 1/1")

    assert "local M = {} -- word" in screen.screen


async def test_a_code_action_echoes_progress_and_its_answer_opens_beside_the_code(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    vendor.says(*words("It sums ", "them up."), PAUSE, *whole(" Really."))
    chosen = "filter = function(action) return action.title == 'AI: Explain' end"
    async with neovim(tmp_path, environment(vendor), files={"sums.lua": BEFORE}) as screen:
        screen.command("lua vim.wait(9000, function() return require('llm-ls.client').get() ~= nil end)")
        screen.command(f"lua vim.lsp.buf.code_action({{ apply = true, {chosen} }})")
        await screen.shows("AI: Explain: openai/gpt-test")
        vendor.go_on()
        await screen.shows("It sums them up. Really.", "function M.sum(items)")


async def test_quitting_in_mid_stream_leaves_no_process(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*words("```lua\n", "local "), PAUSE)
    async with neovim(tmp_path, environment(vendor), files={"sums.lua": BEFORE}) as screen:
        screen.command("%Llm edit improve")
        await screen.shows(" tok ")
        screen.command("q")
        assert await screen.ended() == 0
        await screen.server.all_ended()

    await vendor.client_closed()


async def test_a_terminal_that_is_closed_in_mid_stream_leaves_no_process(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    vendor.says(*words("```lua\n", "local "), PAUSE)
    async with neovim(tmp_path, environment(vendor), files={"sums.lua": BEFORE}) as screen:
        screen.command("%Llm edit improve")
        await screen.shows(" tok ")
        screen.process.kill()
        await screen.server.all_ended()
