"""copilot.vim in Vim and in Neovim, with our server in place of Copilot's.

    python -m tests.clients.copilot_vim CHECKOUT

prints what a person sees, and writes the transcripts that `test_copilot_vim.py` replays.
"""

import asyncio
import contextlib
import os
import re
import sys
import tempfile
from collections.abc import AsyncGenerator
from pathlib import Path

from tests.clients import recording, signing_in
from tests.rigs import isolation
from tests.rigs.found import rig
from tests.rigs.github import GitHub
from tests.rigs.on_path import Command
from tests.rigs.plain_editor import project_file
from tests.rigs.prepared_model import prepared_model
from tests.rigs.terminal import ENTER, ESC, TAB, Terminal

EDITORS = ("vim", "nvim")
VERSIONS = ("1.26", "1.41")
"""The last with the older requests, and the newest that could be had whole."""

FILL = "total = a + b\n    print(total)\n    return total"
SOURCE = 'greeting = "hé"\n\n\ndef add(a, b):\n    \n'
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
async def started(editor: str, checkout: Path, folder: Path, command: Command) -> AsyncGenerator[Terminal]:
    """An editor with the plugin and a file, once it shows that."""
    startup = folder / "startup.vim"
    startup.write_text(STARTUP.format(command=folder / "command" / "bin" / "llm-ls"), encoding="utf-8")
    file = project_file(folder, "sum.py", SOURCE)
    program = rig("vim-ale" if editor == "vim" else "nvim")
    options = ("-i", "NONE", "-n", "--cmd", f"set runtimepath^={checkout}", "-u", startup)
    environment = {**command.environment, "XDG_STATE_HOME": str(folder / "state")}
    async with Terminal(
        program, *options, file.name, columns=90, environment=environment, folder=file.parent
    ) as terminal:
        await terminal.shows("greeting")
        yield terminal


async def say(terminal: Terminal, typed: str, *answers: str) -> None:
    """Type an Ex command, and show what comes of it once that has `answers` in it."""
    terminal.keys(ESC, f":{typed}", ENTER)
    await terminal.shows(*answers)
    print(f"=== :{typed}\n{terminal.screen}\n", flush=True)
    terminal.keys(ENTER)


async def complete(terminal: Terminal) -> None:
    """Take suggestions as a user does: all, another one, none, a word, a line."""

    def show(what: str) -> None:
        print(f"=== {what}\n{terminal.screen}\n", flush=True)

    await say(terminal, "Copilot status", "Copilot: Ready")
    terminal.keys("5GA")
    await terminal.shows("    total = a + b", "    return total")
    show("ghost text")
    terminal.keys(NEXT)
    await terminal.shows("(1/1)")
    show("next")
    terminal.keys(DISMISS)
    await terminal.hides("return total")
    show("dismissed")
    terminal.keys("t")
    await terminal.shows("5,6", "    total = a + b", "    return total")
    show("typed along")
    terminal.keys(WORD)
    await terminal.shows("5,10", "    total = a + b", "    return total")
    show("one word")
    terminal.keys(LINE)
    await terminal.shows("5,18", "    return total")
    show("one line")
    terminal.keys(TAB)
    await terminal.shows("7,17", "    return total")
    show("all")
    terminal.keys(ENTER, 'é = "😀"; ')
    await terminal.shows('é = "😀"; total = a + b')
    show("behind what UTF-16 counts otherwise")
    terminal.keys(WORD)
    await terminal.shows("8,19-16", 'é = "😀"; total = a + b')
    terminal.keys(TAB)
    await terminal.shows("8,27-24", 'é = "😀"; total = a + b')
    terminal.keys(ESC)
    await say(terminal, "write", "written")


async def manage(terminal: Terminal) -> None:
    """Ask for what else there is."""
    terminal.keys(ESC, f":Copilot panel{ENTER}")
    await terminal.shows("Synthesized", "copilot:///panel/1")
    print(f"=== :Copilot panel\n{terminal.screen}\n", flush=True)
    terminal.keys(f":quit{ENTER}")
    await terminal.hides("Synthesized")
    await say(terminal, "Copilot setup", "Authenticated as GitHub user llamacpp")
    await say(terminal, "Copilot version", "llm-ls")
    await say(terminal, "Copilot disable")
    await say(terminal, "Copilot status", "Disabled globally")
    await say(terminal, "Copilot enable")
    await say(terminal, "Copilot signout", "Signed out")


async def sign_in(editor: str, checkout: Path, transcript: Path) -> None:
    """Sign in with a code, complete with what that gives, and sign out."""
    with tempfile.TemporaryDirectory(prefix="copilot-vim-") as name:
        folder = Path(name)
        isolation.isolate(os.environ, folder / "home")
        async with GitHub() as github:
            command = recording.command(folder / "command", signing_in.environment(github, folder))
            async with started(editor, checkout, folder, command) as terminal:
                await say(terminal, "Copilot status", "Not authenticated. Invoke :Copilot setup")
                approving = asyncio.create_task(signing_in.approve(github))
                await say(terminal, "Copilot setup", "one-time code", "Authenticated as GitHub user octocat")
                await approving
                await say(terminal, "Copilot status", "Copilot: Ready")
                await say(terminal, "Copilot signout", "Signed out as GitHub user octocat")
                await say(terminal, "Copilot status", "Not authenticated. Invoke :Copilot setup")
                terminal.keys(f":qall!{ENTER}")
                await terminal.ended()
                await command.all_ended()
        vary = signing_in.VARYING
        recording.keep(command, transcript, {name: "/session"}, varying=vary, masked=["expiresIn"])


async def main(checkout: Path) -> None:
    said = re.search(r"'(\d+\.\d+)", (checkout / "autoload/copilot/version.vim").read_text(encoding="utf-8"))
    assert said
    version = said[1]
    for editor in EDITORS:
        await sign_in(editor, checkout, transcript(version, editor, "_sign_in"))
        with tempfile.TemporaryDirectory(prefix="copilot-vim-") as name:
            folder = Path(name)
            isolation.isolate(os.environ, folder / "home")
            with prepared_model(folder, {}, fill=FILL) as environment:
                command = recording.command(folder / "command", environment)
                async with started(editor, checkout, folder, command) as terminal:
                    await complete(terminal)
                    await manage(terminal)
                    terminal.keys(f":qall!{ENTER}")
                    await terminal.ended()
                    await command.all_ended()
                print((folder / "project" / "sum.py").read_text(encoding="utf-8"))
                usage = await asyncio.create_subprocess_exec(sys.executable, "-m", "llm_ls", "usage")
                await usage.wait()
            recording.keep(command, transcript(version, editor), {name: "/session"})


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).absolute()))
