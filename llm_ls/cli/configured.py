"""What every command that asks a model starts with: the user's settings, and the providers they lead to."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import click

from llm_ls.models import Model
from llm_ls.providers.registry import Registry
from llm_ls.settings.merging import merge
from llm_ls.settings.sources import from_disk


@asynccontextmanager
async def registry() -> AsyncGenerator[Registry]:
    """The providers as files, the environment and the current folder set them; problems are said on stderr."""
    settings, problems = merge(from_disk(os.environ, [Path.cwd()]))
    for problem in problems:
        click.echo(f"warning: {problem.sentence}", err=True)
    made = Registry(settings, os.environ)
    try:
        yield made
    finally:
        await made.aclose()


async def chosen(providers: Registry, name: str | None) -> Model:
    """The model called `name`, or the user's for chat; local servers are looked for if nothing is configured.

    Raises:
        errors.NotFound: No such model.
        errors.MissingCredentials: It needs a credential, or nothing is configured at all.
    """
    if name is not None:
        return providers.model(name)
    if providers.default_name("chat") is None:
        await providers.discover()
    return providers.default_model("chat")
