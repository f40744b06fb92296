"""llm.nvim in Neovim, with our server in place of Hugging Face's.

    python -m tests.clients.llm_nvim CHECKOUT

prints what a person sees, and writes the transcripts that `test_llm_nvim.py` replays.
"""

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Generator, Mapping
from pathlib import Path

from tests.clients import recording
from tests.rigs import isolation
from tests.rigs.nvim_screen import Screen, neovim
from tests.rigs.on_path import Command
from tests.rigs.prepared_model import prepared_model
from tests.rigs.terminal import TAB

FILLS = {"block": "total = a + b\n    print(total)\n    return total", "line": ", 2"}
"""By session, what the model says to every gap; in the others there is no model."""

SOURCES = {
    "block": 'greeting = "hé"\n\n\ndef add(a, b):\n    \n',
    "line": 'é = "😀", add()\n',
    "no_key": "def add(a, b):\n    \n",
}
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


@contextlib.contextmanager
def model(session: str, folder: Path) -> Generator[Mapping[str, str]]:
    """The environment of a session."""
    if session in FILLS:
        with prepared_model(folder, {}, fill=FILLS[session]) as environment:
            yield environment
    else:
        yield {"LLM_LS_MODEL": "openai/gpt-5"}


async def block(screen: Screen) -> None:
    """Take a block of code of the server that is found on `PATH`."""
    screen.keys("5GA")
    await screen.shows("    total = a + b", "    return total")
    show(screen, "ghost text")
    screen.keys(SHIFT_TAB)
    await screen.hides("return total")
    show(screen, "dismissed")
    screen.keys("\x0f:LLMSuggestion\r")
    await screen.shows("    return total")
    show(screen, ":LLMSuggestion")
    screen.keys(TAB)
    await screen.shows(" 7,17 ")
    show(screen, "all")
    screen.command("write")
    await screen.shows("written")


async def line(screen: Screen) -> None:
    """Take what belongs into brackets of the server whose path is set."""
    screen.keys("$i1")
    await screen.shows(", 2")
    show(screen, "ghost text")
    screen.keys(TAB)
    await screen.shows('é = "😀", add(1, 2)')
    show(screen, "all")
    screen.command("write")
    await screen.shows("written")


async def no_key(screen: Screen) -> None:
    """Be told once that nobody can answer."""
    screen.keys("2GA")
    await screen.shows("LSP[llm-ls]", "OPENAI_API_KEY")
    show(screen, "told")
    screen.keys("\r")
    await screen.shows("-- INSERT --")
    for typed in "x = 1":
        screen.keys(typed)
        await asyncio.sleep(0.5)
    await screen.shows("x = 1")
    show(screen, "not told again")


SESSIONS: Mapping[str, Callable[[Screen], Awaitable[None]]] = {"block": block, "line": line, "no_key": no_key}


def show(screen: Screen, what: str) -> None:
    print(f"=== {what}\n{screen.screen}\n", flush=True)


async def _has_opened(command: Command) -> None:
    """Wait until the plugin has a server: before, it asks for nothing."""
    while "didOpen" not in str(recording.heard(command)):  # noqa: ASYNC110  there is no event for it
        await asyncio.sleep(0.1)


async def main(checkout: Path) -> None:
    for session, play in SESSIONS.items():
        with tempfile.TemporaryDirectory(prefix="llm-nvim-") as name:
            folder = Path(name)
            isolation.isolate(os.environ, folder / "home")
            with model(session, folder) as environment:
                command = recording.command(folder / "command", environment)
                program = f"'{folder / 'command' / 'bin' / 'llm-ls'}'" if session == "line" else "nil"
                startup = STARTUP.format(token=TOKEN, program=program)
                async with neovim(
                    folder,
                    {},
                    files={"sum.py": SOURCES[session]},
                    columns=COLUMNS,
                    plugin=checkout,
                    command=command,
                    startup=startup,
                ) as screen:
                    await _has_opened(command)
                    await play(screen)
                    screen.command("qall!")
                    await screen.ended()
                print((folder / "project" / "sum.py").read_text(encoding="utf-8"))
            recording.keep(command, transcript(session), {name: "/session"})


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).absolute()))
