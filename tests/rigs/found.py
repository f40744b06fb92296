"""Where a test finds the real peer it needs; a peer that is not there is left out loudly, or fails in CI."""

import os
from pathlib import Path

import pytest

from tests.rigs import places

LEFT_OUT = "LEFT OUT: "


def rig(name: str) -> Path:
    """The program of the peer `name`, a key of `places.PROGRAMS`."""
    program = places.program(name)
    if program.exists():
        return program
    reason = f"{LEFT_OUT}{name} ({places.why_missing(name)})"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
