"""`llm-ls usage`: what the requests to vendors took, in tokens and money."""

import asyncio
import time
from typing import cast, get_args

import click

from llm_ls.cli import tables
from llm_ls.store import periods
from llm_ls.store.ledger import Ledger
from llm_ls.store.suggestion_counts import SuggestionCounts
from llm_ls.store.usage_table import UsageBy, UsageRow, UsageTable
from llm_ls.wire import to_json

_TITLES = ("requests", "failed", "cancelled", "unfinished", "in", "out", "cached", "cost")


class _Since(click.ParamType[float]):
    """The start of a period."""

    name = "PERIOD"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if not isinstance(value, str):
            return value
        try:
            return periods.since(value, time.time())
        except ValueError:
            self.fail(f"{value!r} is not {periods.EXPECTED}", param, ctx)


@click.command()
@click.option("--since", type=_Since(), help="Only requests since then: 7d, 24h, or a date such as 2026-11-01.")
@click.option("--by", type=click.Choice(get_args(UsageBy)), default="model", show_default=True, help="What to add up.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(since: float | None, by: str, as_json: bool) -> None:
    """Show what requests took: tokens, money, and how many failed.

    7d is today and the six days before. A ~ marks what is estimated, since the vendor did not say, a + what leaves out
    requests whose price is not known, and a ? that none is. Requests are
    unfinished while they run, and if llm-ls was killed meanwhile.
    """
    table = asyncio.run(_read(since, cast(UsageBy, by)))
    if as_json:
        tables.print_json(to_json(table))
    elif not table.totals.requests:
        click.echo("No model has been asked yet." if since is None else "No model has been asked since then.", err=True)
    else:
        rows = [_cells(row.key or "(none)", row) for row in table.rows]
        tables.print_rows((by, *_TITLES), [*rows, _cells("total", table.totals)], numbers=len(_TITLES))
        if table.suggestions.offered:
            click.echo(_taken(table.suggestions))


async def _read(since: float | None, by: UsageBy) -> UsageTable:
    ledger = Ledger()
    try:
        return await ledger.totals(since, by)
    finally:
        await ledger.aclose()


def _taken(counts: SuggestionCounts) -> str:
    """A line in which every one that was offered is accounted for."""
    whole, part, rejected = counts.accepted, counts.accepted_in_part, counts.rejected
    return (
        f"suggestions and next edits: {counts.offered} offered, {whole} accepted whole, {part} in part"
        f" ({counts.accepted_characters} characters in all), {rejected} rejected,"
        f" {counts.offered - whole - part - rejected} passed over, as far as editors tell"
    )


def _cells(name: str, row: UsageRow) -> tuple[str, ...]:
    about = "~" if row.estimated else ""
    return (
        name,
        str(row.requests),
        str(row.failed),
        str(row.cancelled),
        str(row.unfinished),
        f"{about}{row.input_tokens}",
        f"{about}{row.output_tokens}",
        str(row.cache_read_tokens),
        row.money,
    )
