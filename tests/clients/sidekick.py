"""sidekick.nvim's next edits in Neovim, with our server under a name that has `copilot` in it.

    python -m tests.clients.sidekick CHECKOUT

prints what a person sees, and writes the transcript that `test_next_edits.py` replays.
"""

from functools import partial

from tests.clients import recording, renaming, renaming_in_neovim
from tests.clients.driving import run, sees, show
from tests.rigs.nvim_screen import Screen
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


async def edit(screen: Screen) -> None:
    """Put the next edit away, have it again, go there and make it."""
    await sees(screen, "the next edit", SHOWN)
    screen.keys(ESC)
    await screen.hides(SHOWN)
    show(screen, "put away")
    screen.command("Sidekick nes update")
    await screen.shows(SHOWN)
    screen.keys(TAKE)
    await sees(screen, "gone to", "8,15")
    screen.keys(TAKE)
    await screen.shows(renaming.CALLER)


if __name__ == "__main__":
    run(partial(renaming_in_neovim.play, TRANSCRIPT, STARTUP, edit))
