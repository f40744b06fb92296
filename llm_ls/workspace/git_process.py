"""Runs git. Nothing in the repository, its configuration included, can have another program run."""

import asyncio
import os
from collections.abc import Mapping

from llm_ls import errors

TIMEOUT_S = 10.0
MOST_BYTES = 64 << 20

WITHOUT_PROGRAMS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false")
_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # git before 2.44 does not know the one above
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


async def run(
    *arguments: str, environment: Mapping[str, str] | None = None, given: bytes = b"", fine: tuple[int, ...] = (0,)
) -> bytes:
    """What git says.

    Args:
        arguments: After what keeps it from running programs.
        environment: Instead of this process's own.
        given: On its standard input.
        fine: The exit codes that are no failure.

    Raises:
        InvalidRequest: It failed, is not there, said too much, or did not answer in time.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *("git", "--no-pager", *WITHOUT_PROGRAMS, *arguments),
            env={**(os.environ if environment is None else environment), **_ENVIRONMENT},
            stdin=asyncio.subprocess.PIPE if given else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise errors.InvalidRequest("git is not there", hint="install git, and have it on the PATH") from error
    try:
        async with asyncio.timeout(TIMEOUT_S):
            out, err, _ = await asyncio.gather(_output(process), _errors(process), _feed(process, given))
            code = await process.wait()
    except TimeoutError as error:
        raise errors.InvalidRequest(f"git did not answer within {TIMEOUT_S:g} s") from error
    finally:
        if process.returncode is None:
            process.kill()
            await asyncio.gather(_output(process), _errors(process))  # what is left in the pipes would keep it open
            await process.wait()
    if len(out) > MOST_BYTES:
        raise errors.InvalidRequest(f"git said more than {MOST_BYTES >> 20} MB", hint="ask for less")
    if code not in fine:
        said = err.decode(errors="replace").strip().partition("\n")[0].removeprefix("fatal: ")
        raise errors.InvalidRequest(f"git says: {said}", hint="open a file or folder of a git repository")
    return out


async def _output(process: asyncio.subprocess.Process) -> bytes:
    """What it says; if that is too much, more than `MOST_BYTES` of it, and it is stopped."""
    assert process.stdout is not None
    pieces: list[bytes] = []
    size = 0
    while piece := await process.stdout.read(1 << 16):
        if size <= MOST_BYTES:
            pieces.append(piece)
            size += len(piece)
        elif process.returncode is None:
            process.kill()
    return b"".join(pieces)


async def _errors(process: asyncio.subprocess.Process) -> bytes:
    assert process.stderr is not None
    return await process.stderr.read()


async def _feed(process: asyncio.subprocess.Process, given: bytes) -> None:
    if process.stdin is None:
        return
    try:
        process.stdin.write(given)
        await process.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):  # it has ended
        return
    finally:
        process.stdin.close()
