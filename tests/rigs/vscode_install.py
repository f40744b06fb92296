"""Brings VS Code as code-server, which a browser shows, and packs our extension for it. Standard library only."""

import hashlib
import json
import shutil
from pathlib import Path

from tests.rigs import places
from tests.rigs.npm import install, npm

_SOURCES = places.REPOSITORY / "editors" / "vscode"
_MADE = {"node_modules", "dist", "llm-ls.vsix"}

# Of the server's packages, those that only agents, containers, remote hosts and Windows need: 190 MB.
_NOT_NEEDED = (
    "@devcontainers/cli",
    "@github/copilot-sdk",
    "@microsoft/mxc-sdk",
    "@vscode/windows-process-tree",
    "@vscode/windows-registry",
    "kerberos",
    "ssh2",
)
_NOT_NEEDED_FOLDERS = (
    "extensions/mermaid-markdown-features",
    "extensions/microsoft-authentication",
    "node_modules/@vscode/ripgrep-universal/bin/[dw]*",
    "node_modules/node-pty/prebuilds/[dw]*",
)


def code_server(prefix: Path) -> None:
    """code-server and the packages of the VS Code in it, none of them compiled."""
    install(prefix, "code-server")
    inside = prefix / "node_modules/code-server/lib/vscode"
    manifest = json.loads((inside / "package.json").read_bytes())
    manifest.pop("devDependencies", None)
    for package in _NOT_NEEDED:
        manifest["dependencies"].pop(package, None)
    (inside / "package.json").write_text(json.dumps(manifest), encoding="utf-8")
    npm(inside, "install", "--omit=dev")
    for pattern in _NOT_NEEDED_FOLDERS:
        for folder in inside.glob(pattern):
            shutil.rmtree(folder)
    shutil.copy(Path(__file__).with_name("spdlog.cjs"), inside / "node_modules/@vscode/spdlog/index.js")
    for source_map in inside.glob("node_modules/**/*.map"):
        source_map.unlink()


def extension(prefix: Path) -> None:
    """Pack `editors/vscode` as its README says, in a copy, so that the work tree stays as it is."""
    copy = places.folder() / "vscode-extension-sources"
    locked = copy / "package-lock.json"
    if not locked.exists() or locked.read_bytes() != (_SOURCES / locked.name).read_bytes():
        shutil.rmtree(copy, ignore_errors=True)
    dependencies = copy / "node_modules"
    for old in copy.iterdir() if copy.exists() else ():
        if old.is_dir() and old != dependencies:
            shutil.rmtree(old)
        elif old != dependencies:
            old.unlink()
    shutil.copytree(_SOURCES, copy, dirs_exist_ok=True, ignore=lambda _, names: _MADE.intersection(names))
    if not dependencies.exists():
        npm(copy, "ci")
    digest = _digest()
    npm(copy, "run", "package")
    (prefix / "sources").write_text(digest, encoding="utf-8")
    shutil.move(copy / "llm-ls.vsix", prefix / "llm-ls.vsix")


def is_outdated(prefix: Path) -> bool:
    """Whether the extension has been changed since it was packed into `prefix`."""
    packed = prefix / "sources"
    return not packed.exists() or packed.read_text(encoding="utf-8") != _digest()


def _digest() -> str:
    digest = hashlib.sha256()
    for file in sorted(_SOURCES.rglob("*")):
        if file.is_file() and not _MADE.intersection(file.relative_to(_SOURCES).parts):
            digest.update(str(file.relative_to(_SOURCES)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
