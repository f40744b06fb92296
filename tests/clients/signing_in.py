"""A provider for the tests of clients that one signs in to with a code: (a fake of) GitHub Copilot."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

from tests.rigs.github import CLIENT_ID, TOKEN, GitHub

VARYING = {"code": r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b"}
"""What `recording.keep` is to look for beside what varies in every session."""

_SETTINGS = """\
model = "github-copilot/gpt-4.1"
[providers.github-copilot]
domain = "{url}"
clientId = "{client_id}"
"""


def environment(github: GitHub, folder: Path) -> dict[str, str]:
    """Makes it the provider of the default model, to which nobody is signed in yet."""
    github.interval = 1
    settings = folder / "config.toml"
    settings.write_text(_SETTINGS.format(url=github.url, client_id=CLIENT_ID), encoding="utf-8")
    return {"LLM_LS_CONFIG": str(settings)}


async def approve(github: GitHub) -> None:
    """Be the person who types the code in, once it is waited for."""
    await github.next(TOKEN)
    github.approve()


@contextlib.asynccontextmanager
async def approved(folder: Path) -> AsyncGenerator[dict[str, str]]:
    """The `environment`, and somebody who types the code in."""
    async with GitHub() as github:
        approving = asyncio.create_task(approve(github))
        yield environment(github, folder)
        await approving
