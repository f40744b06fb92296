"""Models from GGUF files: llama.cpp serves each in a child process of ours, on loopback, behind a key of its own."""

import asyncio
import contextlib
import importlib.util
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import attrs

from llm_ls import errors
from llm_ls.auth import secret
from llm_ls.auth.grant import Grant
from llm_ls.auth.secret import Secret
from llm_ls.presentable import presentable
from llm_ls.providers import local_server, naming
from llm_ls.providers.vendors import VENDORS
from llm_ls.settings import secrecy

_LOADING_S = 180.0
_FAREWELL_S = 1.0
_KEY_NAMES = frozenset(name for vendor in VENDORS.values() for name in vendor.key_names)
_PASSWORD = re.compile(r"://[^/@\s]*:[^/@\s]+@")
_LATER_PART = re.compile(r"-(?!00001)\d{5}-of-\d{5}$")


def files(model_path: str) -> Mapping[str, Path]:
    """The models that the setting `modelPath`, a GGUF file or a folder of them, leads to, by id."""
    path = _home_expanded(model_path)
    return {file.stem: file for file in ([path] if path.suffix == ".gguf" or _is_file(path) else _in_folder(path))}


def file_of(provider: str, model_path: str, model_id: str) -> Path:
    """The file of one of these models; a name never leads anywhere else, since a client may give any.

    Raises:
        NotFound: There is none of that name; names the nearest three.
    """
    found, name = files(model_path), f"{provider}/{model_id}"
    if model_id in found:
        return found[model_id]
    if found:
        raise naming.no_such_model(name, (f"{provider}/{id}" for id in found))
    raise errors.NotFound(
        f"there is no GGUF file at {model_path!r}" if model_path else "no GGUF file is set",
        hint=_correction(provider),
        provider=provider,
        model=name,
    )


def _home_expanded(model_path: str) -> Path:
    with contextlib.suppress(RuntimeError):
        return Path(model_path).expanduser()
    return Path(model_path)


def _is_file(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return path.is_file()
    return False


def _correction(provider: str) -> str:
    return f"correct providers.{provider}.modelPath: a GGUF file, or a folder of them"


def _in_folder(folder: Path) -> list[Path]:
    with contextlib.suppress(OSError):
        return sorted(
            file
            for file in folder.iterdir()
            if file.suffix == ".gguf" and not file.name.startswith("mmproj") and not _LATER_PART.search(file.stem)
        )
    return []


@attrs.frozen
class Served:
    """Where a file is served, and the key to it."""

    base_url: str
    key: Secret

    async def credential(self) -> Grant:
        return Grant(self.key)


class LocalServers:
    """The child processes, one a file, each started when its model is first asked."""

    def __init__(self) -> None:
        self._children: dict[Path, _Child] = {}
        self._starting: dict[Path, asyncio.Lock] = {}

    async def serve(self, provider: str, path: Path) -> Served:
        """Where the model of `path` answers, once it is loaded.

        Raises:
            NotFound: There is no such file.
            Unsupported: llama.cpp is not installed.
            TimedOut: It takes too long to load.
            InvalidRequest: llama.cpp cannot load the file.
        """
        async with self._starting.setdefault(path, asyncio.Lock()):
            child = self._children.get(path)
            if child is None or child.process.returncode is not None:
                child = self._children[path] = await _start(provider, path)
            return child.served

    async def aclose(self) -> None:
        children, self._children = self._children, {}
        await asyncio.gather(*(_stop(child.process) for child in children.values()))


@attrs.frozen
class _Child:
    process: asyncio.subprocess.Process
    served: Served


async def _start(provider: str, path: Path) -> _Child:
    name = f"{provider}/{path.stem}"
    _check(provider, name, path)
    import secrets  # with OpenSSL

    key = secrets.token_urlsafe(24)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", local_server.__file__),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=without_secrets(os.environ),
    )
    try:
        async with asyncio.timeout(_LOADING_S):
            ready, complaint = await _ready(process, {"path": str(path), "name": path.stem, "key": key})
    except TimeoutError:
        await _stop(process)
        raise errors.TimedOut(
            f"llama.cpp did not load {path.name!r} within {_LOADING_S:g} s",
            hint="choose a smaller model",
            provider=provider,
            model=name,
        ) from None
    except BaseException:
        await asyncio.shield(_stop(process))
        raise
    if "url" not in ready:
        await _stop(process)
        raise errors.InvalidRequest(
            presentable(f"llama.cpp cannot load {path.name!r}{f': {complaint}' if complaint else ''}"),
            hint="check that the file is a complete GGUF model of a kind that llama.cpp knows",
            provider=provider,
            model=name,
        )
    return _Child(process, Served(f"{ready['url']}/v1", Secret(key)))


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` without the keys of vendors, what is named like a secret, and addresses with a password."""
    held = frozenset(secret.held())
    return {
        name: value
        for name, value in environment.items()
        if name.upper() not in _KEY_NAMES
        and not secrecy.looks_secret(name)
        and value.strip() not in held
        and not _PASSWORD.search(value)
    }


def _check(provider: str, name: str, path: Path) -> None:
    if not (_is_file(path) and os.access(path, os.R_OK)):
        raise errors.NotFound(
            f"there is no file {str(path)!r} that can be read",
            hint=_correction(provider),
            provider=provider,
            model=name,
        )
    if importlib.util.find_spec("xllamacpp") is None:
        raise errors.Unsupported(
            "GGUF files are served by the package 'xllamacpp', which is not installed",
            hint="install llm-ls[local]",
            provider=provider,
            model=name,
        )


async def _ready(process: asyncio.subprocess.Process, task: Mapping[str, str]) -> tuple[Mapping[str, str], str]:
    """What the child answers, and the last thing that llama.cpp complained of until then."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write(f"{json.dumps(task)}\n".encode())
    with contextlib.suppress(ConnectionError):
        await process.stdin.drain()
    line, logged = await asyncio.gather(process.stdout.readline(), process.stderr.read())
    try:
        ready = cast(dict[str, str], json.loads(line))
    except ValueError:
        ready = dict[str, str]()
    return ready, _complaint(logged.decode("utf-8", "replace"))


def _complaint(logged: str) -> str:
    """The sentence of llama.cpp that tells why, without the time and the place in its code."""
    found = re.findall(r"\bE (?:gguf_init\w*|llama_model_load): (.+)", logged)
    return found[0].strip() if found else ""


async def _stop(process: asyncio.subprocess.Process) -> None:
    """Close the child's standard input, which ends it; kill it if that does not, or if the wait for it is cancelled."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(_FAREWELL_S):
            await process.wait()
    except BaseException as error:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        if not isinstance(error, TimeoutError):
            raise
        await process.wait()
