"""Where commands work: the project that the current folder is in, as an editor would open it."""

import contextlib
from pathlib import Path

from llm_ls import errors
from llm_ls.settings import Settings
from llm_ls.workspace import repositories
from llm_ls.workspace.workspace import Workspace


def folder() -> Path:
    """The top of the repository that the current folder is in, or else that folder."""
    here = Path.cwd()
    return repositories.enclosing(here) or here


def uri() -> str:
    """What conversations of it are kept under."""
    return folder().as_uri()


def workspace(settings: Settings) -> Workspace:
    """What of it may be read."""
    return Workspace((folder(),), settings.context.exclude, settings.context.max_file_bytes)


async def guidance(settings: Settings) -> str:
    """The project's own instructions to models, such as AGENTS.md; empty if it has none."""
    texts: list[str] = []
    for name in settings.chat.instructions:
        with contextlib.suppress(errors.LlmLsError):
            texts.append((await workspace(settings).read(name)).strip())
    return "\n\n".join(texts)
