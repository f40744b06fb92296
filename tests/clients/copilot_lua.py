"""copilot.lua in Neovim, with our server in place of Copilot's.

    python -m tests.clients.copilot_lua CHECKOUT

prints what a person sees, and writes the transcripts that `test_copilot_lua.py` replays.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from tests.clients import recording
from tests.rigs import isolation
from tests.rigs.nvim_screen import Screen, neovim
from tests.rigs.on_path import Command
from tests.rigs.prepared_model import prepared_model
from tests.rigs.terminal import ESC

FILLS = {"block": "total = a + b\n    print(total)\n    return total", "line": "1, 2"}
"""By session, what the model says to every gap."""

SOURCES = {"block": 'greeting = "hé"\n\n\ndef add(a, b):\n    \n', "line": 'é = "😀", add()\n'}
STARTUP = """
vim.opt.expandtab = true
vim.opt.shiftwidth = 4
require('copilot').setup({{
  server = {{ type = 'binary', custom_server_filepath = '{command}' }},
  suggestion = {{
    auto_trigger = true,
    keymap = {{ accept = '<M-l>', accept_word = '<M-w>', accept_line = '<M-j>', next = '<M-n>', dismiss = '<M-x>' }},
  }},
}})
"""
ALL, WORD, LINE, NEXT, DISMISS = (f"{ESC}{key}" for key in "lwjnx")


def transcript(session: str) -> Path:
    return recording.TRANSCRIPTS / f"copilot_lua_{session}.jsonl"


async def block(screen: Screen) -> None:
    """Take a block of code in all ways there are, and from the panel; then ask for what else there is."""
    screen.keys("5GA")
    await screen.shows("    total = a + b", "    return total")
    show(screen, "ghost text")
    screen.keys(NEXT)
    await screen.shows("(1/1)")
    show(screen, "next")
    screen.keys(DISMISS)
    await screen.hides("return total")
    screen.keys(NEXT)
    await screen.shows("return total")
    screen.keys(WORD)
    await screen.shows(" 5,11 ", "return total")
    show(screen, "one word")
    screen.keys(LINE)
    await screen.shows(" 6,5 ", "return total")
    show(screen, "one line")
    screen.keys(ALL)
    await screen.shows(" 7,17 ")
    show(screen, "all")
    screen.keys(f"{ESC}9u")
    await screen.hides("total")
    screen.keys("5G")
    await say(screen, "panel open", "Synthesized 1/3", "return total")
    screen.keys("G")
    await say(screen, "panel accept", "    return total")
    await say(screen, "status", "Online", "Buffer status: attached")
    await say(screen, "auth info", "Authenticated")
    await say(screen, "model list", "tiny [llamacpp/tiny] (default)")


async def line(screen: Screen) -> None:
    """Take what belongs into brackets on a line that is longer in UTF-8 than in UTF-16."""
    screen.keys("$i")
    await screen.shows('é = "😀", add(1, 2)')
    show(screen, "ghost text")
    screen.keys(ALL)
    await screen.shows("[+]", 'é = "😀", add(1, 2)')
    screen.command("write")
    await screen.shows("written")
    show(screen, "all")


SESSIONS: Mapping[str, Callable[[Screen], Awaitable[None]]] = {"block": block, "line": line}


def show(screen: Screen, what: str) -> None:
    print(f"=== {what}\n{screen.screen}\n", flush=True)


async def say(screen: Screen, typed: str, *answers: str) -> None:
    """Type a command of the plugin's, and show what comes of it once that has `answers` in it."""
    screen.command(f"Copilot {typed}")
    await screen.shows(*answers)
    show(screen, f":Copilot {typed}")
    screen.keys("\r")


async def _knows_its_server(command: Command) -> None:
    """Wait until the plugin has a server: before, it asks for nothing."""
    while "statusNotification" not in str(recording.heard(command)):  # noqa: ASYNC110  there is no event for it
        await asyncio.sleep(0.1)


async def main(checkout: Path) -> None:
    for session, play in SESSIONS.items():
        with tempfile.TemporaryDirectory(prefix="copilot-lua-") as name:
            folder = Path(name)
            isolation.isolate(os.environ, folder / "home")
            with prepared_model(folder, {}, fill=FILLS[session]) as environment:
                command = recording.command(folder / "command", environment)
                startup = STARTUP.format(command=folder / "command" / "bin" / "llm-ls")
                files = {"sum.py": SOURCES[session]}
                async with neovim(folder, {}, files=files, plugin=checkout, command=command, startup=startup) as screen:
                    await _knows_its_server(command)
                    await play(screen)
                    screen.command("qall!")
                    await screen.ended()
                print((folder / "project" / "sum.py").read_text(encoding="utf-8"))
            recording.keep(command, transcript(session), {name: "/session"})


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).absolute()))
