"""What an MCP server that is a program gets of our environment: what programs need, and what the user names."""

from collections.abc import Iterable, Mapping

_NEEDED = frozenset(
    (
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP"),
        *("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"),
        # Windows
        *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERNAME", "USERPROFILE", "HOMEDRIVE"),
        *("HOMEPATH", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES", "PROCESSOR_ARCHITECTURE"),
    )
)


def of_child(ours: Mapping[str, str], named: Iterable[str], given: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child.

    Args:
        ours: Our own, which holds keys.
        named: Of ours, what it gets beside what every program needs.
        given: What the settings say.
    """
    needed = {name: value for name, value in ours.items() if name.upper() in _NEEDED or name.startswith("LC_")}
    return needed | {name: ours[name] for name in named if name in ours} | dict(given)
