"""What is logged on stderr, and what never is."""

import logging
import subprocess
import sys

import pytest

from llm_ls.auth.secret import Secret
from llm_ls.protocol import log
from llm_ls.protocol.log import StderrHandler
from tests.rigs.places import REPOSITORY

KEY = "pl4in/key+"
CRASH = f"""
import threading
from llm_ls.auth.secret import Secret
from llm_ls.protocol import log

class Broken:
    def __del__(self):
        raise ValueError(f"unraisable {{held.reveal()}}")

def fail(where):
    raise ValueError(f"{{where}} {{held.reveal()}}")

log.to_stderr()
held = Secret({KEY!r})
Broken()
thread = threading.Thread(target=fail, args=("in a thread",))
thread.start()
thread.join()
fail("in main")
"""


@pytest.mark.parametrize(
    ("logger", "level", "logged"),
    [
        ("llm_ls.session", logging.DEBUG, True),
        ("openai._base_client", logging.WARNING, True),
        ("openai._base_client", logging.INFO, False),
        ("llm_ls_imitation", logging.DEBUG, False),
    ],
)
def test_libraries_only_say_what_is_wrong(
    logger: str, level: int, logged: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    """Also where a variable such as OPENAI_LOG has them say more, such as the questions that are asked."""
    StderrHandler().handle(logging.makeLogRecord({"name": logger, "levelno": level, "msg": "hello"}))

    assert ("hello" in capfd.readouterr().err) is logged


def test_secret_that_got_into_a_line_is_taken_out(capfd: pytest.CaptureFixture[str]) -> None:
    held = Secret(KEY)
    handler = StderrHandler()
    handler.setFormatter(logging.Formatter(log.FORMAT))
    try:
        raise ValueError(f"at fault: {held.reveal()}")
    except ValueError as error:
        record = logging.LogRecord(
            "llm_ls.x", logging.ERROR, __file__, 1, "%s, %r and code_verifier=abc", (KEY, {"key": KEY}), None
        )
        record.exc_info = (ValueError, error, error.__traceback__)
        handler.handle(record)

    logged = capfd.readouterr().err
    assert "llm_ls.x: ****, {'key': '****'} and code_verifier=****\n" in logged
    assert "ValueError: at fault: ****" in logged
    assert KEY not in logged


def test_secret_is_taken_out_of_what_a_crash_says() -> None:
    crashed = subprocess.run(
        (sys.executable, "-c", CRASH), cwd=REPOSITORY, capture_output=True, text=True, timeout=30, check=False
    )

    assert (crashed.returncode, crashed.stdout) == (1, "")
    for where in ("unraisable", "in a thread", "in main"):
        assert f"ValueError: {where} ****\n" in crashed.stderr
    assert KEY not in crashed.stderr
