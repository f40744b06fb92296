"""copilot-lsp's next edits in Neovim, with our server in place of Copilot's.

    python -m tests.clients.copilot_lsp CHECKOUT

prints what a person sees, and writes the transcript that `test_next_edits.py` replays.
"""

from functools import partial

from tests.clients import recording, renaming_in_neovim
from tests.clients.driving import run, sees, show
from tests.rigs.nvim_screen import Screen

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


async def edit(screen: Screen) -> None:
    """Put the next edit away, have it again, go there and make it."""
    await sees(screen, "the next edit", OLD, PREVIEW)
    screen.keys(CLEAR)
    await screen.hides(PREVIEW)
    show(screen, "put away")
    screen.command("lua require('copilot-lsp.nes').request_nes('copilot_ls')")
    await screen.shows(OLD, PREVIEW)
    screen.keys(TAKE)
    await sees(screen, "gone to", "8,15")
    screen.keys(TAKE)
    await screen.hides(OLD)


if __name__ == "__main__":
    run(partial(renaming_in_neovim.play, TRANSCRIPT, STARTUP, edit))
