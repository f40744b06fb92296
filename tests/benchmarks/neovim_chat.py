"""A chat in Neovim, in a terminal: how soon its answer is seen, and how often what streams is drawn."""

import asyncio
import itertools
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.benchmarks import report
from tests.rigs import isolation
from tests.rigs.nvim_screen import Screen, neovim
from tests.rigs.openai import END, environment, words
from tests.rigs.vendor import PAUSE, LoopbackVendor

QUESTIONS = 30
TOKENS_A_SECOND, SECONDS = 200, 10
SEND = "\x13"


def first_character() -> None:
    """From the key that sends a question to the first of its answer on the screen; the vendor answers at once."""
    asyncio.run(_first_character())


def updates() -> None:
    """How often a second what streams in, 200 tokens a second, is drawn, and how long a key elsewhere waits."""
    asyncio.run(_updates())


async def _first_character() -> None:
    to_vendor, to_screen = list[float](), list[float]()
    async with _chat() as (screen, vendor):
        for number in range(QUESTIONS + 1):
            vendor.says(*words(f"Answer{number}"), *END)
            screen.keys(f"i{number}?")
            await screen.shows(f"{number}?")
            pressed = time.monotonic()
            screen.keys(SEND)
            await vendor.asked()
            asked = time.monotonic()
            await screen.shows(f"Answer{number}")
            to_vendor.append((asked - pressed) * 1000)
            to_screen.append((time.monotonic() - pressed) * 1000)
            await screen.hides("q stops")
    report.line("key to the vendor", to_vendor[1:], "ms")
    report.line("key to the screen", to_screen[1:], "ms")


async def _updates() -> None:
    count = TOKENS_A_SECOND * SECONDS
    delays, drawn = list[float](), 0
    async with _chat() as (screen, vendor):
        tokens = words(*(f"token {number} of many\n" for number in range(count)))
        vendor.says(*itertools.chain.from_iterable((token, PAUSE) for token in tokens), *END)
        screen.keys("iGo", SEND)
        await screen.shows("token 0 ")
        screen.command("wincmd p")
        screen.keys("O")
        typing = asyncio.ensure_future(_type(screen, delays))
        began, newest = time.monotonic(), 0
        streaming = asyncio.ensure_future(_stream(vendor, count))
        while newest < count - 1:
            newest = _newest(await screen.until(lambda shown, newest=newest: _newest(shown) > newest, "the next"))
            drawn += 1
        elapsed_s = time.monotonic() - began
        typing.cancel()
        await streaming
    report.line("tokens", [count / elapsed_s], "a second")
    report.line("screen updates", [drawn / elapsed_s], "a second")
    report.line("key in another window to the screen", delays, "ms", tail=0.95)


@asynccontextmanager
async def _chat() -> AsyncGenerator[tuple[Screen, LoopbackVendor]]:
    """An open chat, in normal mode, and the vendor that its questions go to."""
    with tempfile.TemporaryDirectory() as folder:
        async with LoopbackVendor() as vendor:
            home = dict[str, str]()
            isolation.isolate(home, Path(folder) / "home")
            given = {**home, **environment(vendor)}
            async with neovim(Path(folder), given, columns=150, lines=40) as screen:
                screen.command("Llm chat")
                await screen.shows("## You", "-- INSERT --")
                screen.keys("\x1b")
                await screen.hides("-- INSERT --")
                yield screen, vendor
                screen.command("qa!")
                await screen.ended()


async def _stream(vendor: LoopbackVendor, count: int) -> None:
    began = time.monotonic()
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / TOKENS_A_SECOND - time.monotonic()))
        vendor.go_on()


async def _type(screen: Screen, delays: list[float]) -> None:
    """Type a letter every tenth of a second, and note how long each takes to be seen."""
    typed = ""
    for letter in itertools.cycle("abcdefghij"):
        if len(typed) > 60:
            screen.keys("\r")
            typed = ""
        typed += letter
        pressed = time.monotonic()
        screen.keys(letter)
        await screen.shows(typed)
        delays.append((time.monotonic() - pressed) * 1000)
        await asyncio.sleep(0.1)


def _newest(screen: str) -> int:
    """The number of the last token that is shown, -1 if none is."""
    lines = (line.partition("│")[2] or line for line in screen.splitlines())
    return max((int(line.split()[1]) for line in lines if line.startswith("token ")), default=-1)
