"""Vim with ALE in a terminal, and the server of the work tree, configured as `llm-ls config vim` prints it."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import attrs

from llm_ls.cli import editor_config
from tests.rigs.found import rig
from tests.rigs.on_path import Command
from tests.rigs.plain_editor import PlainEditor, project_file
from tests.rigs.terminal import ENTER, ESC, Terminal

_ALL_LINES = "ggVG"


@attrs.frozen
class Vim(PlainEditor):
    """A running Vim."""

    async def runs(self, typed: str) -> None:
        """Type a command, such as `:write`."""
        self.terminal.keys(ESC, typed)
        await self.terminal.shows(typed)
        self.terminal.keys(ENTER)

    async def choose(self, title: str) -> None:
        """Take the code action whose title begins so, for the whole text."""
        self.terminal.keys(_ALL_LINES)
        await self.runs(":'<,'>ALECodeAction")
        screen = await self.terminal.shows("Type number and <Enter>")
        number = next(line.split(")")[0] for line in screen.splitlines() if f") {title}" in line)
        self.terminal.keys(number, ENTER)

    async def text(self) -> str:
        """What it edits, written to the file."""
        await self.runs(":write")
        await self.terminal.shows(" written")
        return self.file.read_text(encoding="utf-8")


@asynccontextmanager
async def vim(folder: Path, text: str, environment: Mapping[str, str]) -> AsyncGenerator[Vim]:
    """Vim with a file of this text.

    Args:
        folder: An empty one, for the project and all else.
        text: What the file holds.
        environment: Given to the server.
    """
    program = rig("vim-ale")
    settings = folder / "vimrc"
    settings.write_text(f"filetype plugin on\n{editor_config.snippet('vim', ())}", encoding="utf-8")
    file = project_file(folder, "notes.txt", text)
    command = Command(folder, environment)
    arguments = ("-N", "-u", settings, "-i", "NONE", "-n", file.name)
    async with Terminal(program, *arguments, environment=command.environment, folder=file.parent) as terminal:
        await terminal.shows(f'"{file.name}"')
        yield Vim(terminal, command, file)
