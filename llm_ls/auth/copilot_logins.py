"""The logins that GitHub Copilot's own plugins keep, for github.com and Enterprise hosts; read, never written.

There is no public page: older plugins write `hosts.json`, later ones `apps.json` with the app's id in the keys, and
since version 1.494 (2026-05) `copilot-language-server`, which all of them start, `auth.db`, leaving the others behind.
"""

import contextlib
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import attrs

from llm_ls import errors
from llm_ls.auth import watched
from llm_ls.auth.grant import Grant
from llm_ls.auth.secret import Secret
from llm_ls.auth.sendable import is_token
from llm_ls.auth.watched import Watched

TOOL = "GitHub Copilot's login"

_QUERY = """
    SELECT auth_authority, token_ciphertext FROM oauth_tokens WHERE length(token_ciphertext) < 4096
    ORDER BY last_used_at DESC, updated_at DESC LIMIT 64
"""
# Where the server finds a keyring, the column holds what only that opens: it is passed over.
_PLAIN = re.compile(r"(?:gh[a-z]|github_pat)_\w+", re.ASCII)


@attrs.frozen
class Login:
    """One of somebody's logins.

    Attributes:
        key: The host, and often the id of the app that signed in there.
    """

    file: Path
    key: str
    token: Secret


class CopilotLogin:
    """The token of GitHub's that a plugin of Copilot's got; it is renewed by signing in there."""

    def __init__(self, provider: str, domain: str, environment: Mapping[str, str]) -> None:
        self._provider = provider
        self._domain = domain
        self._environment = environment
        self._refused: set[Secret] = set()

    async def get(self) -> Grant:
        """The newest token that was not refused.

        Raises:
            MissingCredentials: There is none any more.
        """
        logins = found(self._domain, self._environment)
        if not logins:
            raise errors.MissingCredentials(
                f"no credential for {self._provider}: GitHub Copilot's plugins are not signed in to "
                f"{_host(self._domain)} any more",
                hint=f"sign in to GitHub Copilot in your editor, or run `llm-ls login {self._provider}`",
                provider=self._provider,
            )
        return Grant(next((login for login in logins if login.token not in self._refused), logins[0]).token)

    def forget(self, refused: Secret) -> None:
        """Take another login's token next time, if there is one."""
        self._refused.add(refused)


def found(domain: str, environment: Mapping[str, str]) -> tuple[Login, ...]:
    """The logins at a host, those of the file that was written last first.

    Args:
        domain: The Enterprise host or its address; empty is github.com.
        environment: Says where the files are.
    """
    host = _host(domain)
    folder = _folder(environment)
    files = sorted((folder / name for name in _READERS), key=_written, reverse=True)
    logins = (login for file in files for login in _READERS[file.name].get(file) or ())
    return tuple(login for login in logins if _belongs(login.key, host))


def _folder(environment: Mapping[str, str]) -> Path:
    if sys.platform == "win32":
        return watched.folder(environment, "LOCALAPPDATA", "AppData", "Local") / "github-copilot"
    return watched.folder(environment, "XDG_CONFIG_HOME", ".config") / "github-copilot"


def _host(domain: str) -> str:
    return domain.strip().rpartition("://")[2].partition("/")[0].lower() or "github.com"


def _belongs(key: str, host: str) -> bool:
    """Whether `key` is the host, or that with the id of an app; a number after it is a port, thus another host."""
    before, _, app = key.strip().rpartition("://")[2].lower().partition(host)
    return not before and (not app or (app.startswith(":") and not app[1:].partition(":")[0].isdecimal()))


def _written(file: Path) -> float:
    times = [0.0]
    for part in (file, Path(f"{file}-wal")):
        with contextlib.suppress(OSError, ValueError):
            times.append(part.stat().st_mtime)
    return max(times)


def _from_json(file: Path) -> tuple[Login, ...]:
    try:
        content = watched.json_object(file, watched.read(file))
    except watched.Unusable:
        return ()
    tokens = ((key, watched.text(watched.members(content, key), "oauth_token")) for key in content)
    return tuple(Login(file, key, Secret(token)) for key, token in tokens if is_token(token))


def _from_database(file: Path) -> tuple[Login, ...]:
    import sqlite3

    # Nothing is left behind: without a log of writes the file is taken as it stands, since opening it as a database
    # would make one; with a log there is a process that has it open, and we are one more reader.
    still = _size(Path(f"{file}-wal")) == 0
    address = f"{file.absolute().as_uri()}?mode=ro{'&immutable=1' if still else ''}"
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=0)) as connection:
            rows = cast(list[tuple[object, object]], connection.execute(_QUERY).fetchall())
    except (sqlite3.Error, ValueError):
        return ()
    return tuple(
        Login(file, key, Secret(token))
        for key, token in ((_text(key), _text(token)) for key, token in rows)
        if _PLAIN.fullmatch(token)
    )


def _text(value: object) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else ""


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


_READERS: Mapping[str, Watched[tuple[Login, ...]]] = {
    "auth.db": Watched(_from_database, ("-wal",)),
    "apps.json": Watched(_from_json),
    "hosts.json": Watched(_from_json),
}
