"""What of llm-ls is installed, on what, and whether the server starts."""

import asyncio
import importlib.metadata
import os
import platform
import sqlite3
import ssl
import sys
import time

import llm_ls
from llm_ls.cli.doctor.check import Check
from llm_ls.cli.lsp_client import SERVER, started_server

_PACKAGES = ("anthropic", "openai", "httpx2", "truststore", "pygls", "lsprotocol", "attrs", "cattrs")
_EXTRAS = {
    "local": "a model from a GGUF file",
    "demo": "`llm-ls demo`",
    "google": "Vertex AI",
    "azure": "Azure without a key",
    "ws": "--ws",
}
_PACKAGES_OF_EXTRAS = {
    "local": ("xllamacpp",),
    "demo": ("xllamacpp", "gguf"),
    "google": ("google-auth",),
    "azure": ("azure-identity",),
    "ws": ("websockets",),
}
_LIMIT_S = 20.0


def checks() -> list[Check]:
    """What can be said without starting anything."""
    return [
        Check("version", "ok", f"llm-ls {llm_ls.__version__}"),
        Check("python", "ok", f"{platform.python_implementation()} {platform.python_version()} in {sys.prefix}"),
        Check("platform", "ok", f"{platform.platform()}, {ssl.OPENSSL_VERSION}, SQLite {sqlite3.sqlite_version}"),
        _packages(),
        _extras(),
    ]


async def server(command: tuple[str, ...] = SERVER) -> Check:
    """Whether the server does what an editor asks first, and ends when it is told to."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(_LIMIT_S), started_server(os.environ, command, quiet=True) as client:
            await client.request("initialize", {"processId": os.getpid(), "rootUri": None, "capabilities": {}})
            answered_ms = _milliseconds_since(began)
    except (RuntimeError, OSError, TimeoutError) as error:
        said = f"not within {_LIMIT_S:g} s" if isinstance(error, TimeoutError) else str(error)
        remedy = "run `llm-ls --stdio` in a terminal to see why; if it says nothing, install llm-ls again"
        return Check("server", "failed", f"did not start: {said}", remedy)
    found = f"answered an editor after {answered_ms} ms, and had ended, as told, after {_milliseconds_since(began)} ms"
    return Check("server", "ok", f"`llm-ls --stdio` {found}")


def _milliseconds_since(moment: float) -> int:
    return round((time.monotonic() - moment) * 1000)


def _packages() -> Check:
    versions = {name: _version(name) for name in _PACKAGES}
    found = ", ".join(f"{name} {version or 'missing'}" for name, version in versions.items())
    if None in versions.values():
        return Check("packages", "failed", found, "install llm-ls again")
    return Check("packages", "ok", found)


def _extras() -> Check:
    there = [extra for extra, names in _PACKAGES_OF_EXTRAS.items() if all(map(_version, names))]
    absent = [f"{extra} ({_EXTRAS[extra]})" for extra in _EXTRAS if extra not in there]
    parts = [f"installed: {', '.join(there)}"] if there else []
    return Check("extras", "ok", "; ".join([*parts, *([f"not installed: {', '.join(absent)}"] if absent else [])]))


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
