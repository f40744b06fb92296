"""What else goes on while an answer streams into a chat: reading, typing, editing, undo."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

from tests.rigs.nvim_screen import Screen, neovim
from tests.rigs.openai import END, environment, words
from tests.rigs.terminal import ESC
from tests.rigs.vendor import PAUSE, LoopbackVendor

SEND = "\x13"
TOKENS, TOKENS_A_SECOND = 2000, 200


@contextlib.asynccontextmanager
async def asked(folder: Path, vendor: LoopbackVendor) -> AsyncGenerator[Screen]:
    """Neovim with a chat in which something was just asked."""
    async with neovim(folder, environment(vendor), lines=40) as screen:
        screen.command("Llm chat")
        await screen.shows("-- INSERT --")
        screen.keys("What is it?", SEND)
        yield screen
        screen.command("qa!")
        await screen.ended()


async def test_only_a_window_that_is_at_the_end_follows(tmp_path: Path, vendor: LoopbackVendor) -> None:
    lines = [f"line {number}\n" for number in range(1, 61)]
    vendor.says(*words("begins\n"), PAUSE, *words(*lines[:30]), PAUSE, *words(*lines[30:]), *END)
    async with asked(tmp_path, vendor) as screen:
        await screen.shows("begins")
        screen.command("split")
        screen.keys("gg")
        vendor.go_on()
        half = await screen.shows("line 30")
        vendor.go_on()
        whole = await screen.shows("out tokens")
        screen.keys("G")
        both = await screen.until(lambda screen: screen.count("out tokens") == 2, "both windows are at the end")

    assert "\nWhat is it?" in half
    assert half.count("line 30") == 1
    assert "\nWhat is it?" in whole
    assert "\nWhat is it?" not in both


async def test_what_is_changed_above_the_end_meanwhile_harms_nothing(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*words("It is se"), PAUSE, *words("ven,\nand "), PAUSE, *words("odd."), *END)
    async with asked(tmp_path, vendor) as screen:
        await screen.shows("It is se")
        screen.keys("ggOabove", ESC)
        await screen.shows("above")
        vendor.go_on()
        await screen.shows("It is seven,")
        screen.keys(":%s/seven/eight/\r", ":1delete\r")
        await screen.hides("above")
        vendor.go_on()
        await screen.shows("and odd.", "out tokens")
        screen.command("write! seen.md")
        await screen.shows("seen.md", "written")
        seen = (screen.project / "seen.md").read_text()
        screen.keys("GiAnd?", SEND)
        await vendor.asked()
        await vendor.asked()

    assert "## You\n\nWhat is it?\n\n## Assistant\n\nIt is eight,\nand odd.\n\n## You\n\n" in seen
    assert vendor.requests[-1].json["messages"][-2] == {"role": "assistant", "content": "It is seven,\nand odd."}


async def test_an_answer_cannot_be_undone_and_what_is_typed_after_it_can(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    vendor.says(*words("It is ", "seven."), *END)
    async with asked(tmp_path, vendor) as screen:
        await screen.shows("out tokens")
        screen.keys("uuu")
        await screen.shows("It is seven.", "Already at oldest change")
        screen.keys("GiAnd then?", ESC)
        await screen.shows("And then?")
        screen.keys("u")
        await screen.hides("And then?")
        await screen.shows("It is seven.", "What is it?")


async def test_typing_elsewhere_goes_on_while_200_tokens_a_second_stream(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    tokens = words(*(f"token {number} of many\n" for number in range(TOKENS)))
    vendor.says(*(piece for token in tokens for piece in (token, PAUSE)), *END)
    async with asked(tmp_path, vendor) as screen:
        await screen.shows("token 0 ")
        streaming = asyncio.ensure_future(_stream(vendor))
        screen.command("wincmd p")
        screen.keys("O")
        newest = [await _typed(screen, typed) for typed in ("alpha ", "beta ", "gamma ", "delta")]
        typed = await screen.shows("alpha beta gamma delta")
        streaming.cancel()
        screen.command("wincmd p")
        screen.keys("q")
        await screen.shows("Stopped.")

    assert newest == sorted(set(newest))
    assert _newest(typed) < TOKENS - 1


async def _stream(vendor: LoopbackVendor) -> None:
    while True:
        vendor.go_on()
        await asyncio.sleep(1 / TOKENS_A_SECOND)


def _newest(screen: str) -> int:
    """The number of the last token that is shown."""
    return max(int(line.split()[1]) for line in screen.splitlines() if line.startswith("token "))


async def _typed(screen: Screen, text: str) -> int:
    """Type key by key; the last token once that and a later token are shown."""
    before = _newest(screen.screen)
    for key in text:
        screen.keys(key)
        await asyncio.sleep(0)
    shown = await screen.until(lambda now: text.strip() in now and _newest(now) > before, f"{text!r} and an answer")
    return _newest(shown)
