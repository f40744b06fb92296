"""`llm-ls permissions`: what the user has allowed tools for good, in which folder."""

import asyncio
from datetime import datetime

import click

from llm_ls.cli import tables
from llm_ls.store.consents import Consents
from llm_ls.store.database import Database


@click.command()
@click.option("--forget", metavar="NAME", help='Ask again before NAME, in every folder; "all" stands for everything.')
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(forget: str | None, as_json: bool) -> int:
    """List what tools may do without asking, or take it back.

    It was allowed with "Always in this workspace".
    """
    if forget is not None:
        forgotten = asyncio.run(_forget(None if forget == "all" else forget))
        click.echo(f"{forgotten} forgotten.", err=not forgotten)
        return 0 if forgotten else 1
    rows = asyncio.run(_list())
    if as_json:
        tables.print_json([{"workspace": workspace, "name": scope, "at": at} for workspace, scope, at in rows])
    elif not rows:
        click.echo("Nothing is allowed for good.", err=True)
    else:
        cells = [(scope, workspace, f"{datetime.fromtimestamp(at):%Y-%m-%d %H:%M}") for workspace, scope, at in rows]
        tables.print_rows(("name", "workspace", "since"), cells)
    return 0


async def _list() -> tuple[tuple[str, str, float], ...]:
    database = Database()
    try:
        return await Consents(database).list()
    finally:
        await database.aclose()


async def _forget(scope: str | None) -> int:
    database = Database()
    try:
        return await Consents(database).forget(None, scope)
    finally:
        await database.aclose()
