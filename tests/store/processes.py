"""Starts other processes on the same file."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.rigs.places import REPOSITORY

LIMIT_S = 30


@asynccontextmanager
async def started(part: str, path: Path, *arguments: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Start a process that plays `part` once it gets a line; it does not outlive the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.store.process",
        part,
        str(path),
        *arguments,
        cwd=REPOSITORY,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        await process.stdout.readline()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def run(part: str, path: Path, *arguments: str, count: int = 1) -> list[str]:
    """What processes say that play `part` to its end, having begun at the same time."""
    async with AsyncExitStack() as open_processes, asyncio.timeout(LIMIT_S):
        processes = [await open_processes.enter_async_context(started(part, path, *arguments)) for _ in range(count)]
        said = await asyncio.gather(*(process.communicate(b"\n") for process in processes))
        assert [process.returncode for process in processes] == [0] * count
    return [out.decode() for out, _ in said]
