"""Emacs in a terminal with the server of the work tree, configured as `llm-ls config emacs` prints it."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import attrs

from llm_ls.cli import editor_config
from tests.rigs.found import rig
from tests.rigs.on_path import Command
from tests.rigs.plain_editor import PlainEditor, project_file
from tests.rigs.terminal import ENTER, Terminal

ALL = "\x18h"
APPLY_HUNK = "\x03\x01"
CLOSE = "\x1840"
UNDO = "\x1f"
LEAVE = "\x18\x03"

# An unpacked Emacs has no compiler, and starts no other of itself.
QUIETLY = """\
(setq make-backup-files nil create-lockfiles nil use-short-answers t inhibit-startup-screen t)
(setq native-comp-jit-compilation nil native-comp-enable-subr-trampolines nil)
"""


@attrs.frozen
class Emacs(PlainEditor):
    """A running Emacs."""

    async def runs(self, command: str, answer: str = "") -> None:
        """Run a command by its name, and answer what it asks in the minibuffer."""
        self.terminal.keys("\x1bx")
        await self.terminal.shows("M-x")
        self.terminal.keys(command, ENTER)
        if answer:
            await self.terminal.until(lambda screen: screen.rstrip().endswith(":"), f"it asks for {answer!r}")
            self.terminal.keys(answer, ENTER)

    async def choose(self, title: str) -> None:
        """Take the code action of this title, for the whole text."""
        self.terminal.keys(ALL)
        await self.runs("eglot-code-actions", title)

    async def evaluates(self, lisp: str) -> None:
        """Run some Lisp in the minibuffer."""
        self.terminal.keys("\x1b:")
        await self.terminal.shows("Eval:")
        self.terminal.keys(lisp, ENTER)

    async def text(self) -> str:
        """What it edits, whether or not that is saved."""
        copy = self.file.with_suffix(".copy")
        saving = f'(with-current-buffer "{self.file.name}" (write-region nil nil "{copy}" nil 0))'
        await self.evaluates(f'(progn {saving} (upcase "copied"))')
        await self.terminal.shows('"COPIED"')
        return copy.read_text(encoding="utf-8")

    async def connected(self) -> None:
        """Wait until the server answers: rass 0.3 leaves out whose code actions come 3 s later than another's."""
        await self.terminal.shows("Connected!")
        await self.evaluates('(eglot-execute (eglot-current-server) \'(:command "llm-ls.status" :arguments []))')
        await self.terminal.shows('(:status "')


@asynccontextmanager
async def emacs(
    folder: Path, text: str, environment: Mapping[str, str], configured: str = "", name: str = "notes.txt"
) -> AsyncGenerator[Emacs]:
    """Emacs with a file of this text, once eglot is connected and the server answers.

    Args:
        folder: An empty one, for the project and all else.
        text: What the file holds.
        environment: Given to the server.
        configured: Lisp after what is printed.
        name: What the file is called; its extension decides what serves it.
    """
    program = rig("emacs")
    init = folder / "init.el"
    init.write_text(QUIETLY + editor_config.snippet("emacs", ()) + configured, encoding="utf-8")
    file = project_file(folder, name, text)
    command = Command(folder, environment)
    arguments = ("-nw", "-q", "-l", init, name)
    async with Terminal(program, *arguments, environment=command.environment, folder=file.parent) as terminal:
        one = Emacs(terminal, command, file)
        await terminal.shows(name)
        await one.runs("eglot")
        await one.connected()
        yield one
