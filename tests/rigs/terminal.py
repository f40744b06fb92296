"""A program in a terminal of its own, driven by keys and read by what is on its screen."""

import asyncio
import codecs
import contextlib
import os
import re
import struct
import sys
import termios
from collections.abc import Callable, Mapping
from fcntl import ioctl
from pathlib import Path
from typing import Any, Self

import pyte

ESC, ENTER, TAB, UP, DOWN = "\x1b", "\r", "\t", "\x1b[A", "\x1b[B"
PATIENCE_S = 20.0
ASK_AGAIN_S = 5.0

# It makes the pseudo terminal the controlling one of a new session, so that the program hears when it is gone.
_IN_A_SESSION = "import os, sys; os.login_tty(0); os.execvp(sys.argv[1], sys.argv[1:])"

# What pyte 0.8.2 draws as text, or stumbles over.
_UNKNOWN_TO_PYTE = re.compile(
    r"""
      \x1b [P_^] [^\x1b]* \x1b\\        # strings for a device or an application
    | \x1b\[ [<=>] [0-?]* [ -/]* [@-~]
    | \x1b\[\? [0-9;]* [ -/]* [@-gi-km-~]  # private sequences other than modes
    | \x1b\[ [0-9;]* : [0-9;:]* m        # colours with parts
    """,
    re.VERBOSE,
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[P_^][^\x1b]*\x1b?)?$")


class Terminal:
    """Use as an async context manager; the program is killed with the block, if it has not ended.

    Args:
        command: The program and its arguments.
        columns: How wide the screen is.
        lines: How high it is.
        environment: The whole environment of the program; `None` is that of this process.
        folder: Where it starts.

    Attributes:
        process: The program.
    """

    process: asyncio.subprocess.Process

    def __init__(
        self,
        *command: str | Path,
        columns: int = 100,
        lines: int = 30,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._command = command
        self._size = (lines, columns)
        self._environment = {**(os.environ if environment is None else environment), "TERM": "xterm-256color"}
        self._folder = folder
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._unread = ""
        self._news = asyncio.Event()
        self._screen = _Screen(columns, lines, self.keys)
        self._stream = pyte.Stream(self._screen)

    async def __aenter__(self) -> Self:
        self._ours, theirs = os.openpty()
        ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *self._size, 0, 0))
        try:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", "-c", _IN_A_SESSION, *self._command),
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                env=self._environment,
                cwd=self._folder,
            )
        finally:
            os.close(theirs)
        asyncio.get_running_loop().add_reader(self._ours, self._read)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop_reading()
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        os.close(self._ours)

    @property
    def screen(self) -> str:
        """What is shown, a line for each of the terminal's, without spaces at their ends."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def background(self, line: int, column: int) -> str:
        """The colour behind a character, such as `default` or `3b224c`; negative numbers count from the end."""
        lines, columns = self._size
        return self._screen.buffer[line % lines][column % columns].bg

    def keys(self, *keys: str) -> None:
        """Press keys; several in one call reach the program as if typed without a pause."""
        os.write(self._ours, "".join(keys).encode())

    async def shows(self, *texts: str) -> str:
        """The screen, once it shows all of these."""
        return await self.until(lambda screen: all(text in screen for text in texts), f"it shows {texts}")

    async def hides(self, text: str) -> str:
        """The screen, once it does not show this."""
        return await self.until(lambda screen: text not in screen, f"it hides {text!r}")

    async def until(self, holds: Callable[[str], bool], what: str, patience_s: float = PATIENCE_S) -> str:
        """The screen, once it is as it should be.

        Raises:
            AssertionError: It is not so in time; with what is shown instead.
        """
        try:
            async with asyncio.timeout(patience_s):
                while not holds(self.screen):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"waited until {what}, but the screen is:\n{self.screen}") from None
        return self.screen

    async def asked(self, keys: str, text: str) -> str:
        """The screen, once it shows `text`; `keys` ask for it, again if an editor has missed them."""
        for _ in range(int(PATIENCE_S / ASK_AGAIN_S) - 1):
            self.keys(keys)
            with contextlib.suppress(AssertionError):
                return await self.until(lambda screen: text in screen, f"it shows {text!r}", ASK_AGAIN_S)
        self.keys(keys)
        return await self.shows(text)

    async def ended(self) -> int:
        """The exit code, once the program has ended."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.process.wait()

    def _read(self) -> None:
        try:
            data = os.read(self._ours, 65536)
        except OSError:  # so Linux says that nobody has it open any more
            data = b""
        if not data:
            self._stop_reading()
            return
        text = self._unread + self._decoder.decode(data)
        tail = _UNFINISHED.search(text)
        whole = text[: tail.start()] if tail else text
        self._unread = text[len(whole) :]
        self._stream.feed(_UNKNOWN_TO_PYTE.sub("", whole))
        self._news.set()

    def _stop_reading(self) -> None:
        asyncio.get_running_loop().remove_reader(self._ours)


class _Screen(pyte.Screen):
    """Answers what a program asks its terminal; `reply` takes the answers."""

    def __init__(self, columns: int, lines: int, reply: Callable[[str], Any]) -> None:
        super().__init__(columns, lines)
        self._reply = reply

    def write_process_input(self, data: str) -> None:
        self._reply(data)
