"""Permissively licensed source files that are on this machine anyway, by language and project."""

import functools
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

import attrs

from llm_ls.documents import Document, split_lines
from tests.rigs import places

Language = Literal["python", "typescript", "lua"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_SUFFIXES: dict[Language, str] = {"python": ".py", "typescript": ".ts", "lua": ".lua"}
_SMALLEST, _LARGEST = 2_000, 120_000
_STANDARD_LIBRARY = (
    "asyncio", "concurrent", "email", "http", "importlib", "json", "logging", "multiprocessing", "unittest", "xml",
)  # fmt: skip
_INSTALLED = (
    "_pytest", "anyio", "attr", "cattrs", "click", "httpcore2", "httpx2", "keyring", "pygls", "rich", "urllib3",
)  # fmt: skip
_MODULES = "code-server/node_modules/code-server/lib/vscode/node_modules"
_TYPESCRIPT = {
    "xterm": f"{_MODULES}/@xterm/xterm/src",
    "zod": f"{_MODULES}/zod/src/v4",
    "applicationinsights": f"{_MODULES}/@microsoft/applicationinsights-core-js/src",
    "msal-browser": "vscode-extension-sources/node_modules/@azure/msal-browser/src",
    "msal-node": "vscode-extension-sources/node_modules/@azure/msal-node/src",
}
_LUA = ("lsp", "treesitter", "_core")
_PEERS: dict[Language, tuple[str, ...]] = {
    "python": (),
    "typescript": ("code-server", "vscode-extension"),
    "lua": ("nvim",),
}
"""What the files of a language come with, and the parser that `syntax` asks."""


@attrs.frozen
class Source:
    """A file: `name` is its path in its project."""

    language: Language
    project: str
    name: str
    text: str

    @property
    def uri(self) -> str:
        return f"file:///corpus/{self.project}/{self.name}"

    @functools.cached_property
    def document(self) -> Document:
        return Document(self.uri, self.language, 1, tuple(split_lines(self.text)))


def languages(asked: Sequence[Language] | None) -> tuple[Language, ...]:
    """Those of `asked`, or else all that there are files of; which are left out, and what would bring them, is said.

    Raises:
        SystemExit: There are no files of one that was asked for.
    """
    wanted: tuple[Language, ...] = tuple(asked or LANGUAGES)
    missing: list[Language] = [language for language in wanted if not sources(language)]
    if not missing:
        return wanted
    peers = " ".join(peer for language in missing for peer in _PEERS[language])
    told = f"there are no files of {' and '.join(missing)}: `python -m tests.rigs.install {peers}` brings them"
    if asked:
        raise SystemExit(told)
    print(f"LEFT OUT: {told}", file=sys.stderr, flush=True)
    return tuple(language for language in wanted if language not in missing)


@functools.cache
def sources(language: Language) -> tuple[Source, ...]:
    """All files of `language`, in an order that does not change; those of what is not installed are not there."""
    return tuple(
        Source(language, project, path.relative_to(folder).as_posix(), text)
        for project, folder in sorted(_folders(language).items())
        for path in sorted(folder.rglob(f"*{_SUFFIXES[language]}"))
        if (text := _text(path, folder)) is not None
    )


def projects(language: Language) -> dict[str, tuple[Source, ...]]:
    """The files by project, of projects with more than one."""
    found: dict[str, list[Source]] = {}
    for source in sources(language):
        found.setdefault(source.project, []).append(source)
    return {name: tuple(files) for name, files in found.items() if len(files) > 1}


def _folders(language: Language) -> dict[str, Path]:
    if not all(places.program(peer).exists() for peer in _PEERS[language]):
        return {}
    match language:
        case "python":
            library, packages = Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))
            standard = {name: library / name for name in _STANDARD_LIBRARY}
            return standard | {name: packages / name for name in _INSTALLED}
        case "typescript":
            return {name: places.folder() / path for name, path in _TYPESCRIPT.items()}
        case "lua":
            return {name: _neovim_runtime() / "lua" / "vim" / name for name in _LUA}


def _neovim_runtime() -> Path:
    """Asked of Neovim, which may be the one of the system."""
    command = [str(places.program("nvim")), "--clean", "--headless", "+lua io.stdout:write(vim.env.VIMRUNTIME)", "+q"]
    return Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _text(path: Path, folder: Path) -> str | None:
    inside = path.relative_to(folder)
    skipped = {"tests", "test", "node_modules", "locales", "vendor", "_vendor", "__pycache__"}
    if skipped & set(inside.parts) or path.name.endswith(".d.ts"):
        return None
    if not _SMALLEST <= path.stat().st_size <= _LARGEST:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
