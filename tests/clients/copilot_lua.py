"""copilot.lua in Neovim, with our server in place of Copilot's.

    python -m tests.clients.copilot_lua CHECKOUT

prints what a person sees, and writes the transcripts that `test_copilot_lua.py` replays.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

from tests.clients import filling, recording
from tests.clients.driving import neovim, recorded, run, save, say, sees, show, until_heard
from tests.rigs.nvim_screen import Screen
from tests.rigs.terminal import ESC

FILLS = {"block": filling.FILL, "line": "1, 2"}
"""By session, what the model says to every gap."""

SOURCES = {"block": filling.SOURCE, "line": filling.SOURCE_OF_A_LINE}
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
    await sees(screen, "ghost text", "    total = a + b", "    return total")
    screen.keys(NEXT)
    await sees(screen, "next", "(1/1)")
    screen.keys(DISMISS)
    await screen.hides("return total")
    screen.keys(NEXT)
    await screen.shows("return total")
    screen.keys(WORD)
    await sees(screen, "one word", " 5,11 ", "return total")
    screen.keys(LINE)
    await sees(screen, "one line", " 6,5 ", "return total")
    screen.keys(ALL)
    await sees(screen, "all", " 7,17 ")
    screen.keys(f"{ESC}9u")
    await screen.hides("total")
    screen.keys("5G")
    await say(screen, "Copilot panel open", "Synthesized 1/3", "return total")
    screen.keys("G")
    await say(screen, "Copilot panel accept", "    return total")
    await say(screen, "Copilot status", "Online", "Buffer status: attached")
    await say(screen, "Copilot auth info", "Authenticated")
    await say(screen, "Copilot model list", "tiny [llamacpp/tiny] (default)")


async def line(screen: Screen) -> None:
    """Take what belongs into brackets on a line that is longer in UTF-8 than in UTF-16."""
    screen.keys("$i")
    await sees(screen, "ghost text", 'é = "😀", add(1, 2)')
    screen.keys(ALL)
    await screen.shows("[+]", 'é = "😀", add(1, 2)')
    await save(screen)
    show(screen, "all")


SESSIONS: Mapping[str, Callable[[Screen], Awaitable[None]]] = {"block": block, "line": line}


async def main(checkout: Path) -> None:
    for name, play in SESSIONS.items():
        with recorded(transcript(name), partial(filling.model, fill=FILLS[name])) as session:
            startup = STARTUP.format(command=session.program)
            async with neovim(session, checkout, startup, SOURCES[name]) as screen:
                await until_heard(session.command, "statusNotification")  # before, it asks for nothing
                await play(screen)
            print(session.text)


if __name__ == "__main__":
    run(main)
