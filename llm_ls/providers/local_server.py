"""The child process that serves one GGUF file through llama.cpp, until its standard input closes.

The parent writes one line of JSON: `path`, `name` and `key`. It reads one line back: `url`, or `error`.
Run as a file and not as a module, so that nothing of the folder it is started in is imported.
"""

import contextlib
import importlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CONTEXT = 16_384
"""Tokens that all conversations share, where the model itself can read as many."""

_SLOTS = 2
_SLEEP_AFTER_S = 900
_SMALL_BYTES = 32 * 1024 * 1024
"""In a smaller model threads wait for each other (they spin) longer than they compute."""


def main() -> None:
    task = json.loads(sys.stdin.buffer.readline())
    _die_with_the_parent()
    try:
        ready = {"url": _serve(task)}
    except Exception as error:
        ready = {"error": type(error).__name__}
    sys.stdout.write(f"{json.dumps(ready)}\n")
    sys.stdout.flush()
    if "url" in ready:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        sys.stdin.buffer.read()
    os._exit(0)


def _serve(task: Mapping[str, str]) -> str:
    """Where the model answers; it does so on threads of llama.cpp."""
    xllamacpp: Any = importlib.import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = task["path"]
    params.model_alias = {task["name"]}
    params.api_keys = [task["key"]]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = CONTEXT
    params.n_parallel = _SLOTS
    if Path(task["path"]).stat().st_size < _SMALL_BYTES:
        params.cpuparams.n_threads = 1
    params.kv_unified = True
    params.use_jinja = True
    params.fit_params = False
    params.warmup = False
    params.ui = False
    params.endpoint_slots = False
    params.verbosity = 1
    params.sleep_idle_seconds = _SLEEP_AFTER_S
    server = xllamacpp.Server(params)
    _SERVING.append(server)
    return server.listening_address


_SERVING: list[object] = []
"""A server stops when it is collected."""


def _die_with_the_parent() -> None:
    """Let the closing of standard input end this process even while llama.cpp loads, which holds the GIL."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


if __name__ == "__main__":
    main()
