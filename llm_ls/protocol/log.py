"""The log, on stderr: what nobody reads there is dropped, since waiting for a reader would stop everything."""

import logging
import os
import select
import sys
import threading
import traceback
from types import TracebackType

from llm_ls.auth import redaction
from llm_ls.settings import LogLevel

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
STDERR = 2
ATOMIC_BYTES = 4096
"""A pipe that can be written to takes this much without waiting (POSIX `PIPE_BUF`, Linux)."""


class StderrHandler(logging.Handler):
    """Writes to file descriptor 2 as far as that does not block; of the libraries' only what is wrong.

    Variables such as OPENAI_LOG would have a library log whole requests. No line should hold a secret; should one,
    it is taken out here.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING or record.name.partition(".")[0] == "llm_ls"

    def emit(self, record: logging.LogRecord) -> None:
        _write(f"{self.format(record)}\n")


def to_stderr(level: int = logging.WARNING) -> None:
    """Log to stderr and nowhere else, from `level` up; what Python says of errors that nobody caught goes there too.

    Libraries that are told by a variable to set up a log of their own find one, and leave it.
    """
    handler = StderrHandler()
    handler.setFormatter(logging.Formatter(FORMAT))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    sys.excepthook = _uncaught
    sys.unraisablehook = threading.excepthook = _ignored


def set_level(level: LogLevel) -> None:
    """Log what matters at least as much as `level`, of ours; of the libraries' only what is wrong."""
    logging.getLogger("llm_ls").setLevel(level.upper())


def _write(text: str) -> None:
    data = redaction.for_log(text).encode("utf-8", "backslashreplace")
    try:
        while data and _has_room():
            data = data[os.write(STDERR, data[:ATOMIC_BYTES]) :]
    except OSError:
        pass  # closed: there is nobody to tell


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _write("".join(traceback.format_exception(kind, error, trace)))


def _ignored(of: "sys.UnraisableHookArgs | threading.ExceptHookArgs") -> None:
    if of.exc_value is not None and not isinstance(of.exc_value, SystemExit):
        _uncaught(of.exc_type, of.exc_value, of.exc_traceback)


def _has_room() -> bool:
    return sys.platform == "win32" or bool(select.select([], [STDERR], [], 0)[1])
