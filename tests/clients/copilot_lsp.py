"""copilot-lsp's next edits in Neovim, with our server in place of Copilot's.

    python -m tests.clients.copilot_lsp CHECKOUT

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

TRANSCRIPT = recording.TRANSCRIPTS / "copilot_lsp.jsonl"
STARTUP = """
vim.lsp.config('copilot_ls', { cmd = { 'llm-ls', '--stdio' } })
vim.lsp.enable('copilot_ls')
local nes = require('copilot-lsp.nes')
vim.keymap.set('n', '<C-T>', function()
  return nes.walk_cursor_start_edit() or (nes.apply_pending_nes() and nes.walk_cursor_end_edit())
end)
vim.keymap.set('n', '<C-X>', nes.clear)
vim.o.statusline = '%f %l,%c'
"""
TAKE, CLEAR = "\x14", "\x18"
OLD, PREVIEW = "total(1, 2)", 'print("😀"addal(1, 2))'
"""The new line stands below the old one. It takes UTF-16 units for bytes and is off; what is made then is right."""


def show(screen: Screen, what: str) -> None:
    print(f"=== {what}\n{screen.screen}\n", flush=True)


async def edit(screen: Screen) -> None:
    """Rename the function; put the next edit away, have it again, go there and make it."""
    screen.command("lua vim.wait(20000, function() return #vim.lsp.get_clients({ name = 'copilot_ls' }) > 0 end)")
    screen.keys("4Gwcwadd", ESC)
    await screen.shows(OLD, PREVIEW)
    show(screen, "the next edit")
    screen.keys(CLEAR)
    await screen.hides(PREVIEW)
    show(screen, "put away")
    screen.command("lua require('copilot-lsp.nes').request_nes('copilot_ls')")
    await screen.shows(OLD, PREVIEW)
    screen.keys(TAKE)
    await screen.shows("8,15")
    show(screen, "gone to")
    screen.keys(TAKE)
    await screen.hides(OLD)
    await asyncio.sleep(2)  # it asks for the one after that
    show(screen, "made")
    screen.command("write")
    await screen.shows("written")


async def main(checkout: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="copilot-lsp-") as name:
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
