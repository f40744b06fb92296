"""Neovim's own completion of a file stays what it was: the server has none for it."""

from pathlib import Path

from tests.rigs.nvim_screen import neovim


async def test_a_file_of_a_project_keeps_its_omnifunc(tmp_path: Path) -> None:
    async with neovim(tmp_path, {}, files={"a.html": "<html>\n"}) as screen:
        screen.wait_for_server()
        screen.command("set omnifunc?")

        await screen.shows("omnifunc=htmlcomplete#CompleteTags")
