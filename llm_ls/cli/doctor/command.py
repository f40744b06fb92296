"""`llm-ls doctor`: every check that a bug report needs, each with what to do, and no secret in any."""

import asyncio
import os
from pathlib import Path

import click

from llm_ls.cli import tables
from llm_ls.cli.doctor import configuration, installation, keys, network, providers, report, storage
from llm_ls.cli.doctor.check import Check, presentable
from llm_ls.providers.registry import Registry
from llm_ls.settings import Settings
from llm_ls.settings.merging import merge
from llm_ls.settings.sources import from_disk
from llm_ls.wire import to_json


@click.command()
@click.option("--offline", is_flag=True, help="Ask nobody, not even servers on this machine.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(offline: bool, as_json: bool) -> int:
    """Check everything that llm-ls needs to answer, and say what to do about what is wrong.

    Each provider that is configured is asked for a few words, which costs a few tokens. What is printed holds no
    secret and fits into a bug report. Exits with 1 if something failed.
    """
    checks = [presentable(check, os.environ) for check in asyncio.run(_examine(offline))]
    ok = all(check.state != "failed" for check in checks)
    if as_json:
        tables.print_json({"ok": ok, "checks": to_json(checks)})
    else:
        report.print_checks(checks)
    return 0 if ok else 1


async def _examine(offline: bool) -> list[Check]:
    return [*installation.checks(), await installation.server(), *await examine_setup(offline=offline)]


async def examine_setup(*, offline: bool = False) -> list[Check]:
    """What is the user's own: settings, storage, the network, the providers."""
    folder = Path.cwd()
    settings, problems = merge(from_disk(os.environ, [folder]))
    registry = Registry(settings, os.environ)
    try:
        return [
            *configuration.files(os.environ, folder, problems),
            await storage.examine(),
            await keys.examine(registry.accounts),
            *await network.checks(settings),
            *await _models(registry, settings, offline),
        ]
    finally:
        await registry.aclose()


async def _models(registry: Registry, settings: Settings, offline: bool) -> list[Check]:
    known = {row.id for row in registry.providers() if row.configured}
    if offline:
        found = Check("local servers", "skipped", "not looked for, because of --offline")
    else:
        await registry.discover()
        found = providers.servers(registry, known)
    rows = registry.providers()
    asked = [row for row in rows if row.configured and (row.id in known or row.active)]
    examined = providers.unasked(registry, asked) if offline else await providers.examine(registry, asked)
    return [
        found,
        *configuration.models(registry, settings, os.environ),
        *(check for one in examined for check in one.checks),
        *providers.unfinished(registry, (row for row in rows if row.id in settings.providers)),
        *configuration.routes(registry, settings, {one.provider: one.models for one in examined}),
    ]
