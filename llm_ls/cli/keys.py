"""`llm-ls keys`: keys that are kept in the keyring, or in a file that only the user can read."""

import asyncio
import sys

import click

from llm_ls.auth.entries import Saved
from llm_ls.cli import configured, tables
from llm_ls.providers.accounts import SavedProvider
from llm_ls.wire import to_json


@click.group()
def command() -> None:
    """Keep, list and delete keys of providers."""


@command.command(name="set")
@click.argument("provider")
@click.argument("key", nargs=-1, metavar="")
def set_key(provider: str, key: tuple[str, ...]) -> None:
    """Keep the key of PROVIDER. It is asked for, or read from standard input; never give it as an argument."""
    if key:
        raise click.UsageError("a key is no argument: it would be seen by others. It is asked for, or read from stdin")
    given = _given(provider)
    saved, shadow = asyncio.run(_save(provider, given))
    click.echo(f"Kept in the keyring as the key of {saved.provider}." if saved.place == "keyring" else _in_file(saved))
    if shadow:
        click.echo(f"warning: it is not used while {shadow} is set", err=True)


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_keys(as_json: bool) -> None:
    """List the providers whose key or sign-in is kept."""
    found = asyncio.run(_list())
    if as_json:
        tables.print_json([to_json(saved) for saved in found])
    else:
        rows = [(saved.provider, saved.auth_type.replace("_", " "), saved.account or "") for saved in found]
        tables.print_rows(("provider", "what", "account"), rows)


@command.command(name="delete")
@click.argument("provider")
def delete_key(provider: str) -> int:
    """Delete the key of PROVIDER; fails if none is kept."""
    if asyncio.run(_delete(provider)):
        click.echo(f"The key of {provider} is deleted.")
        return 0
    click.echo(f"No key of {provider} is kept.", err=True)
    return 1


def _given(provider: str) -> str:
    if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison]: None when closed
        return ""
    if sys.stdin.isatty():
        return click.prompt(f"Key for {provider}", hide_input=True, err=True)
    return sys.stdin.buffer.readline().decode("utf-8", "replace")


async def _save(provider: str, key: str) -> tuple[Saved, str]:
    async with configured.registry() as registry:
        saved = await registry.accounts.save_key(provider, key)
        return saved, registry.accounts.shadowing(provider)


async def _list() -> tuple[SavedProvider, ...]:
    async with configured.registry() as registry:
        return registry.accounts.saved()


async def _delete(provider: str) -> bool:
    async with configured.registry() as registry:
        return await registry.accounts.delete_key(provider)


def _in_file(saved: Saved) -> str:
    how = "encrypted" if saved.sealed else "not encrypted: there is no usable keyring, and LLM_LS_PASSPHRASE is not set"
    return f"Kept in a file that only you can read, {how}."
