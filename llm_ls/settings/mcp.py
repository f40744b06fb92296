"""The servers of the Model Context Protocol as settings: in the shape that other programs have them in too."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

import attrs

from llm_ls.loopback import is_loopback
from llm_ls.settings.limits import (
    EnvironmentName,
    HeaderName,
    HeaderValue,
    Limit,
    Line,
    Seconds,
    is_open_address,
    pattern,
)

McpServerName = Annotated[
    str,
    pattern("a server's name: letters, digits, spaces, dots, dashes and underscores", r"[A-Za-z0-9][A-Za-z0-9 ._-]*"),
]
Program = Annotated[
    str,
    pattern(
        "the name of a program, or the whole path to one",
        r"(?:[/\\~]|[A-Za-z]:[/\\])[^\r\n\x00]*[^\s\x00]|[^/\\~\s\x00][^/\\\r\n\x00]*",
        "write the whole path: what a relative one leads to is up to the folder that the editor was started in",
    ),
]
Argument = Annotated[str, pattern("text without zero bytes", r"[^\x00]*")]


def _is_safe(text: str) -> bool:
    """Whether what is sent to the address `text` can be read by nobody in between."""
    if not is_open_address(text):
        return False
    parts = urlsplit(text)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


McpAddress = Annotated[
    str,
    Limit(
        "an https address, or http on this machine, without a user name, password or key in it",
        _is_safe,
        {"format": "uri", "pattern": r"^https?://[^/?#@\s]+([/?#]\S*)?$"},
        "name the variable that holds the key in bearerTokenEnv",
    ),
]


@attrs.frozen
class McpServerSettings:
    """One server of the Model Context Protocol: a program or an address.

    Attributes:
        command: The program to start.
        args: What it is started with; every user of this machine can read it.
        env: Variables of its environment, none of them secret.
        env_vars: Names of the variables of the server's own environment that it is given too, such as those with keys.
        cwd: The folder it is started in; `null` is your home folder.
        url: The address of one that is not started here but asked over HTTP.
        headers: Sent with every request, none of them secret.
        bearer_token_env: Name of the environment variable that holds the token it is to be sent.
        disabled: Whether it is left out.
        timeout_s: How long it may take to start, and how long each call, in seconds.
    """

    WHOLE: ClassVar = True

    command: Program | None = None
    args: tuple[Argument, ...] = ()
    env: Mapping[EnvironmentName, Argument] = attrs.field(factory=dict[str, str])
    env_vars: tuple[EnvironmentName, ...] = ()
    cwd: Line | None = None
    url: McpAddress | None = None
    headers: Mapping[HeaderName, HeaderValue] = attrs.field(factory=dict[str, str])
    bearer_token_env: EnvironmentName | None = None
    disabled: bool = False
    timeout_s: Seconds = 60.0


def misfit(row: Mapping[str, Any]) -> str | None:
    """What is wrong with a server's settings as a whole; completes "setting ..."."""
    if "command" in row and "url" in row:
        return "names both a command and a url, and is one or the other"
    if "command" not in row and "url" not in row:
        return "names neither a command nor a url"
    return None
