"""Starts other processes on the same credentials."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from tests.rigs.places import REPOSITORY

LIMIT_S = 30


@asynccontextmanager
async def started(
    part: str, path: Path, environment: Mapping[str, str] | None = None
) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Start a process that plays `part` once it gets a line; it does not outlive the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.auth.store_process", part, str(path)),
        cwd=REPOSITORY,
        env=environment or os.environ,
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


async def run(
    part: str, path: Path, environment: Mapping[str, str] | None = None, *, count: int = 1
) -> list[list[Any]]:
    """The lines that processes say that play `part` to its end, having begun at the same time."""
    async with AsyncExitStack() as open_processes, asyncio.timeout(LIMIT_S):
        processes = [await open_processes.enter_async_context(started(part, path, environment)) for _ in range(count)]
        said = await asyncio.gather(*(process.communicate(b"\n") for process in processes))
        assert [process.returncode for process in processes] == [0] * count
    return [json.loads(line) for out, _ in said for line in out.splitlines()]
