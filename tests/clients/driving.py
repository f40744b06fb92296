"""A real client driven by hand: an editor with it, started in an empty home, and what a person sees, printed.

    async def main(checkout: Path) -> None:
        with recorded(TRANSCRIPT, filling.model) as session:
            async with neovim(session, checkout, STARTUP, filling.SOURCE) as screen:
                screen.keys("5GA")
                await sees(screen, "ghost text", "return total")

    if __name__ == "__main__":
        run(main)

What the client and our server say to each other is written to the transcript, unless something fails.
"""

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Collection, Coroutine, Generator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import attrs

from tests.clients import recording, signing_in
from tests.rigs import isolation, nvim_screen
from tests.rigs.emacs import LEAVE, QUIETLY, Emacs
from tests.rigs.found import rig
from tests.rigs.github import GitHub
from tests.rigs.nvim_screen import Screen
from tests.rigs.on_path import Command
from tests.rigs.plain_editor import project_file
from tests.rigs.terminal import ENTER, ESC, Terminal

_FILE = "sum.py"
_SAVE = "\x18\x13"


@attrs.frozen
class Session:
    """What an editor is started with.

    Attributes:
        folder: For the project and all else.
        command: The server, as `llm-ls` on the `PATH`.
    """

    folder: Path
    command: Command

    @property
    def program(self) -> Path:
        """The server, for a client that wants its path."""
        return self.folder / "command" / "bin" / "llm-ls"

    @property
    def text(self) -> str:
        """The file that was edited, as it was saved."""
        return (self.folder / "project" / _FILE).read_text(encoding="utf-8")


def run(main: Callable[..., Coroutine[Any, Any, None]]) -> None:
    """Run it with the folders on the command line."""
    asyncio.run(main(*(Path(given).absolute() for given in sys.argv[1:])))


@contextlib.contextmanager
def recorded(
    transcript: Path,
    provider: Callable[[Path], AbstractContextManager[Mapping[str, str]]],
    *,
    varying: Mapping[str, str] | None = None,
    masked: Collection[str] = (),
) -> Generator[Session]:
    """A session whose messages are written to `transcript`.

    Args:
        transcript: Where to.
        provider: Makes the server's environment, with a folder for what it needs.
        varying: As of `recording.keep`.
        masked: As of `recording.keep`.
    """
    with tempfile.TemporaryDirectory(prefix="client-") as name:
        folder = Path(name)
        isolation.isolate(os.environ, folder / "home")
        with provider(folder) as environment:
            session = Session(folder, recording.command(folder / "command", environment))
            yield session
        recording.keep(session.command, transcript, {name: "/session"}, varying=varying, masked=masked)


@contextlib.asynccontextmanager
async def recorded_sign_in(transcript: Path) -> AsyncGenerator[tuple[Session, GitHub]]:
    """As `recorded`, with a provider to which nobody is signed in yet."""
    async with GitHub() as github:

        def provider(folder: Path) -> AbstractContextManager[Mapping[str, str]]:
            return contextlib.nullcontext(signing_in.environment(github, folder))

        with recorded(transcript, provider, varying=signing_in.VARYING, masked=["expiresIn"]) as session:
            yield session, github


@contextlib.asynccontextmanager
async def emacs(session: Session, init: str, text: str, ready: str) -> AsyncGenerator[Emacs]:
    """Emacs with a file of this text, once it shows that and `ready`; in the end the file is saved."""
    startup = session.folder / "init.el"
    startup.write_text(QUIETLY + init, encoding="utf-8")
    file = project_file(session.folder, _FILE, text)
    arguments = ("-nw", "-q", "-l", startup, file.name)
    environment = session.command.environment
    async with Terminal(rig("emacs"), *arguments, environment=environment, folder=file.parent) as terminal:
        await terminal.shows(text.splitlines()[0], ready)
        yield Emacs(terminal, session.command, file)
        terminal.keys(_SAVE, LEAVE)
        await terminal.ended()
        await session.command.all_ended()


@contextlib.asynccontextmanager
async def neovim(
    session: Session, checkout: Path, startup: str, text: str, *, columns: int = 80
) -> AsyncGenerator[Screen]:
    """Neovim with a plugin and a file of this text, once it shows that."""
    async with nvim_screen.neovim(
        session.folder,
        {},
        files={_FILE: text},
        columns=columns,
        plugin=checkout,
        command=session.command,
        startup=startup,
    ) as screen:
        yield screen
        screen.command("qall!")
        await screen.ended()


async def until_heard(command: Command, text: str) -> None:
    """Wait until the client or the server has said something with this in it."""
    while text not in str(recording.heard(command)):  # noqa: ASYNC110  there is no event for it
        await asyncio.sleep(0.1)


async def sees(terminal: Terminal, what: str, *texts: str) -> None:
    """Show the screen, once it has all of these in it."""
    await terminal.shows(*texts)
    show(terminal, what)


async def say(terminal: Terminal, command: str, *answers: str) -> None:
    """Type an Ex command, and show what comes of it once that has `answers` in it."""
    terminal.keys(f"{ESC}:{command}{ENTER}")
    await sees(terminal, f":{command}", *answers)
    terminal.keys(ENTER)


async def save(screen: Screen) -> None:
    """Write the file, and wait until Neovim says so."""
    screen.command("write")
    await screen.shows("written")


def show(terminal: Terminal, what: str) -> None:
    """Print the screen below a line that says what it shows."""
    print(f"=== {what}\n{terminal.screen}\n", flush=True)
