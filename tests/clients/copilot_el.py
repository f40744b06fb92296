"""copilot.el in Emacs, with our server in place of Copilot's: `python -m tests.clients.copilot_el CHECKOUT`.

Prints what a person sees, and writes the transcripts that `test_copilot_el.py` replays.
"""

import asyncio
from pathlib import Path

from tests.clients import filling, recording, signing_in
from tests.clients.driving import emacs, recorded, recorded_sign_in, run, sees, show
from tests.rigs.emacs import Emacs
from tests.rigs.github import GitHub
from tests.rigs.terminal import ENTER

TRANSCRIPT = recording.TRANSCRIPTS / "copilot_el.jsonl"
SIGN_IN = recording.TRANSCRIPTS / "copilot_el_sign_in.jsonl"
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
END_OF_LINE_5, TO_THE_END = "\x1bgg5\r\x05", "\x1b>"


async def complete(one: Emacs) -> None:
    """Take suggestions as a user does: another one, none, typed along, a word, a line, all."""
    await one.runs("copilot-diagnose")
    await sees(one.terminal, "copilot-diagnose", "Copilot OK.")
    one.terminal.keys(END_OF_LINE_5)
    await one.runs("copilot-complete")
    await sees(one.terminal, "ghost text", "    total = a + b", "    return total")
    one.terminal.keys(NEXT)
    await sees(one.terminal, "next", "Only one completion is available")
    one.terminal.keys(DISMISS)
    await one.terminal.hides("return total")
    show(one.terminal, "dismissed")
    one.terminal.keys("t")
    await sees(one.terminal, "typed along", "(5,5)", "    total = a + b", "    return total")
    one.terminal.keys(WORD)
    await sees(one.terminal, "one word", "(5,9)", "    total = a + b", "    return total")
    one.terminal.keys(LINE)
    await sees(one.terminal, "one line", "(6,0)", "    total = a + b", "    return total")
    one.terminal.keys(ALL)
    await one.terminal.shows("(7,16)", "    return total")
    one.terminal.keys(TO_THE_END, 'é = "😀"; ')
    await sees(one.terminal, "behind what UTF-16 counts otherwise", 'é = "😀"; total = a + b')
    one.terminal.keys(ALL)
    print(await one.text())
    await one.runs("copilot-login")
    await sees(one.terminal, "copilot-login", "Already signed in as llamacpp")


async def sign_in(one: Emacs, github: GitHub) -> None:
    """Sign in with a code, and out."""
    await one.runs("copilot-login")
    await sees(one.terminal, "copilot-login", "First copy your one-time code")
    one.terminal.keys(ENTER)
    await sees(one.terminal, "code", "Please open")
    approving = asyncio.create_task(signing_in.approve(github))
    one.terminal.keys(ENTER)
    await sees(one.terminal, "approved", "Authenticated as GitHub user octocat")
    await approving
    await one.runs("copilot-logout")
    await sees(one.terminal, "copilot-logout", "Logged out.")


async def main(checkout: Path) -> None:
    init = INIT.format(checkout=checkout)
    with recorded(TRANSCRIPT, filling.model) as session:
        async with emacs(session, init, filling.SOURCE, "Copilot") as one:
            await complete(one)
    async with (
        recorded_sign_in(SIGN_IN) as (session, github),
        emacs(session, init, filling.SOURCE, "Copilot") as one,
    ):
        await sign_in(one, github)


if __name__ == "__main__":
    run(main)
