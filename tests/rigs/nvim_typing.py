"""A person who types in Neovim with the plugin, and what the editor and the real server say meanwhile."""

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

from tests.clients import recording
from tests.rigs.nvim import PLUGIN
from tests.rigs.nvim_screen import Screen, neovim
from tests.rigs.terminal import PATIENCE_S

WORD, LINE, NEXT, PREV, DISMISS = "\x0c", "\x0b", "\x0e", "\x10", "\x07"
KEYS = """
vim.keymap.set('i', '<Tab>', function()
  return require('llm-ls').has_suggestion() and '<Plug>(llm-accept)' or '<Tab>'
end, { expr = true, remap = true })
for key, name in pairs({ l = 'accept-word', k = 'accept-line', n = 'next', p = 'prev', g = 'dismiss' }) do
  vim.keymap.set('i', '<C-' .. key .. '>', '<Plug>(llm-' .. name .. ')')
end
"""
_AFTER_A_REST = """
vim.o.statusline = "%f %l,%c%V %{get(g:, 'rested', '')}"
local typed = 0
vim.api.nvim_create_autocmd({ 'CursorMovedI', 'TextChangedP' }, {
  callback = function()
    typed = typed + 1
    local now = typed
    vim.defer_fn(function()
      vim.g.rested = now == typed and 'rested in column ' .. vim.fn.col('.') or ''
      vim.cmd.redrawstatus()
    end, 500)
  end,
})
"""
SUM = "def add(a, b):\n    return\n"


def in_readme(heading: str, readme: Path = PLUGIN / "README.md") -> str:
    """The first Lua below a heading of a README, that of the plugin if no other."""
    section = readme.read_text(encoding="utf-8").partition(f"# {heading}\n")[2]
    found = re.search(r"```lua\n(.*?)```", section, re.DOTALL)
    assert found
    return found[1]


class Typing:
    """A person who types in Neovim with the plugin, and all that the editor and the real server say meanwhile."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self._written = 0

    def sent(self, method: str) -> list[Any]:
        """The params of all that the editor has sent by that name."""
        heard = recording.heard(self.screen.server)
        return [message.get("params") for who, message in heard if who == "client" and message.get("method") == method]

    async def has_sent(self, method: str, count: int = 1) -> list[Any]:
        """The same, once there are that many."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.sent(method)) < count:  # noqa: ASYNC110  it is read from a file that another process writes
                await asyncio.sleep(0.02)
        return self.sent(method)

    async def rests(self, column: int) -> str:
        """The screen once nothing was typed for longer than Neovim waits before it asks, in this column of bytes."""
        return await self.screen.shows(f"rested in column {column}")

    async def text(self) -> str:
        """What is in the buffer, ghost text not among it; insert mode is left for it."""
        self._written += 1
        file = self.screen.project / f"written-{self._written}"
        self.screen.command(f"silent write {file.name} | echo 'in' '{file.name}'")
        await self.screen.shows(f"in {file.name}")
        return file.read_bytes().decode()


@contextlib.asynccontextmanager
async def typing(
    folder: Path, given: Mapping[str, str], text: str = SUM, *, name: str = "sum.py", startup: str = KEYS
) -> AsyncGenerator[Typing]:
    """`name` is open in normal mode, and the server knows it."""
    command = recording.command(folder / "command", given)
    files = {name: text}
    async with neovim(folder / "screen", {}, files=files, command=command, startup=startup + _AFTER_A_REST) as screen:
        screen.wait_for_server()
        yield Typing(screen)
