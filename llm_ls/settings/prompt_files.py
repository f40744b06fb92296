"""The files of a prompt library: the user's own beside `config.toml`, and those of workspace folders.

A workspace's were written by somebody else: no link is followed to one, and none leads out. Reading blocks.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import attrs

from llm_ls import errors
from llm_ls.settings import sources

FOLDER = "prompts"
IN_WORKSPACE = (".llm-ls", FOLDER)
ENDING = ".md"
MOST_FILES = 100
MOST_BYTES = 65_536


@attrs.frozen(eq=False, repr=False)
class PromptFile:
    """A prompt as it is written.

    Attributes:
        path: For people.
        folder: The workspace folder that it is of; `None` for the user's own.
        text: Empty if it cannot be read.
        problem: Why it cannot be.
    """

    path: Path
    folder: Path | None
    text: str
    problem: str = ""


def read(environment: Mapping[str, str], folders: Iterable[Path]) -> tuple[PromptFile, ...]:
    """All there are, the user's own first."""
    return tuple(_read(path, folder) for path, folder in _files(environment, folders))


def stamps(environment: Mapping[str, str], folders: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    """What tells whether what `read` gives has changed since."""
    return tuple(
        (str(path), found.st_mtime_ns, found.st_size)
        for path, _ in _files(environment, folders)
        if (found := _stat(path)) is not None
    )


def is_one(path: Path, environment: Mapping[str, str], folders: Iterable[Path]) -> bool:
    """Whether `path` is where a prompt file is looked for."""
    return path.suffix == ENDING and any(path.parent == place for place, _ in _places(environment, folders))


def _places(environment: Mapping[str, str], folders: Iterable[Path]) -> Iterator[tuple[Path, Path | None]]:
    yield sources.user_file(environment).parent / FOLDER, None
    for folder in folders:
        yield folder.joinpath(*IN_WORKSPACE), folder


def _files(environment: Mapping[str, str], folders: Iterable[Path]) -> Iterator[tuple[Path, Path | None]]:
    for place, folder in _places(environment, folders):
        try:
            with os.scandir(place) as entries:
                names = sorted(entry.name for entry in entries if entry.name.endswith(ENDING))
        except OSError:
            continue
        yield from ((place / name, folder) for name in names[:MOST_FILES])


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except OSError:
        return None


def _read(path: Path, folder: Path | None) -> PromptFile:
    from llm_ls.workspace import opening  # many have no prompts

    real = Path(os.path.realpath(path)) if folder is None else Path(os.path.realpath(folder), *IN_WORKSPACE, path.name)
    top = real.parent if folder is None else Path(os.path.realpath(folder))
    try:
        return PromptFile(path, folder, opening.read_text(top, real, "it", MOST_BYTES))
    except errors.NotFound:
        problem = "cannot be read" if folder is None else "cannot be read: a link, or no file"
    except errors.InvalidRequest:
        problem = f"is no text of at most {MOST_BYTES:,} bytes"
    return PromptFile(path, folder, "", problem)
