"""`llm-ls login`, `logout` and `auth`: sign in to a provider in a terminal, out again, and who is signed in."""

import asyncio
import sys
import threading
import time
import webbrowser
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import click

from llm_ls import errors
from llm_ls.auth.attempts import Attempt, Ended, Identity, Invitation, Method
from llm_ls.auth.entries import as_whom
from llm_ls.cli import configured, tables
from llm_ls.providers.accounts import AuthStatus
from llm_ls.providers.registry import Registry
from llm_ls.wire import to_json

_METHODS = ("device", "browser", "paste")


@click.command()
@click.argument("provider")
@click.option("--method", type=click.Choice(_METHODS), help="How to sign in, where there is a choice.")
@click.option("--again", is_flag=True, help="Sign in even if somebody is, as somebody else perhaps.")
@click.option("--no-browser", is_flag=True, help="Open no browser; the address is printed anyway.")
def login(provider: str, method: Method | None, again: bool, no_browser: bool) -> int:
    """Sign in to PROVIDER, such as github-copilot, chatgpt or openrouter.

    Over SSH, where the browser is on another machine, give what it ends at or shows: paste it and press Enter.
    """
    return asyncio.run(_login(provider, method, again, open_browser=not no_browser))


@click.command()
@click.argument("provider", required=False)
@click.option("--account", help="Only this account.")
@click.option("--all", "everywhere", is_flag=True, help="Of all providers.")
def logout(provider: str | None, account: str | None, everywhere: bool) -> None:
    """Sign out of PROVIDER: what it gave is deleted from this machine."""
    if (provider is None) != everywhere:
        raise click.UsageError("name a provider, or give --all")
    gone = asyncio.run(_logout(provider, account))
    click.echo(f"Signed out of {', '.join(gone)}." if gone else "Nobody was signed in.")


@click.command()
@click.argument("provider", required=False)
@click.option("--use", "account", help="Use this account of PROVIDER from now on.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def auth(provider: str | None, account: str | None, as_json: bool) -> None:
    """List who is signed in, and where each provider's credential comes from; never the credential.

    The first of these counts: the command in settings, the environment, what is saved here, logins of other tools.
    """
    if account is not None and provider is None:
        raise click.UsageError("--use goes with a provider")
    found = asyncio.run(_status(provider, account))
    if as_json:
        tables.print_json([to_json(status) for status in found])
    else:
        tables.print_rows(("provider", "account", "credential", "until", "others"), list(map(_row, found)))


async def _login(provider: str, method: Method | None, again: bool, *, open_browser: bool) -> int:
    async with configured.registry() as registry:
        accounts = registry.accounts
        account = accounts.account(provider)
        if account is not None and not again:
            click.echo(f"Already signed in to {provider}{as_whom(account)}; --again signs in anew.")
            return 0
        try:
            async with accounts.signing_in(provider, method) as attempt:
                identity = await _accompanied(provider, attempt, method, open_browser=open_browser)
        except Ended as ended:
            click.echo(f"{str(ended)[:1].upper()}{str(ended)[1:]}.", err=True)
            return 1
        saved = await accounts.keep(provider, identity)
        click.echo(f"Signed in to {provider}{as_whom(saved.account)}. {_kept(saved.place, saved.sealed)}")
        _warn_of_shadow(registry, provider)
    return 0


async def _accompanied(provider: str, attempt: Attempt, method: Method | None, *, open_browser: bool) -> Identity:
    """What came of it, while lines that the person types are taken for what they copied.

    Raises:
        InvalidRequest: It was to be pasted, and nothing more can be.
    """
    invitation = attempt.invitation
    click.echo(_told(provider, invitation), err=True)
    if open_browser and not invitation.code and _is_terminal():
        await asyncio.to_thread(webbrowser.open, invitation.url)
    if not invitation.takes_paste:
        return await attempt.finished()
    async with _lines() as lines:
        reading = asyncio.ensure_future(_take(attempt, lines))
        finished = asyncio.ensure_future(attempt.finished())
        try:
            await asyncio.wait((reading, finished), return_when=asyncio.FIRST_COMPLETED)
            if method == "paste" and not finished.done() and not reading.result():
                raise errors.InvalidRequest("nothing was pasted", hint="run it in a terminal, and paste the address")
            return await finished
        finally:
            for task in (reading, finished):
                task.cancel()
            await asyncio.gather(reading, finished, return_exceptions=True)


async def _take(attempt: Attempt, lines: "asyncio.Queue[str]") -> bool:
    """Give the attempt what is typed; whether it has taken something before nothing more could be typed."""
    while line := await lines.get():
        try:
            attempt.paste(line)
        except errors.InvalidRequest as error:
            click.echo(error.sentence, err=True)
        else:
            return True
    return False


@asynccontextmanager
async def _lines() -> "AsyncGenerator[asyncio.Queue[str]]":
    """What is typed, line by line; read on a thread that nobody waits for, since nothing can interrupt it."""
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str]()

    def read() -> None:
        with suppress(RuntimeError):  # the loop has ended
            for line in iter(sys.stdin.readline, ""):
                if line.strip():
                    loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, "")

    if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison]: None when closed
        lines.put_nowait("")
    else:
        threading.Thread(target=read, name="stdin", daemon=True).start()
    yield lines


def _is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()  # pyright: ignore[reportUnnecessaryComparison]: None when closed


async def _logout(provider: str | None, account: str | None) -> tuple[str, ...]:
    async with configured.registry() as registry:
        return await registry.accounts.sign_out(provider, account)


async def _status(provider: str | None, account: str | None) -> tuple[AuthStatus, ...]:
    async with configured.registry() as registry:
        if account is not None and provider is not None:
            await registry.accounts.use(provider, account)
        return registry.accounts.status(provider)


def _warn_of_shadow(registry: Registry, provider: str) -> None:
    if shadow := registry.accounts.shadowing(provider):
        click.echo(f"warning: it is not used while {shadow} is set", err=True)


def _told(provider: str, invitation: Invitation) -> str:
    if invitation.code:
        return f"To sign in to {provider}, open {invitation.url} and enter the code {invitation.code}"
    pasting = "\nThen paste the address that the browser ends at, or the code that it shows, if it stays there."
    return f"To sign in to {provider}, open\n{invitation.url}{pasting if invitation.takes_paste else ''}"


def _kept(place: str, sealed: bool) -> str:
    if place == "keyring":
        return "It is kept in the keyring."
    how = "encrypted" if sealed else "not encrypted, since there is no usable keyring and LLM_LS_PASSPHRASE is not set"
    return f"It is kept in a file that only you can read, {how}."


def _row(status: AuthStatus) -> tuple[str, ...]:
    until = "" if status.expires_at is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(status.expires_at))
    account = status.account or ("signed in" if status.signed_in else "")
    others = ", ".join(one for one in status.accounts if one != status.account) if len(status.accounts) > 1 else ""
    return (status.provider, account, status.tool or status.source.replace("_", " "), until, others)
