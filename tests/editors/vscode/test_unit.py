"""The parts of the VS Code extension that need no VS Code, its types and format, and the size of its package."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.rigs import places, vscode_install
from tests.rigs.found import rig
from tests.rigs.places import REPOSITORY

UNIT = Path("tests/editors/vscode/unit")
EXTENSION = Path("editors/vscode")
LARGEST_BYTES = 300_000
MADE = ("node_modules", "dist", "*.vsix")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension and its tests as they lie in the repository, with the packages that the rig has installed."""
    vsix = rig("vscode-extension")
    assert not vscode_install.is_outdated(vsix.parent), "run `python -m tests.rigs.install vscode-extension`"
    root = tmp_path_factory.mktemp("extension")
    for part in (EXTENSION, UNIT):
        shutil.copytree(REPOSITORY / part, root / part, ignore=shutil.ignore_patterns(*MADE))
    packages = places.folder() / "vscode-extension-sources" / "node_modules"
    (root / EXTENSION / "node_modules").symlink_to(packages, target_is_directory=True)
    return root / EXTENSION


def run(folder: Path, arguments: Sequence[str]) -> None:
    """Node.js with `arguments` is content; what it said otherwise is the failure."""
    node = Path(sys.executable).with_name("node")
    done = subprocess.run(
        [node, *arguments], cwd=folder, env={**os.environ, "NO_COLOR": "1"}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail(f"found:\n{done.stdout}{done.stderr}", pytrace=False)


def test_pure_parts(copy: Path) -> None:
    files = [str(path) for path in sorted((copy / "../.." / UNIT).glob("*.test.ts"))]

    assert files
    run(copy, ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "--test", *files])


def test_every_type_is_proved(copy: Path) -> None:
    run(copy, ["node_modules/typescript/bin/tsc", "--noEmit"])


def test_nothing_would_be_formatted_or_found_wrong(copy: Path) -> None:
    run(copy, ["node_modules/@biomejs/biome/bin/biome", "check", "--config-path=.", ".", f"../../{UNIT}"])


def test_package_is_small_and_holds_what_runs() -> None:
    vsix = rig("vscode-extension")
    with zipfile.ZipFile(vsix) as archive:
        names = set(archive.namelist())

    assert vsix.stat().st_size < LARGEST_BYTES
    assert {f"extension/{name}" for name in ("package.json", "dist/extension.js", "readme.md")} <= names
    assert not any("node_modules" in name or name.endswith(".ts") for name in names)
