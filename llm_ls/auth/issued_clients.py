"""The ids of OAuth clients that vendors have given out as somebody first signed in; none is a secret.

Each is kept even if that sign-in came to nothing: another would register another client.
"""

import json
import logging
from pathlib import Path
from typing import cast

from llm_ls import errors, folders
from llm_ls.auth.replacement import Replacement
from llm_ls.auth.sendable import is_token

_ROOM = 1024
_logger = logging.getLogger(__name__)


def known(provider: str) -> str:
    """The id that the provider gave out; empty if it has not, or if that cannot be read."""
    try:
        found = _read(_file()).get(provider)
    except (OSError, ValueError, errors.StorageFailed):
        return ""
    return found if isinstance(found, str) and is_token(found) else ""


def keep(provider: str, client_id: str) -> None:
    """Remember it; a failure is only logged, since the sign-in itself goes on without."""
    try:
        file = _file()
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with Replacement(file, _ROOM) as replacement:
            replacement.keep(json.dumps({**_known(file), provider: client_id}, indent=1).encode())
    except (OSError, errors.StorageFailed) as error:
        _logger.warning("the client id of %s was not kept: %s", provider, type(error).__name__)


def _known(file: Path) -> dict[str, object]:
    try:
        return _read(file)
    except (OSError, ValueError):
        return {}


def _read(file: Path) -> dict[str, object]:
    content = cast(object, json.loads(file.read_bytes()))
    return cast(dict[str, object], content) if isinstance(content, dict) else {}


def _file() -> Path:
    return folders.data_file("oauth-clients.json")
