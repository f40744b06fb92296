"""`llm-ls` as a person runs it: a process of its own, in a folder of its own, with an empty home."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import attrs

from tests.rigs.places import REPOSITORY

LIMIT_S = 30
PROGRAM = ("-m", "llm_ls")


@attrs.frozen
class Done:
    """What a finished command left."""

    code: int
    out: str
    err: str


def configure(toml: str) -> None:
    """Make `toml` the user's settings."""
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "llm-ls"
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_text(toml, encoding="utf-8")


async def run(
    *arguments: str,
    stdin: str = "",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    program: tuple[str, ...] = PROGRAM,
) -> Done:
    """Run `llm-ls` to its end."""
    async with started(*arguments, folder=folder, environment=environment, program=program) as process:
        async with asyncio.timeout(LIMIT_S):
            out, err = await process.communicate(stdin.encode())
        assert process.returncode is not None
        return Done(process.returncode, out.decode(), err.decode())


@asynccontextmanager
async def started(
    *arguments: str,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    stdout: int = asyncio.subprocess.PIPE,
    program: tuple[str, ...] = PROGRAM,
) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Start `llm-ls`; it does not outlive the block."""
    inherited = os.environ.get("PYTHONPATH", "")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        *arguments,
        cwd=folder or os.environ["HOME"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(REPOSITORY), inherited)), **(environment or {})},
        stdin=asyncio.subprocess.PIPE,
        stdout=stdout,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
