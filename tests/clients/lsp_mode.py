"""lsp-mode in Emacs: with a client for our server, and as `lsp-copilot` with ours in place of Copilot's.

    python -m tests.clients.lsp_mode CHECKOUT PACKAGES

where PACKAGES has dash, f, ht, lv, markdown-mode, s and spinner, each in a folder, prints what a person sees, and
writes the transcripts that `test_lsp_mode.py` replays.
"""

import asyncio
from pathlib import Path

from tests.clients import filling, recording, signing_in
from tests.clients.driving import emacs, recorded, recorded_sign_in, run, sees, show
from tests.rigs.emacs import Emacs
from tests.rigs.github import GitHub
from tests.rigs.terminal import ENTER

TRANSCRIPT = recording.TRANSCRIPTS / "lsp_mode.jsonl"
COPILOT = recording.TRANSCRIPTS / "lsp_mode_copilot.jsonl"
SIGN_IN = recording.TRANSCRIPTS / "lsp_mode_copilot_sign_in.jsonl"
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
SERVED = "initialized successfully"
ACCEPT, CANCEL = "\x0f", "\x03\x0b"
END_OF_LINE_5, TO_THE_END = "\x1bgg5\r\x05", "\x1b>"


async def complete(one: Emacs) -> None:
    """Take suggestions as a user does: asked for, cancelled, unasked, all."""
    one.terminal.keys(END_OF_LINE_5)
    await one.runs("lsp-inline-completion-display")
    await sees(one.terminal, "ghost text", "    total = a + b", "    return total", "Completion 1/")
    await asyncio.sleep(1)  # it shows it before it takes keys for it
    one.terminal.keys(CANCEL)
    await one.terminal.hides("return total")
    show(one.terminal, "cancelled")
    one.terminal.keys("t")
    await one.terminal.shows("    total = a + b", "    return total", "Completion 1/")
    await asyncio.sleep(1)
    show(one.terminal, "typed")
    one.terminal.keys(ACCEPT)
    await sees(one.terminal, "all", "(7,16)", "    return total")
    one.terminal.keys(TO_THE_END, 'é = "😀"; ')
    await one.terminal.shows('é = "😀"; total = a + b', "Completion 1/")
    await asyncio.sleep(1)
    show(one.terminal, "behind what UTF-16 counts otherwise")
    one.terminal.keys(ACCEPT)
    await one.terminal.shows("(8,23)")
    print(await one.text())


async def sign_in(one: Emacs, github: GitHub) -> None:
    """Be asked to sign in with a code, do so, and sign out."""
    await sees(one.terminal, "asked", "Copilot requires you to log into your GitHub account")
    one.terminal.keys("y")
    await sees(one.terminal, "code", "First copy your one-time code")
    one.terminal.keys(ENTER)
    await one.terminal.shows("Please open")
    approving = asyncio.create_task(signing_in.approve(github))
    one.terminal.keys(ENTER)
    await sees(one.terminal, "approved", "Authenticated as octocat")
    await approving
    await one.runs("lsp-copilot-check-status")
    await one.terminal.shows("Authenticated as octocat")
    await one.runs("lsp-copilot-logout")
    await sees(one.terminal, "lsp-copilot-logout", "Logged out.")


async def main(checkout: Path, packages: Path) -> None:
    init = INIT.format(checkout=checkout, packages=packages)
    for transcript, configured in ((TRANSCRIPT, OWN_CLIENT), (COPILOT, LSP_COPILOT)):
        with recorded(transcript, filling.model) as session:
            async with emacs(session, init + configured, filling.SOURCE, SERVED) as one:
                await complete(one)
    async with (
        recorded_sign_in(SIGN_IN) as (session, github),
        emacs(session, init + LSP_COPILOT + ASKED_TO_SIGN_IN, filling.SOURCE, SERVED) as one,
    ):
        await sign_in(one, github)


if __name__ == "__main__":
    run(main)
