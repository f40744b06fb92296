"""How commands print what they list: a table on a terminal, lines with tabs between elsewhere, or JSON."""

import json
import sys
import unicodedata
from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text


def harmless(text: str) -> str:
    """`text` without control characters: no model may drive the terminal."""
    return "".join(character for character in text if character in "\n\t" or unicodedata.category(character) != "Cc")


def print_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2))


def print_rows(titles: Sequence[str], rows: Sequence[Sequence[str]], numbers: int = 0) -> None:
    """A table on a terminal; elsewhere lines with tabs between, without the titles.

    Args:
        numbers: How many of the last columns hold numbers; one of nothing but zeros is not in the table.
    """
    printable = [["".join(filter(str.isprintable, cell)) for cell in row] for row in rows]  # vendors wrote some
    if not sys.stdout.isatty():
        for row in printable:
            click.echo("\t".join(row))
        return
    table = Table(box=None, pad_edge=False, header_style="bold", collapse_padding=numbers > 0)
    names = len(titles) - numbers
    shown = [place for place in range(len(titles)) if place < names or {row[place] for row in printable} - {"0"}]
    for place in shown:
        if place < names:
            table.add_column(titles[place], overflow="fold")
        else:
            table.add_column(titles[place], justify="right", no_wrap=True)
    for row in printable:
        table.add_row(*(Text(row[place]) for place in shown))
    Console().print(table)
