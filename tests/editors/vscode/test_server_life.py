"""A server that is missing, another's, old or killed, or a window that is closed: nothing is lost, and it is told."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.editors.vscode.test_review import BEFORE, MEAN, SPREAD, TOTAL, mended
from tests.rigs.code_server import VSCode, meanwhile
from tests.rigs.openai import END, environment, whole, words
from tests.rigs.vendor import PAUSE, LoopbackVendor

HERE = Path(__file__).parent
INSTALL = ["Copy Install Command", "Open Guide", "Set Path", "Try Again"]


async def test_a_missing_server_is_told_and_found_once_it_is_installed(
    vscode: VSCode, vendor: LoopbackVendor, tmp_path: Path
) -> None:
    program = tmp_path / "llm-ls"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m llm_ls "$@"\n')
    program.chmod(0o755)
    seen = await vscode.play(
        HERE / "missing.mjs", environment=environment(vendor), server=None, given={"program": str(program)}
    )

    assert seen["said"].startswith("llm-ls: the server is not installed")
    assert seen["buttons"] == INSTALL
    assert seen["unfetched"] == INSTALL


@pytest.mark.parametrize(
    ("kind", "asks", "says"),
    [("foreign", False, "another program"), ("old", True, "is too old"), ("dying", False, "did not start")],
)
async def test_a_server_that_is_not_what_is_expected_is_told(vscode: VSCode, kind: str, asks: bool, says: str) -> None:
    server = f"#!/bin/sh\nexec {sys.executable} -m tests.rigs.foreign_server {kind}\n"
    seen = await vscode.play(HERE / "other_server.mjs", server=server, given={"asks": asks, "says": says})

    assert kind != "old" or "uv tool upgrade llm-ls" in seen["said"]
    assert len(seen["messages"]) == 1


async def test_a_server_that_is_killed_comes_back_and_loses_nothing(
    vscode: VSCode, vendor: LoopbackVendor, tmp_path: Path
) -> None:
    asked = tmp_path / "asked"
    answer = f"```python\n# two\n# one\n{mended(BEFORE, TOTAL, MEAN, SPREAD)}```\n"
    vendor.says(*words("```python\n"), PAUSE)
    vendor.says(*whole(answer))
    playing = asyncio.ensure_future(
        vscode.play(HERE / "killed.mjs", environment=environment(vendor), given={"asked": str(asked)})
    )
    await meanwhile(playing, vendor.paused)
    asked.touch()
    seen = await playing

    assert seen["said"].startswith("llm-ls")
    assert seen["after"] == "# two\n# one\n" + mended(BEFORE, TOTAL, MEAN, SPREAD)
    assert seen["servers"] == [False, False, True]


async def test_closing_the_window_in_mid_answer_leaves_no_server(vscode: VSCode, vendor: LoopbackVendor) -> None:
    vendor.says(*words("One, "), PAUSE, *words("two."), *END)
    seen = await vscode.play(HERE / "closed.mjs", environment=environment(vendor))

    assert seen["before"] == [True]
