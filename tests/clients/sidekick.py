"""sidekick.nvim's next edits in Neovim, with our server under a name that has `copilot` in it.

    python -m tests.clients.sidekick CHECKOUT

prints what a person sees, and writes the transcript that `test_next_edits.py` replays.
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from tests.clients import recording, renaming
from tests.rigs import isolation
from tests.rigs.nvim_screen import Screen, neovim
from tests.rigs.prepared_model import prepared_model
from tests.rigs.terminal import ESC

TRANSCRIPT = recording.TRANSCRIPTS / "sidekick.jsonl"
STARTUP = """
vim.lsp.config('copilot', { cmd = { 'llm-ls', '--stdio' }, filetypes = { 'python' }, root_markers = { '.git' } })
vim.lsp.enable('copilot')
require('sidekick').setup({ cli = { watch = false } })
vim.keymap.set('n', '<C-T>', function() require('sidekick').nes_jump_or_apply() end)
vim.o.statusline = '%f %l,%c'
"""
TAKE = "\x14"
SHOWN = "totaladd(1, 2)"
"""What goes stands struck out before what comes."""


def show(screen: Screen, what: str) -> None:
    print(f"=== {what}\n{screen.screen}\n", flush=True)


async def edit(screen: Screen) -> None:
    """Rename the function; put the next edit away, have it again, go there and make it."""
    screen.command("lua vim.wait(20000, function() return #vim.lsp.get_clients({ name = 'copilot' }) > 0 end)")
    screen.keys("4Gwcwadd", ESC)
    await screen.shows(SHOWN)
    show(screen, "the next edit")
    screen.keys(ESC)
    await screen.hides(SHOWN)
    show(screen, "put away")
    screen.command("Sidekick nes update")
    await screen.shows(SHOWN)
    screen.keys(TAKE)
    await screen.shows("8,15")
    show(screen, "gone to")
    screen.keys(TAKE)
    await screen.shows(renaming.CALLER)
    await asyncio.sleep(2)  # it asks for the one after that
    show(screen, "made")
    screen.command("write")
    await screen.shows("written")


async def main(checkout: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="sidekick-") as name:
        folder = Path(name)
        isolation.isolate(os.environ, folder / "home")
        with prepared_model(folder, renaming.ANSWERS) as environment:
            command = recording.command(folder / "command", environment)
            files = {"sum.py": renaming.SOURCE}
            async with neovim(folder, {}, files=files, plugin=checkout, command=command, startup=STARTUP) as screen:
                await edit(screen)
                screen.command("qall!")
                await screen.ended()
            assert (folder / "project" / "sum.py").read_text(encoding="utf-8") == renaming.AFTER
        recording.keep(command, TRANSCRIPT, {name: "/session"})


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).absolute()))
