"""A pseudo terminal with a program in it."""

import asyncio
import os
import pty
from pathlib import Path
from typing import Self


class Terminal:
    """Use as an async context manager.

    Attributes:
        process: The program.
    """

    process: asyncio.subprocess.Process

    def __init__(self, *command: str, folder: Path | None = None) -> None:
        self._command = command
        self._folder = folder

    async def __aenter__(self) -> Self:
        self._ours, theirs = pty.openpty()
        try:
            self.process = await asyncio.create_subprocess_exec(
                *self._command, cwd=self._folder, stdin=theirs, stdout=theirs, stderr=theirs
            )
        finally:
            os.close(theirs)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        os.close(self._ours)

    async def shows(self, text: str) -> None:
        """Wait until `text` is shown."""
        shown = ""
        async with asyncio.timeout(30):
            while text not in shown:
                shown += (await asyncio.to_thread(os.read, self._ours, 65536)).decode()

    def types(self, text: str) -> None:
        os.write(self._ours, text.encode())

    async def everything(self) -> str:
        """What is shown until the program ends, line ends as the program wrote them."""
        async with asyncio.timeout(30):
            shown = await asyncio.to_thread(self._read)
            await self.process.wait()
        return shown.replace("\r\n", "\n")

    def _read(self) -> str:
        pieces: list[bytes] = []
        while True:
            try:
                piece = os.read(self._ours, 65536)
            except OSError:  # so Linux says that nobody has it open any more
                break
            if not piece:
                break
            pieces.append(piece)
        return b"".join(pieces).decode()
