"""`llm-ls conversations`: what has been asked and answered, here and in editors."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime

import click

from llm_ls import messages
from llm_ls.cli import places, tables
from llm_ls.features import conversation_export
from llm_ls.store import chat_files
from llm_ls.store.conversations import Conversations
from llm_ls.store.database import Database
from llm_ls.store.turns import Conversation, Summary
from llm_ls.wire import to_json


@click.group()
def command() -> None:
    """List, show, export, rename and delete conversations."""


@command.command(name="list")
@click.option("--search", default="", metavar="TEXT", help="Only those that have all words of TEXT in one place.")
@click.option("--everywhere", is_flag=True, help="Not only those of this folder's project.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many, the newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_conversations(search: str, everywhere: bool, limit: int, as_json: bool) -> None:
    """List conversations, the newest first."""
    found = asyncio.run(_list(search, None if everywhere else [places.uri()], limit))
    if as_json:
        from llm_ls.protocol.conversation_items import to_summary  # with lsprotocol, which takes a moment

        tables.print_json([to_json(to_summary(summary)) for summary in found])
    elif not found:
        where = "" if everywhere else " in this folder"
        click.echo(f"Nothing has been asked{where} yet." if not search else "There is none.", err=True)
    else:
        tables.print_rows(("id", "last", "turns", "cost", "title"), [_cells(summary) for summary in found])


@command.command()
@click.argument("id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with all that tools did and models thought.")
def show(id: str, as_json: bool) -> None:
    """Show the conversation ID."""
    found = asyncio.run(_read(id))
    if as_json:
        from llm_ls.protocol.conversation_items import to_summary, to_turn  # as above

        turns = [to_json(to_turn(turn)) for turn in found.turns]
        tables.print_json(to_json(to_summary(found.summary)) | {"turns": turns})
        return
    if not sys.stdout.isatty():
        _print(conversation_export.markdown(found))
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(tables.harmless(conversation_export.markdown(found))))


@command.command()
@click.argument("id")
def export(id: str) -> None:
    """Print the conversation ID as Markdown."""
    _print(conversation_export.markdown(asyncio.run(_read(id))))


@command.command()
@click.argument("id")
@click.argument("title")
def rename(id: str, title: str) -> None:
    """Give the conversation ID another TITLE."""
    asyncio.run(_rename(id, title))


@command.command()
@click.argument("id")
def delete(id: str) -> None:
    """Delete the conversation ID, with all that was asked and answered, and its chat documents."""
    title = asyncio.run(_delete(id))
    click.echo(f"{tables.harmless(title)!r} is deleted.")


def _print(text: str) -> None:
    """As it is, in UTF-8; a terminal gets nothing that would drive it."""
    click.echo(tables.harmless(text) if sys.stdout.isatty() else text.encode(), nl=False)


@asynccontextmanager
async def _kept() -> AsyncGenerator[Conversations]:
    database = Database()
    try:
        yield Conversations(database)
    finally:
        await database.aclose()


async def _list(search: str, workspaces: list[str] | None, limit: int) -> tuple[Summary, ...]:
    async with _kept() as kept:
        return await kept.list(workspaces, search, limit)


async def _read(id: str) -> Conversation:
    async with _kept() as kept:
        return await kept.get(id)


async def _rename(id: str, title: str) -> None:
    async with _kept() as kept:
        await kept.rename(id, title)


async def _delete(id: str) -> str:
    async with _kept() as kept:
        title = (await kept.summary(id)).title
        await asyncio.to_thread(chat_files.delete, id)
        await kept.delete(id)
        return title


def _cells(summary: Summary) -> tuple[str, ...]:
    last = datetime.fromtimestamp(summary.updated_at).strftime("%Y-%m-%d %H:%M")
    cost = messages.money(summary.usage.cost_usd) if summary.usage.cost_usd else ""
    return summary.id, last, str(summary.turns), cost, summary.title
