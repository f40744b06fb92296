"""copilot.el in Emacs, with our server in place of Copilot's: `python -m tests.clients.copilot_el CHECKOUT`.

Prints what a person sees, and writes the transcripts that `test_copilot_el.py` replays.
"""

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncGenerator
from pathlib import Path

from tests.clients import recording, signing_in
from tests.rigs import isolation
from tests.rigs.emacs import LEAVE, QUIETLY, Emacs
from tests.rigs.found import rig
from tests.rigs.github import GitHub
from tests.rigs.on_path import Command
from tests.rigs.plain_editor import project_file
from tests.rigs.prepared_model import prepared_model
from tests.rigs.terminal import ENTER, Terminal

TRANSCRIPT = recording.TRANSCRIPTS / "copilot_el.jsonl"
SIGN_IN = recording.TRANSCRIPTS / "copilot_el_sign_in.jsonl"
FILL = "total = a + b\n    print(total)\n    return total"
SOURCE = 'greeting = "hé"\n\n\ndef add(a, b):\n    \n'
INIT = """
(setq python-indent-guess-indent-offset nil indent-tabs-mode nil)
(column-number-mode)
(add-to-list 'load-path "{checkout}")
(require 'copilot)
(setq copilot-server-executable "llm-ls")
(add-hook 'python-mode-hook #'copilot-mode)
(keymap-set copilot-completion-map "C-c a" #'copilot-accept-completion)
(keymap-set copilot-completion-map "C-c w" #'copilot-accept-completion-by-word)
(keymap-set copilot-completion-map "C-c l" #'copilot-accept-completion-by-line)
(keymap-set copilot-completion-map "C-c n" #'copilot-next-completion)
(keymap-set copilot-completion-map "C-c d" #'copilot-clear-overlay)
"""
ALL, WORD, LINE, NEXT, DISMISS = "\x03a", "\x03w", "\x03l", "\x03n", "\x03d"
END_OF_LINE_5, TO_THE_END, SAVE = "\x1bgg5\r\x05", "\x1b>", "\x18\x13"


@contextlib.asynccontextmanager
async def started(checkout: Path, folder: Path, command: Command) -> AsyncGenerator[Emacs]:
    """Emacs with the package and a file, once it shows that."""
    init = folder / "init.el"
    init.write_text(QUIETLY + INIT.format(checkout=checkout), encoding="utf-8")
    file = project_file(folder, "sum.py", SOURCE)
    arguments = ("-nw", "-q", "-l", init, file.name)
    async with Terminal(
        rig("emacs"), *arguments, environment=command.environment, folder=file.parent, columns=100
    ) as terminal:
        await terminal.shows("greeting", "Copilot")
        yield Emacs(terminal, command, file)
        terminal.keys(SAVE, LEAVE)
        await terminal.ended()
        await command.all_ended()


def show(one: Emacs, what: str) -> None:
    print(f"=== {what}\n{one.terminal.screen}\n", flush=True)


async def complete(one: Emacs) -> None:
    """Take suggestions as a user does: another one, none, typed along, a word, a line, all."""
    await one.runs("copilot-diagnose")
    await one.terminal.shows("Copilot OK.")
    show(one, "copilot-diagnose")
    one.terminal.keys(END_OF_LINE_5)
    await one.runs("copilot-complete")
    await one.terminal.shows("    total = a + b", "    return total")
    show(one, "ghost text")
    one.terminal.keys(NEXT)
    await one.terminal.shows("Only one completion is available")
    show(one, "next")
    one.terminal.keys(DISMISS)
    await one.terminal.hides("return total")
    show(one, "dismissed")
    one.terminal.keys("t")
    await one.terminal.shows("(5,5)", "    total = a + b", "    return total")
    show(one, "typed along")
    one.terminal.keys(WORD)
    await one.terminal.shows("(5,9)", "    total = a + b", "    return total")
    show(one, "one word")
    one.terminal.keys(LINE)
    await one.terminal.shows("(6,0)", "    total = a + b", "    return total")
    show(one, "one line")
    one.terminal.keys(ALL)
    await one.terminal.shows("(7,16)", "    return total")
    one.terminal.keys(TO_THE_END, 'é = "😀"; ')
    await one.terminal.shows('é = "😀"; total = a + b')
    show(one, "behind what UTF-16 counts otherwise")
    one.terminal.keys(ALL)
    print(await one.text())
    await one.runs("copilot-login")
    await one.terminal.shows("Already signed in as llamacpp")
    show(one, "copilot-login")


async def sign_in(one: Emacs, github: GitHub) -> None:
    """Sign in with a code, and out."""
    await one.runs("copilot-login")
    await one.terminal.shows("First copy your one-time code")
    show(one, "copilot-login")
    one.terminal.keys(ENTER)
    await one.terminal.shows("Please open")
    show(one, "code")
    approving = asyncio.create_task(signing_in.approve(github))
    one.terminal.keys(ENTER)
    await one.terminal.shows("Authenticated as GitHub user octocat")
    show(one, "approved")
    await approving
    await one.runs("copilot-logout")
    await one.terminal.shows("Logged out.")
    show(one, "copilot-logout")


async def main(checkout: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="copilot-el-") as name:
        folder = Path(name)
        isolation.isolate(os.environ, folder / "home")
        with prepared_model(folder, {}, fill=FILL) as environment:
            command = recording.command(folder / "command", environment)
            async with started(checkout, folder, command) as one:
                await complete(one)
        recording.keep(command, TRANSCRIPT, {name: "/session"})
    with tempfile.TemporaryDirectory(prefix="copilot-el-") as name:
        folder = Path(name)
        isolation.isolate(os.environ, folder / "home")
        async with GitHub() as github:
            command = recording.command(folder / "command", signing_in.environment(github, folder))
            async with started(checkout, folder, command) as one:
                await sign_in(one, github)
        recording.keep(command, SIGN_IN, {name: "/session"}, varying=signing_in.VARYING, masked=["expiresIn"])


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).absolute()))
