"""The server of the work tree as the command `llm-ls`, which an editor finds on its `PATH`."""

import asyncio
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.rigs.places import REPOSITORY

_PATIENCE_S = 20.0


class Command:
    """The command in a folder of its own.

    Attributes:
        environment: That of this process, with the command on `PATH`, beside what was given.
        log: What all servers that were started with it wrote to standard error.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], module: str = "llm_ls") -> None:
        """Write it to `folder`; it runs `module`, which may go on with arguments."""
        self._started = folder / "started"
        self.log = folder / "stderr"
        paths = os.pathsep.join(filter(None, (str(REPOSITORY), os.environ.get("PYTHONPATH"))))
        command = folder / "bin" / "llm-ls"
        command.parent.mkdir(parents=True)
        command.write_text(
            "#!/bin/sh\n"
            f"echo $$ >>{shlex.quote(str(self._started))}\n"
            f"export PYTHONPATH={shlex.quote(paths)}\n"
            f'exec {shlex.quote(sys.executable)} -P -m {module} "$@" 2>>{shlex.quote(str(self.log))}\n'
        )
        command.chmod(0o755)
        path = os.pathsep.join([str(command.parent), os.environ["PATH"]])
        self.environment = {**os.environ, "PATH": path, **environment}

    @property
    def processes(self) -> list[int]:
        """The servers that were started, oldest first."""
        return [int(line) for line in self._started.read_text().split()] if self._started.exists() else []

    async def all_ended(self) -> None:
        """Wait until none of its processes is left.

        Raises:
            TimeoutError: One is.
        """
        assert self.processes, "none was started"
        async with asyncio.timeout(_PATIENCE_S):
            while any(map(_runs, self.processes)):  # noqa: ASYNC110  they are no children of this process
                await asyncio.sleep(0.02)


def _runs(process: int) -> bool:
    """Whether it is there, and no zombie that whoever has adopted it leaves lying about."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state.rpartition(") ")[2][0] != "Z"
