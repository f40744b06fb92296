"""What linters and the type checker can prove of the whole project."""

import os
import subprocess
import sys

import pytest

from tests.rigs.places import REPOSITORY

LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def check(*arguments: str) -> None:
    """Python with `arguments` finds nothing; what it found is the failure."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"found:\n{done.stdout}{done.stderr}", pytrace=False)


def test_ruff_finds_nothing() -> None:
    check("-m", "ruff", "check", "--no-cache", "--output-format=concise", ".")


def test_ruff_would_format_nothing() -> None:
    check("-m", "ruff", "format", "--no-cache", "--check", "--output-format=concise", ".")


@pytest.mark.peer  # a program of Node.js, and a fifth of the time that everything without one takes
def test_pyright_proves_every_type() -> None:
    check("-m", "pyright", "--pythonpath", sys.executable)


def test_rooms_import_only_from_rooms_below() -> None:
    check("-c", LINT_IMPORTS, "--no-cache", "--no-logo", "--config", "pyproject.toml")
