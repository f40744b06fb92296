"""What the front door passes on once `initialize` is answered. Standard library only."""

import os
import sys
from typing import Any, NamedTuple


class Handover(NamedTuple):
    """A connection whose `initialize` has been answered.

    Attributes:
        params: Of `initialize`, as they came; empty if they were no object.
        pending: What the client sent after it and nobody has read.
        incoming: File descriptor to read from.
        outgoing: File descriptor to write to.
        processes: Whose end is the session's end.
    """

    params: dict[str, Any]
    pending: bytes
    incoming: int
    outgoing: int
    processes: tuple[int, ...]


def exists(process_id: int) -> bool:
    """Whether there is such a process; always on Windows, where asking with signal 0 would end it."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(process_id, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True
