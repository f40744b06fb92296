"""Refuses every connection that leaves this machine, here and (through `PYTHONPATH`) in every Python child.

An audit hook sees connections of any library; what it refused is also written to the file named by
`TESTS_REFUSED_CONNECTIONS`, since the code under test may well survive the refusal.
"""

import os
import sys
from pathlib import Path
from typing import cast

REFUSED = "TESTS_REFUSED_CONNECTIONS"


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, is this machine; the empty name is too."""
    return host in {"", "::1", "localhost"} or host.startswith("127.") or host.endswith(".localhost")


def _host(event: str, arguments: tuple[object, ...]) -> str | None:
    """The host that an audit event is about, `None` when it is about none."""
    if event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        name = arguments[0] or ""
        return name.decode() if isinstance(name, bytes) else str(name)
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"} and isinstance(arguments[1], tuple):
        return str(cast(tuple[object, ...], arguments[1])[0])
    return None


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    host = _host(event, arguments)
    if host is None or is_loopback(host) or REFUSED not in os.environ:
        return
    with Path(os.environ[REFUSED]).open("a", encoding="utf-8") as refused:
        refused.write(f"{host}\n")
    raise ConnectionRefusedError(f"the tests may only reach this machine, not {host!r}")


sys.addaudithook(_refuse)
