"""Runs npm in a folder, without scripts of packages. Standard library only."""

import json
import subprocess
from pathlib import Path

from tests.rigs import debian

_QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def npm(folder: Path, *arguments: str) -> None:
    """Run `npm arguments` in `folder`.

    Raises:
        debian.UnavailableError: It failed; with the first line it said.
    """
    command = [debian.need("npm"), *arguments, *_QUIET]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines() or ["no output"]
        raise debian.UnavailableError(f"npm failed: {said[0]}")


def install(prefix: Path, package: str) -> None:
    """Install `package` in `prefix` at the version that `package.json` beside this file pins."""
    pinned = json.loads(Path(__file__).with_name("package.json").read_text(encoding="utf-8"))
    (prefix / "package.json").write_text('{"private": true}\n')
    npm(prefix, "install", f"{package}@{pinned['dependencies'][package]}")
