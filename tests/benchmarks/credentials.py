"""What a credential costs a request: to know where it is, to have it from memory, and to read it where it is kept."""

import asyncio
import importlib
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from llm_ls.auth.credential_store import CredentialStore
from llm_ls.auth.credentials import Credentials
from llm_ls.auth.entries import SignedIn
from llm_ls.auth.fetching import Fetched
from llm_ls.auth.secret import Secret
from llm_ls.auth.whereabouts import Whereabouts
from llm_ls.providers import configured
from llm_ls.settings import Settings
from tests.benchmarks import report
from tests.rigs import keyring as rig

ROUNDS = 200
PROVIDER = "openai"
TOKEN = Secret("t" * 1000)


def credentials() -> None:
    """Where all providers' credentials are, one from memory, and one read anew, beside the keyring library alone."""
    asyncio.run(_measured())


async def _measured() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_DATA_HOME"] = folder
        await _from_file()
    async with rig.session() as session:
        await session.unlocked()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.benchmarks.credentials"), env=dict(session.environment)
        )
        await process.wait()


async def _from_file() -> None:
    whereabouts = Whereabouts({}, "file")
    await whereabouts.store.save(PROVIDER, "ada", SignedIn(TOKEN, TOKEN))
    lookups = [provider.lookup for provider in configured.providers(Settings(), {}).values()]
    report.line(f"where {len(lookups)} are", [_each_us(lambda: [whereabouts.source(one) for one in lookups])], "us")
    lookup = next(one for one in lookups if one.provider == PROVIDER)
    held = Credentials({}, whereabouts, _nobody)
    await held.get(lookup)
    report.line("one from memory", [await _awaited_us(lambda: held.get(lookup))], "us")
    report.line("one from the file", [await _awaited_us(lambda: whereabouts.store.load(PROVIDER))], "us")


async def _from_keyring() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = CredentialStore({}, "keyring", Path(folder) / "credentials.json")
        await store.save(PROVIDER, "ada", SignedIn(TOKEN))
        library: Any = importlib.import_module("keyring")
        ours = report.line("one from GNOME's keyring", [await _awaited_us(lambda: store.load(PROVIDER), 20)], "us")
        name = f"{PROVIDER}/ada/access"
        alone = report.line("the library alone", [_each_us(lambda: library.get_password("llm-ls", name), 20)], "us")
        report.ratio(ours, "the library alone", alone)


def _each_us(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    began = time.perf_counter()
    for _ in range(rounds):
        work()
    return (time.perf_counter() - began) / rounds * 1e6


async def _awaited_us(work: Callable[[], Awaitable[object]], rounds: int = ROUNDS) -> float:
    began = time.perf_counter()
    for _ in range(rounds):
        await work()
    return (time.perf_counter() - began) / rounds * 1e6


async def _nobody(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Fetched:
    raise AssertionError("nobody is to be asked")


if __name__ == "__main__":
    asyncio.run(_from_keyring())
