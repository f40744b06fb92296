"""copilot.vim in Vim and in Neovim, with our server in place of Copilot's.

    python -m tests.clients.copilot_vim CHECKOUT

prints what a person sees, and writes the transcripts that `test_copilot_vim.py` replays.
"""

import asyncio
import contextlib
import re
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

from tests.clients import filling, recording, signing_in
from tests.clients.driving import Session, recorded, recorded_sign_in, run, say, sees, show
from tests.rigs.found import rig
from tests.rigs.github import GitHub
from tests.rigs.plain_editor import project_file
from tests.rigs.terminal import ENTER, ESC, TAB, Terminal

EDITORS = ("vim", "nvim")
VERSIONS = ("1.26", "1.41")
"""The last with the older requests, and the newest that could be had whole."""

STARTUP = """
set nocompatible noswapfile shortmess+=I mouse= expandtab shiftwidth=4 ruler laststatus=2
let g:ale_enabled = 0
filetype plugin on
let g:copilot_command = '{command}'
let g:copilot_agent_command = '{command}'
imap <C-J> <Plug>(copilot-accept-word)
imap <C-K> <Plug>(copilot-accept-line)
imap <C-N> <Plug>(copilot-next)
"""
NEXT, WORD, LINE, DISMISS = "\x0e", "\x0a", "\x0b", "\x1d"


def transcript(version: str, editor: str, what: str = "") -> Path:
    return recording.TRANSCRIPTS / f"copilot_vim_{version}_{editor}{what}.jsonl"


@contextlib.asynccontextmanager
async def started(editor: str, checkout: Path, session: Session) -> AsyncGenerator[Terminal]:
    """An editor with the plugin and a file, once it shows that."""
    startup = session.folder / "startup.vim"
    startup.write_text(STARTUP.format(command=session.program), encoding="utf-8")
    file = project_file(session.folder, "sum.py", filling.SOURCE)
    program = rig("vim-ale" if editor == "vim" else "nvim")
    options = ("-i", "NONE", "-n", "--cmd", f"set runtimepath^={checkout}", "-u", startup)
    environment = {**session.command.environment, "XDG_STATE_HOME": str(session.folder / "state")}
    async with Terminal(
        program, *options, file.name, columns=90, environment=environment, folder=file.parent
    ) as terminal:
        await terminal.shows("greeting")
        yield terminal
        terminal.keys(f":qall!{ENTER}")
        await terminal.ended()
        await session.command.all_ended()


async def complete(terminal: Terminal) -> None:
    """Take suggestions as a user does: all, another one, none, a word, a line."""
    await say(terminal, "Copilot status", "Copilot: Ready")
    terminal.keys("5GA")
    await sees(terminal, "ghost text", "    total = a + b", "    return total")
    terminal.keys(NEXT)
    await sees(terminal, "next", "(1/1)")
    terminal.keys(DISMISS)
    await terminal.hides("return total")
    show(terminal, "dismissed")
    terminal.keys("t")
    await sees(terminal, "typed along", "5,6", "    total = a + b", "    return total")
    terminal.keys(WORD)
    await sees(terminal, "one word", "5,10", "    total = a + b", "    return total")
    terminal.keys(LINE)
    await sees(terminal, "one line", "5,18", "    return total")
    terminal.keys(TAB)
    await sees(terminal, "all", "7,17", "    return total")
    terminal.keys(ENTER, 'é = "😀"; ')
    await sees(terminal, "behind what UTF-16 counts otherwise", 'é = "😀"; total = a + b')
    terminal.keys(WORD)
    await terminal.shows("8,19-16", 'é = "😀"; total = a + b')
    terminal.keys(TAB)
    await terminal.shows("8,27-24", 'é = "😀"; total = a + b')
    terminal.keys(ESC)
    await say(terminal, "write", "written")


async def manage(terminal: Terminal) -> None:
    """Ask for what else there is."""
    terminal.keys(ESC, f":Copilot panel{ENTER}")
    await sees(terminal, ":Copilot panel", "Synthesized", "copilot:///panel/1")
    terminal.keys(f":quit{ENTER}")
    await terminal.hides("Synthesized")
    await say(terminal, "Copilot setup", "Authenticated as GitHub user llamacpp")
    await say(terminal, "Copilot version", "llm-ls")
    await say(terminal, "Copilot disable")
    await say(terminal, "Copilot status", "Disabled globally")
    await say(terminal, "Copilot enable")
    await say(terminal, "Copilot signout", "Signed out")


async def sign_in(terminal: Terminal, github: GitHub) -> None:
    """Sign in with a code, and out."""
    await say(terminal, "Copilot status", "Not authenticated. Invoke :Copilot setup")
    approving = asyncio.create_task(signing_in.approve(github))
    await say(terminal, "Copilot setup", "one-time code", "Authenticated as GitHub user octocat")
    await approving
    await say(terminal, "Copilot status", "Copilot: Ready")
    await say(terminal, "Copilot signout", "Signed out as GitHub user octocat")
    await say(terminal, "Copilot status", "Not authenticated. Invoke :Copilot setup")


async def main(checkout: Path) -> None:
    said = re.search(r"'(\d+\.\d+)", (checkout / "autoload/copilot/version.vim").read_text(encoding="utf-8"))
    assert said
    version = said[1]
    for editor in EDITORS:
        async with (
            recorded_sign_in(transcript(version, editor, "_sign_in")) as (session, github),
            started(editor, checkout, session) as terminal,
        ):
            await sign_in(terminal, github)
        with recorded(transcript(version, editor), filling.model) as session:
            async with started(editor, checkout, session) as terminal:
                await complete(terminal)
                await manage(terminal)
            print(session.text)
            usage = await asyncio.create_subprocess_exec(sys.executable, "-m", "llm_ls", "usage")
            await usage.wait()


if __name__ == "__main__":
    run(main)
