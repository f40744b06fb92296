"""The next edit of `renaming` in Neovim, with a plugin that shows it: what all such plugins have in common."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.clients import renaming
from tests.clients.driving import neovim, recorded, save, show
from tests.rigs.nvim_screen import Screen
from tests.rigs.terminal import ESC


async def play(transcript: Path, startup: str, edit: Callable[[Screen], Awaitable[None]], checkout: Path) -> None:
    """Rename the function, do with the next edit what `edit` does, and save what has come of it.

    Args:
        transcript: Where the messages are written.
        startup: The user's `init.lua`, which enables a server.
        edit: Ends with the next edit made.
        checkout: The plugin.
    """
    with recorded(transcript, renaming.model) as session:
        async with neovim(session, checkout, startup, renaming.SOURCE) as screen:
            screen.command("lua vim.wait(20000, function() return #vim.lsp.get_clients() > 0 end)")
            screen.keys("4Gwcwadd", ESC)
            await edit(screen)
            await asyncio.sleep(2)  # it asks for the one after that
            show(screen, "made")
            await save(screen)
        assert session.text == renaming.AFTER
