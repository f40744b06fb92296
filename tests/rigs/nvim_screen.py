"""Neovim in a terminal with the plugin, as a person sees it: driven by keys, read from the screen."""

import contextlib
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

from tests.rigs.found import rig
from tests.rigs.nvim import PLUGIN
from tests.rigs.on_path import Command
from tests.rigs.terminal import ESC, Terminal

_OPTIONS = ("--clean", "--cmd", "let g:loaded_python3_provider=0", "-i", "NONE", "-n")
_CALM = "set noswapfile noshowcmd laststatus=2 shortmess+=I guicursor= mouse="

PATIENCE_MS = 20_000
_ATTACHED = "#vim.lsp.get_clients({ bufnr = 0, name = 'llm_ls' }) > 0"


class Screen(Terminal):
    """A terminal that shows Neovim.

    Attributes:
        server: The command that the plugin starts.
        project: The folder it was started in.
    """

    server: Command
    project: Path

    def command(self, command: str) -> None:
        """Type an Ex command, in normal mode."""
        self.keys(f"{ESC}:{command}\r")

    def wait_for_server(self) -> None:
        """What is typed from now on reaches Neovim once the plugin's server knows the buffer."""
        self.command(f"lua vim.wait({PATIENCE_MS}, function() return {_ATTACHED} end)")


@contextlib.asynccontextmanager
async def neovim(
    folder: Path,
    environment: Mapping[str, str],
    *,
    files: Mapping[str, str] | None = None,
    columns: int = 80,
    lines: int = 24,
    plugin: Path = PLUGIN,
    command: Command | None = None,
    startup: str = "",
) -> AsyncGenerator[Screen]:
    """Neovim with the first of `files` open, once it shows the first line of it.

    Args:
        folder: The project, and the command `llm-ls`, are put below it, or were there before.
        environment: Given to the server, beside what it inherits.
        files: Texts by name, in the project.
        columns: How wide the screen is.
        lines: How high it is.
        plugin: What is put on the runtimepath.
        command: What is on the `PATH` as `llm-ls`, if not the server alone; `environment` is not given to it.
        startup: What the user's own `init.lua` says; empty if there is none.
    """
    project = folder / "project"
    (project / ".git").mkdir(parents=True, exist_ok=True)
    texts = dict(files or {"sum.py": "def add(a, b):\n    return a - b\n"})
    for name, text in texts.items():
        (project / name).write_text(text, encoding="utf-8")
    server = command or Command(folder / "command", environment)
    (folder / "init.lua").write_text(startup, encoding="utf-8")
    name, text = next(iter(texts.items()))
    screen = Screen(
        *(rig("nvim"), *_OPTIONS, "--cmd", _CALM, "--cmd", f"set runtimepath^={plugin}"),
        *(("-u", str(folder / "init.lua")) if startup else ()),
        name,
        columns=columns,
        lines=lines,
        environment={**server.environment, "XDG_STATE_HOME": str(folder / "state")},
        folder=project,
    )
    screen.server, screen.project = server, project
    async with screen:
        await screen.shows(text.splitlines()[0])
        yield screen
    if server.processes:
        await server.all_ended()
