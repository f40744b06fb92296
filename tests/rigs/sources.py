"""The project's own files, as a fresh clone would hold them, for the tests of how it is written."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.rigs.places import REPOSITORY

_MADE = frozenset({"__pycache__", "node_modules", "dist", "uv.lock"})
_BINARY = frozenset({".png", ".gguf", ".vsix", ".sqlite"})


def files() -> Iterator[Path]:
    """Every text file, without what tools made (`.venv`, caches)."""
    pending = [REPOSITORY]
    while pending:
        for path in sorted(pending.pop().iterdir()):
            if path.name in _MADE or path.name.endswith(".egg-info"):
                continue
            if path.name.startswith(".") and path.is_dir() and path.name != ".ci":
                continue
            if path.is_dir():
                pending.append(path)
            elif path.suffix not in _BINARY:
                yield path


def modules(*rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every Python module under `rooms` (folders of the repository) with its syntax tree."""
    for path in files():
        if path.suffix == ".py" and path.relative_to(REPOSITORY).parts[0] in rooms:
            yield path, ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name(path: Path) -> str:
    """`path` as a finding names it."""
    return path.relative_to(REPOSITORY).as_posix()
