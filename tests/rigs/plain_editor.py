"""What the editors without a plugin of ours have in common, as a person sees them in a terminal."""

from pathlib import Path

import attrs

from tests.rigs.on_path import Command
from tests.rigs.terminal import Terminal


@attrs.frozen
class PlainEditor:
    """A running editor.

    Attributes:
        terminal: What it is seen in.
        command: The server that it starts.
        file: What it edits.
    """

    terminal: Terminal
    command: Command
    file: Path


def project_file(folder: Path, name: str, text: str) -> Path:
    """A new file of this text in a project of its own below `folder`."""
    file = folder / "project" / name
    (file.parent / ".git").mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return file
