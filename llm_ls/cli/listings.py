"""`llm-ls providers` and `llm-ls models`: what is configured, and what there is to ask."""

import asyncio
import json
import sys
from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from llm_ls.cli import configured
from llm_ls.models import ModelInfo
from llm_ls.providers.registry import ProviderStatus
from llm_ls.wire import to_json

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command()
@_as_json
def providers(as_json: bool) -> None:
    """List the providers, and where each one's credential comes from; never the credential.

    Local servers on their usual ports are looked for.
    """
    found = asyncio.run(_providers())
    if as_json:
        _print_json([to_json(provider) for provider in found])
    else:
        _print_rows(("provider", "kind", "state", "credential", "models"), [_provider_row(row) for row in found])


@click.command()
@click.argument("provider", required=False)
@click.option("--refresh", is_flag=True, help="Ask the providers again.")
@_as_json
def models(provider: str | None, refresh: bool, as_json: bool) -> None:
    """List the models of PROVIDER, or of all that are configured; fails if none is."""
    found = asyncio.run(_models(provider, refresh))
    if as_json:
        _print_json([to_json(model) for model in found])
    else:
        _print_rows(("model", "context", "output", "can", "$/M in", "$/M out"), [_model_row(row) for row in found])


async def _providers() -> tuple[ProviderStatus, ...]:
    async with configured.registry() as registry:
        await registry.discover()
        return registry.providers()


async def _models(provider: str | None, refresh: bool) -> tuple[ModelInfo, ...]:
    async with configured.registry() as registry:
        if provider is None:
            await registry.discover()
        found = await registry.list_models(provider, refresh=refresh)
        if not found and provider is None:
            registry.default_model("chat")  # says that nothing is configured, and what to do
        return found


def _provider_row(status: ProviderStatus) -> tuple[str, ...]:
    state = "active" if status.active else "configured" if status.configured else "not configured"
    return (status.id, status.kind, state, status.credential.replace("_", " "), ", ".join(status.models))


def _model_row(model: ModelInfo) -> tuple[str, ...]:
    can = [name for name, able in to_json(model.capabilities).items() if able]
    cost = (model.cost.input_per_m_tok, model.cost.output_per_m_tok) if model.cost else ("", "")
    sizes = (model.context_window, model.max_output_tokens)
    return (
        model.id + (" (deprecated)" if model.deprecated else ""),
        *(str(size or "") for size in sizes),
        ", ".join(can),
        *map(str, cost),
    )


def _print_json(values: Sequence[object]) -> None:
    click.echo(json.dumps(values, indent=2))


def _print_rows(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on a terminal; elsewhere lines with tabs between, without the titles."""
    printable = [["".join(filter(str.isprintable, cell)) for cell in row] for row in rows]  # vendors wrote some
    if not sys.stdout.isatty():
        for row in printable:
            click.echo("\t".join(row))
        return
    table = Table(*titles, box=None, pad_edge=False, header_style="bold")
    for row in printable:
        table.add_row(*map(Text, row))
    Console().print(table)
