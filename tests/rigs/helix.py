"""Helix in a terminal with the server of the work tree, configured as `llm-ls config helix` prints it."""

import asyncio
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import attrs

from llm_ls.cli import editor_config
from tests.rigs.found import rig
from tests.rigs.on_path import Command
from tests.rigs.plain_editor import PlainEditor, project_file
from tests.rigs.terminal import ENTER, ESC, PATIENCE_S, TAB, Terminal

_SHOWS_PROGRESS = "[editor.lsp]\ndisplay-progress-messages = true\n"
_REVIEW = '# [language-server.llm-ls.config.codeActions]\n# review = "proposal"\n'


@attrs.frozen
class Helix(PlainEditor):
    """A running Helix."""

    async def choose(self, title: str) -> None:
        """Take the code action whose title begins so, for what is selected; the first of a menu needs no key."""
        lines = (await self.terminal.asked(" a", title)).splitlines()
        chosen = first = next(number for number, line in enumerate(lines) if title in line)
        column = lines[chosen].index(title)
        while self.terminal.background(first - 1, column) != self.terminal.background(first - 1, -1):
            first -= 1
        self.terminal.keys(*[TAB] * (chosen - first), ENTER)
        await self.terminal.hides(title)

    def runs(self, typed: str) -> None:
        """Type a command of Helix's, such as `:write`."""
        self.terminal.keys(typed, ENTER)

    async def dismiss(self, text: str) -> None:
        """Close the menu or dialog that shows this text."""
        self.terminal.keys(ESC)
        await self.terminal.hides(text)

    async def text(self) -> str:
        """What it edits, as it writes it to the file."""
        self.terminal.keys(":write!")
        await self.terminal.shows(":write!")
        self.terminal.keys(ENTER)
        await self.terminal.shows(" written, ")
        return self.file.read_text(encoding="utf-8")


@asynccontextmanager
async def helix(
    folder: Path, text: str, environment: Mapping[str, str], *, reviewed: bool = False, configured: str = ""
) -> AsyncGenerator[Helix]:
    """Helix with a file of this text, once the server knows it.

    Args:
        folder: An empty one, for the project and all else.
        text: What the file holds.
        environment: Given to the server.
        reviewed: Whether the lines are taken out of their comment that have edits reviewed.
        configured: TOML after what is printed, such as more of the server's settings.
    """
    program = rig("helix")
    configuration = Path(os.environ["XDG_CONFIG_HOME"]) / "helix"
    configuration.mkdir(parents=True, exist_ok=True)
    printed = editor_config.snippet("helix", ["python"])
    if reviewed:
        assert _REVIEW in printed
        printed = printed.replace(_REVIEW, _REVIEW.replace("# ", ""))
    configuration.joinpath("languages.toml").write_text(printed + configured)
    configuration.joinpath("config.toml").write_text(_SHOWS_PROGRESS)
    file = project_file(folder, "sum.py", text)
    command, log = Command(folder, environment), folder / "helix.log"
    arguments = ("-v", "--log", log, file.name)
    async with Terminal(program, *arguments, environment=command.environment, folder=file.parent) as terminal:
        await terminal.shows("NOR")
        await _said(log, 'llm-ls -> {"jsonrpc":"2.0","method":"textDocument/didOpen"')
        yield Helix(terminal, command, file)


async def _said(log: Path, text: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not log.exists() or text not in log.read_text(encoding="utf-8"):  # noqa: ASYNC110  no event tells it
            await asyncio.sleep(0.02)
