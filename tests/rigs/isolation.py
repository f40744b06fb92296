"""An environment with nothing in it of the person who runs the tests. Standard library only."""

import os
import re
from collections.abc import MutableMapping
from pathlib import Path

from tests.rigs import places

_FOREIGN = re.compile(
    r"""(ANTHROPIC|OPENAI|AZURE|OPENROUTER|GEMINI|GOOGLE|MISTRAL|COHERE|TOGETHER|REPLICATE|COPILOT|CODEX
        |GITHUB|OLLAMA|LMSTUDIO|VLLM|LLAMACPP|LLM_LS|CLOUDSDK|IDENTITY|MSI)_\w+
    | \w+_(API_KEY|BASE_URL|OAUTH_CLIENT_ID|OAUTH_CLIENT_SECRET)
    | (HTTP|HTTPS|ALL|NO|FTP)_PROXY
    | SSL_CERT_(FILE|DIR)
    | CODESPACES""",
    re.IGNORECASE | re.VERBOSE,
)
_FOLDERS = (
    ("XDG_CONFIG_HOME", ".config"),
    ("XDG_CACHE_HOME", ".cache"),
    ("XDG_DATA_HOME", ".local/share"),
    ("XDG_STATE_HOME", ".local/state"),
    ("XDG_RUNTIME_DIR", ".run"),
)


def isolate(environment: MutableMapping[str, str], home: Path) -> None:
    """Take vendors, proxies and our own settings out of `environment`; `home` becomes an empty home."""
    rigs = str(places.folder())
    for name in [name for name in environment if _FOREIGN.fullmatch(name)]:
        del environment[name]
    environment["LLM_LS_RIGS"] = rigs
    environment["LLM_LS_MODELS_URL"] = "http://127.0.0.1:9/api.json"  # nobody is there
    environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
    environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # not that of the person
    environment["HOME"] = environment["USERPROFILE"] = str(home)
    for name, folder in _FOLDERS:
        environment[name] = str(home / folder)
        (home / folder).mkdir(mode=0o700, parents=True)


def guard(environment: MutableMapping[str, str], refused: Path) -> None:
    """Let no Python process of `environment` leave this machine; what tried is written to `refused`."""
    folder = str(Path(__file__).with_name("loopback_only"))
    inherited = environment.get("PYTHONPATH", "").split(os.pathsep)
    environment["PYTHONPATH"] = os.pathsep.join([folder, *(path for path in inherited if path not in {"", folder})])
    environment["TESTS_REFUSED_CONNECTIONS"] = str(refused)
