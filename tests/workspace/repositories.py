"""Git repositories as somebody may have prepared them to have a program run or another project's history shown."""

import subprocess
from pathlib import Path

IDENTITY = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "protocol.file.allow=always")


def git(folder: Path, *arguments: str) -> str:
    """What git says, run as the user would."""
    command = ["git", "-C", folder, *IDENTITY, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def repository(folder: Path, **files: str) -> Path:
    """A repository with one commit of `files`, whose names have `_` for the dot."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=Begin", "--allow-empty")
    return folder


def trap(folder: Path, mark: Path) -> Path:
    """A program that leaves `mark`, and hands on what it is given."""
    program = folder / "trap"
    program.write_text(f"#!/bin/sh\ntouch '{mark}'\ncat\n")
    program.chmod(0o755)
    return program
