"""A real browser without a window: Chromium, as a process for each page, with an empty profile."""

import asyncio
import tempfile
from pathlib import Path

from tests.rigs.found import rig

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


async def final_page(url: str) -> str:
    """The document at the end of all redirects, as HTML; what it shows instead is not there."""
    return (await _run("--dump-dom", url)).decode()


async def picture(url: str, file: Path, width: int, height: int, *, dark: bool = False) -> None:
    """What a person sees there, as a PNG."""
    look = ("--blink-settings=preferredColorScheme=0",) if dark else ()
    await _run(f"--screenshot={file}", f"--window-size={width},{height}", *look, url)


async def _run(*arguments: str) -> bytes:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            rig("chromium"),
            *(*_FLAGS, f"--user-data-dir={profile}", *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(60):
                said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert process.returncode == 0, f"Chromium ended with {process.returncode}"
    return said
