"""What every command that asks a model starts with: the user's settings, and the providers they lead to."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import attrs
import click

from llm_ls import errors
from llm_ls.models import Model, ModelInfo
from llm_ls.providers.registry import Registry
from llm_ls.routing.routes import Routes
from llm_ls.settings import Settings
from llm_ls.settings.merging import merge
from llm_ls.settings.sources import from_disk


@asynccontextmanager
async def registry() -> AsyncGenerator[Registry]:
    """The providers as the user has set them up."""
    made = Registry(_settings(), os.environ)
    try:
        yield made
    finally:
        await made.aclose()


@attrs.frozen
class Chosen:
    """What a question in the current folder is asked with.

    Attributes:
        settings: The user's.
        routes: To the models.
        known: What is known of the model; `None` if nothing is.
    """

    settings: Settings
    routes: Routes
    known: ModelInfo | None
    _name: str | None

    def model(self, conversation: str = "") -> Model:
        """The model, for the conversation of that id.

        Raises:
            errors.NotFound: No such model.
            errors.MissingCredentials: It needs a credential, or nothing is configured at all.
        """
        if self._name is None:
            return self.routes.default_model("chat", conversation=conversation)
        return self.routes.model(self._name, "chat", conversation)


@asynccontextmanager
async def chosen(name: str | None) -> AsyncGenerator[Chosen]:
    """The model called `name`, or the user's for chat; providers are asked what they have if nothing is known.

    Raises:
        errors.LlmLsError: As `Chosen.model`.
    """
    settings = _settings()
    providers = Registry(settings, os.environ)
    routes = Routes(providers, settings)
    try:
        if name is not None:
            await _look_for(name, providers)
        elif providers.default_name("chat") is None:
            await providers.discover()
        made = Chosen(settings, routes, None, name)
        yield attrs.evolve(made, known=providers.known(made.model().name))
    finally:
        await asyncio.gather(routes.aclose(), providers.aclose())


async def _look_for(name: str, providers: Registry) -> None:
    """Ask the provider that `name` begins with what it has, or else local servers, if what is known does not say."""
    try:
        providers.name_of(name)
    except errors.NotFound:
        provider = name.partition("/")[0]
        if any(provider == status.id for status in providers.providers()):
            await providers.list_models(provider)
        else:
            await providers.discover()


def _settings() -> Settings:
    """Those of files, the environment and the current folder; problems are said on stderr."""
    settings, problems = merge(from_disk(os.environ, [Path.cwd()]))
    for problem in problems:
        click.echo(f"warning: {problem.sentence}", err=True)
    return settings
