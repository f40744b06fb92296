"""llm.nvim in Neovim, with our server in place of Hugging Face's.

    python -m tests.clients.llm_nvim CHECKOUT

prints what a person sees, and writes the transcripts that `test_llm_nvim.py` replays.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from tests.clients import filling, recording
from tests.clients.driving import neovim, recorded, run, save, say, sees, show, until_heard
from tests.rigs.nvim_screen import Screen
from tests.rigs.terminal import ENTER, TAB

FILLS = {"block": filling.FILL, "line": ", 2"}
"""By session, what the model says to every gap; in the others there is no model."""

SOURCES = {"block": filling.SOURCE, "line": filling.SOURCE_OF_A_LINE, "no_key": "def add(a, b):\n    \n"}
TOKEN = "hf_thisIsNobodysToken"
STARTUP = """
vim.opt.expandtab = true
vim.opt.shiftwidth = 4
require('llm').setup({{
  api_token = '{token}',
  backend = 'ollama',
  url = 'http://127.0.0.1:1/api/generate',
  model = 'codellama:7b',
  tls_skip_verify_insecure = true,
  lsp = {{ bin_path = {program} }},
}})
"""
SHIFT_TAB = "\x1b[Z"
COLUMNS = 150
"""llm.nvim makes Neovim 0.12 say something that is longer than 80, and then wait for Enter."""


def transcript(session: str) -> Path:
    return recording.TRANSCRIPTS / f"llm_nvim_{session}.jsonl"


def model(session: str, folder: Path) -> AbstractContextManager[Mapping[str, str]]:
    """The environment of a session."""
    if session in FILLS:
        return filling.model(folder, FILLS[session])
    return contextlib.nullcontext({"LLM_LS_MODEL": "openai/gpt-5"})


async def block(screen: Screen) -> None:
    """Take a block of code of the server that is found on `PATH`."""
    screen.keys("5GA")
    await sees(screen, "ghost text", "    total = a + b", "    return total")
    screen.keys(SHIFT_TAB)
    await screen.hides("return total")
    show(screen, "dismissed")
    screen.keys("\x0f:LLMSuggestion\r")
    await sees(screen, ":LLMSuggestion", "    return total")
    screen.keys(TAB)
    await sees(screen, "all", " 7,17 ")
    await save(screen)


async def line(screen: Screen) -> None:
    """Take what belongs into brackets of the server whose path is set."""
    screen.keys("$i1")
    await sees(screen, "ghost text", ", 2")
    screen.keys(TAB)
    await sees(screen, "all", 'é = "😀", add(1, 2)')
    await save(screen)


async def no_key(screen: Screen) -> None:
    """Be told once that nobody can answer, and lose no key to it."""
    screen.keys("2GA")
    await screen.shows("-- INSERT --")
    for typed in "x = 1":
        await asyncio.sleep(0.5)
        screen.keys(typed)
    await sees(screen, "nothing lost", "x = 1")
    await say(screen, "messages", "No suggestions: no credential for openai")
    screen.keys(ENTER)
    await screen.hides("No suggestions")


SESSIONS: Mapping[str, Callable[[Screen], Awaitable[None]]] = {"block": block, "line": line, "no_key": no_key}


async def main(checkout: Path) -> None:
    for name, play in SESSIONS.items():
        with recorded(transcript(name), partial(model, name)) as session:
            startup = STARTUP.format(token=TOKEN, program=f"'{session.program}'" if name == "line" else "nil")
            async with neovim(session, checkout, startup, SOURCES[name], columns=COLUMNS) as screen:
                await until_heard(session.command, "didOpen")  # before, it asks for nothing
                await play(screen)
            print(session.text)


if __name__ == "__main__":
    run(main)
