"""copilot.el's next edits in Emacs: `python -m tests.clients.copilot_el_nes CHECKOUT`.

With our server in place of Copilot's. Prints what a person sees, and writes the transcript that `test_next_edits.py`
replays.
"""

import asyncio
from pathlib import Path

from tests.clients import recording, renaming
from tests.clients.driving import emacs, recorded, run, sees, show
from tests.rigs.emacs import Emacs
from tests.rigs.terminal import TAB

TRANSCRIPT = recording.TRANSCRIPTS / "copilot_el_nes.jsonl"
INIT = """
(setq python-indent-guess-indent-offset nil indent-tabs-mode nil)
(line-number-mode)
(add-to-list 'load-path "{checkout}")
(require 'copilot)
(require 'copilot-nes)
(setq copilot-server-executable "llm-ls" copilot-idle-delay nil)
(add-hook 'python-mode-hook #'copilot-mode)
(add-hook 'python-mode-hook #'copilot-nes-mode)
"""
DISMISS = "\x07"
SHOWN = "totaladd(1, 2)"
"""What goes stands struck out before what comes."""


async def edit(one: Emacs) -> None:
    """Rename the function; put the next edit away, have it again, go there and make it."""
    await one.runs("copilot-diagnose")
    await one.terminal.shows("Copilot OK.")
    await one.evaluates('(progn (goto-char (point-min)) (search-forward "def total") (backward-kill-word 1))')
    one.terminal.keys("add")
    await sees(one.terminal, "the next edit", SHOWN)
    one.terminal.keys(DISMISS)
    await one.terminal.hides(SHOWN)
    show(one.terminal, "put away")
    await one.evaluates("(copilot-nes--request)")
    await one.terminal.shows(SHOWN)
    one.terminal.keys(TAB)
    await sees(one.terminal, "gone to", "L8")
    one.terminal.keys(TAB)
    await one.terminal.shows(renaming.CALLER)
    await asyncio.sleep(2)  # it asks for the one after that
    show(one.terminal, "made")


async def main(checkout: Path) -> None:
    with recorded(TRANSCRIPT, renaming.model) as session:
        async with emacs(session, INIT.format(checkout=checkout), renaming.SOURCE, "Copilot") as one:
            await edit(one)
        assert session.text == renaming.AFTER


if __name__ == "__main__":
    run(main)
