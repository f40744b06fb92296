"""What a model calls the tools of MCP servers: `server__tool`, in the letters that every vendor takes."""

import hashlib
import re
from collections.abc import Iterable

LONGEST = 64
_DIGEST = 6
_OTHERS = re.compile(r"[^A-Za-z0-9_-]")


def names(tools: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """A name for each `(server, tool)`, no two alike, and the same as long as both are called the same.

    The two underscores keep them apart from the server's own tools. One that somebody has named like another is
    left out: the first one keeps the name.
    """
    found: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for server, tool in tools:
        plain = f"{server}__{tool}"
        cleaned = _OTHERS.sub("_", plain)
        untouched = cleaned == plain and len(plain) <= LONGEST
        for name in (*((plain,) if untouched else ()), _shortened(cleaned, plain)):
            if name not in taken:
                found[server, tool] = name
                taken.add(name)
                break
    return found


def _shortened(cleaned: str, plain: str) -> str:
    """`cleaned` with what tells it from others that are cleaned to the same."""
    digest = hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]
    return f"{cleaned[: LONGEST - _DIGEST - 1]}_{digest}"
