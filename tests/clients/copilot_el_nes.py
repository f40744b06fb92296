"""copilot.el's next edits in Emacs: `python -m tests.clients.copilot_el_nes CHECKOUT`.

With our server in place of Copilot's. Prints what a person sees, and writes the transcript that `test_next_edits.py`
replays.
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from tests.clients import recording, renaming
from tests.rigs import isolation
from tests.rigs.emacs import LEAVE, QUIETLY, Emacs
from tests.rigs.found import rig
from tests.rigs.plain_editor import project_file
from tests.rigs.prepared_model import prepared_model
from tests.rigs.terminal import TAB, Terminal

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
DISMISS, SAVE = "\x07", "\x18\x13"
SHOWN = "totaladd(1, 2)"
"""What goes stands struck out before what comes."""


def show(one: Emacs, what: str) -> None:
    print(f"=== {what}\n{one.terminal.screen}\n", flush=True)


async def edit(one: Emacs) -> None:
    """Rename the function; put the next edit away, have it again, go there and make it."""
    await one.runs("copilot-diagnose")
    await one.terminal.shows("Copilot OK.")
    await one.evaluates('(progn (goto-char (point-min)) (search-forward "def total") (backward-kill-word 1))')
    one.terminal.keys("add")
    await one.terminal.shows(SHOWN)
    show(one, "the next edit")
    one.terminal.keys(DISMISS)
    await one.terminal.hides(SHOWN)
    show(one, "put away")
    await one.evaluates("(copilot-nes--request)")
    await one.terminal.shows(SHOWN)
    one.terminal.keys(TAB)
    await one.terminal.shows("L8")
    show(one, "gone to")
    one.terminal.keys(TAB)
    await one.terminal.shows(renaming.CALLER)
    await asyncio.sleep(2)  # it asks for the one after that
    show(one, "made")


async def main(checkout: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="copilot-el-nes-") as name:
        folder = Path(name)
        isolation.isolate(os.environ, folder / "home")
        with prepared_model(folder, renaming.ANSWERS) as environment:
            command = recording.command(folder / "command", environment)
            init = folder / "init.el"
            init.write_text(QUIETLY + INIT.format(checkout=checkout), encoding="utf-8")
            file = project_file(folder, "sum.py", renaming.SOURCE)
            arguments = ("-nw", "-q", "-l", init, file.name)
            async with Terminal(
                rig("emacs"), *arguments, environment=command.environment, folder=file.parent
            ) as terminal:
                await terminal.shows("greeting", "Copilot")
                one = Emacs(terminal, command, file)
                await edit(one)
                terminal.keys(SAVE, LEAVE)
                await terminal.ended()
                await command.all_ended()
            assert file.read_text(encoding="utf-8") == renaming.AFTER
        recording.keep(command, TRANSCRIPT, {name: "/session"})


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).absolute()))
