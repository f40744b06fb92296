"""lsp-mode in Emacs: with a client for our server, and as `lsp-copilot` with ours in place of Copilot's.

    python -m tests.clients.lsp_mode CHECKOUT PACKAGES

where PACKAGES has dash, f, ht, lv, markdown-mode, s and spinner, each in a folder, prints what a person sees, and
writes the transcripts that `test_lsp_mode.py` replays.
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

TRANSCRIPT = recording.TRANSCRIPTS / "lsp_mode.jsonl"
COPILOT = recording.TRANSCRIPTS / "lsp_mode_copilot.jsonl"
SIGN_IN = recording.TRANSCRIPTS / "lsp_mode_copilot_sign_in.jsonl"
FILL = "total = a + b\n    print(total)\n    return total"
SOURCE = 'greeting = "hé"\n\n\ndef add(a, b):\n    \n'
INIT = """
(setq python-indent-guess-indent-offset nil indent-tabs-mode nil)
(column-number-mode)
(dolist (folder (list "{checkout}" "{checkout}/clients"))
  (add-to-list 'load-path folder))
(dolist (folder (directory-files "{packages}" t "\\\\`[^.]"))
  (add-to-list 'load-path folder))
(loaddefs-generate '("{checkout}" "{checkout}/clients") (locate-user-emacs-file "lsp-autoloads.el"))
(load (locate-user-emacs-file "lsp-autoloads.el"))
(require 'lsp-mode)
(require 'lsp-inline-completion)
(keymap-set lsp-inline-completion-active-map "C-o" #'lsp-inline-completion-accept)
(setq lsp-auto-guess-root t lsp-guess-root-without-session t lsp-enable-snippet nil lsp-inline-completion-idle-delay 0.3
      lsp-headerline-breadcrumb-enable nil lsp-modeline-code-actions-enable nil lsp-completion-enable nil)
"""
OWN_CLIENT = """
(setq lsp-enabled-clients '(llm-ls))
(lsp-register-client
 (make-lsp-client :new-connection (lsp-stdio-connection '("llm-ls"))
                  :activation-fn (lambda (&rest _) t) :add-on? t :server-id 'llm-ls))
(add-hook 'python-mode-hook #'lsp)
"""
LSP_COPILOT = """
(setq lsp-enabled-clients '(copilot-ls) lsp-copilot-enabled t lsp-copilot-executable "llm-ls"
      lsp-copilot-auth-check-delay nil)
(require 'lsp-copilot)
(add-hook 'python-mode-hook #'lsp)
"""
ASKED_TO_SIGN_IN = "(setq lsp-copilot-auth-check-delay 1)"  # its check breaks a suggestion off that is waited for
ACCEPT = "\x0f"
END_OF_LINE_5, TO_THE_END, SAVE, CANCEL = "\x1bgg5\r\x05", "\x1b>", "\x18\x13", "\x03\x0b"


@contextlib.asynccontextmanager
async def started(init: str, folder: Path, command: Command) -> AsyncGenerator[Emacs]:
    """Emacs with a file, once lsp-mode serves that."""
    startup = folder / "init.el"
    startup.write_text(QUIETLY + init, encoding="utf-8")
    file = project_file(folder, "sum.py", SOURCE)
    arguments = ("-nw", "-q", "-l", startup, file.name)
    async with Terminal(
        rig("emacs"), *arguments, environment=command.environment, folder=file.parent, columns=100
    ) as terminal:
        await terminal.shows("greeting", "initialized successfully")
        yield Emacs(terminal, command, file)
        terminal.keys(SAVE, LEAVE)
        await terminal.ended()
        await command.all_ended()


def show(one: Emacs, what: str) -> None:
    print(f"=== {what}\n{one.terminal.screen}\n", flush=True)


async def complete(one: Emacs) -> None:
    """Take suggestions as a user does: asked for, cancelled, unasked, all."""
    one.terminal.keys(END_OF_LINE_5)
    await one.runs("lsp-inline-completion-display")
    await one.terminal.shows("    total = a + b", "    return total", "Completion 1/")
    show(one, "ghost text")
    await asyncio.sleep(1)  # it shows it before it takes keys for it
    one.terminal.keys(CANCEL)
    await one.terminal.hides("return total")
    show(one, "cancelled")
    one.terminal.keys("t")
    await one.terminal.shows("    total = a + b", "    return total", "Completion 1/")
    await asyncio.sleep(1)
    show(one, "typed")
    one.terminal.keys(ACCEPT)
    await one.terminal.shows("(7,16)", "    return total")
    show(one, "all")
    one.terminal.keys(TO_THE_END, 'é = "😀"; ')
    await one.terminal.shows('é = "😀"; total = a + b', "Completion 1/")
    await asyncio.sleep(1)
    show(one, "behind what UTF-16 counts otherwise")
    one.terminal.keys(ACCEPT)
    await one.terminal.shows("(8,23)")
    print(await one.text())


async def sign_in(one: Emacs, github: GitHub) -> None:
    """Be asked to sign in with a code, do so, and sign out."""
    await one.terminal.shows("Copilot requires you to log into your GitHub account")
    show(one, "asked")
    one.terminal.keys("y")
    await one.terminal.shows("First copy your one-time code")
    show(one, "code")
    one.terminal.keys(ENTER)
    await one.terminal.shows("Please open")
    approving = asyncio.create_task(signing_in.approve(github))
    one.terminal.keys(ENTER)
    await one.terminal.shows("Authenticated as octocat")
    show(one, "approved")
    await approving
    await one.runs("lsp-copilot-check-status")
    await one.terminal.shows("Authenticated as octocat")
    await one.runs("lsp-copilot-logout")
    await one.terminal.shows("Logged out.")
    show(one, "lsp-copilot-logout")


async def main(checkout: Path, packages: Path) -> None:
    init = INIT.format(checkout=checkout, packages=packages)
    for transcript, configured in ((TRANSCRIPT, OWN_CLIENT), (COPILOT, LSP_COPILOT)):
        with tempfile.TemporaryDirectory(prefix="lsp-mode-") as name:
            folder = Path(name)
            isolation.isolate(os.environ, folder / "home")
            with prepared_model(folder, {}, fill=FILL) as environment:
                command = recording.command(folder / "command", environment)
                async with started(init + configured, folder, command) as one:
                    await complete(one)
            recording.keep(command, transcript, {name: "/session"})
    with tempfile.TemporaryDirectory(prefix="lsp-mode-") as name:
        folder = Path(name)
        isolation.isolate(os.environ, folder / "home")
        async with GitHub() as github:
            command = recording.command(folder / "command", signing_in.environment(github, folder))
            async with started(init + LSP_COPILOT + ASKED_TO_SIGN_IN, folder, command) as one:
                await sign_in(one, github)
        recording.keep(command, SIGN_IN, {name: "/session"}, varying=signing_in.VARYING, masked=["expiresIn"])


if __name__ == "__main__":
    asyncio.run(main(*(Path(given).absolute() for given in sys.argv[1:])))
