"""That a clone in which the tests' peers were not set up evaluates what there is, and says what there is not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.evaluation import corpus
from tests.evaluation.corpus import LANGUAGES
from tests.rigs import found, places

FEW = ("--stand-in", "oracle", "--holes", "3", "--automatic-only")
BRINGS_LUA = "there are no files of lua: `python -m tests.rigs.install nvim` brings them"
BRINGS_BOTH = (
    "LEFT OUT: there are no files of typescript and lua:"
    " `python -m tests.rigs.install code-server vscode-extension nvim` brings them"
)


def evaluation(rigs: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run one with the peers that are in `rigs`."""
    command = [sys.executable, "-m", "tests.evaluation", *arguments]
    environment = {**os.environ, "LLM_LS_RIGS": str(rigs)}
    return subprocess.run(
        command, cwd=places.REPOSITORY, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("infill", *FEW), "  python all ", id="infill"),
        pytest.param(("context", "--holes", "6"), "  similar parts (chosen) ", id="context"),
    ],
)
def test_languages_without_files_are_left_out_loudly(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = evaluation(tmp_path, *arguments)

    assert (done.returncode, done.stderr) == (0, f"{BRINGS_BOTH}\n")
    assert said in done.stdout
    assert "lua" not in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("infill", *FEW, "--language", "python", "--language", "lua"), id="infill"),
        pytest.param(("typing", "--language", "lua"), id="typing"),
    ],
)
def test_a_language_that_was_asked_for_must_have_files(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = evaluation(tmp_path, *arguments)

    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{BRINGS_LUA}\n")


@pytest.mark.peer
def test_the_files_come_with_the_peers_that_are_named() -> None:
    for peer in ("code-server", "vscode-extension", "nvim"):
        found.rig(peer)

    assert corpus.languages(None) == LANGUAGES


@pytest.mark.peer
def test_a_neovim_of_the_system_has_files_too(tmp_path: Path) -> None:
    (tmp_path / "nvim").mkdir()
    (tmp_path / "nvim" / "nvim").symlink_to(found.rig("nvim"))
    done = evaluation(tmp_path, "infill", *FEW, "--language", "lua")

    assert (done.returncode, done.stderr) == (0, "")
    assert "  lua all " in done.stdout
