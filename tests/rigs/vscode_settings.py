"""Writes the settings of the VS Code extension from the server's schema: `python -m tests.rigs.vscode_settings`.

The manifest gets one entry a setting; `src/settings/generated.ts` gets their names, and what a workspace may set.
"""

import json
from pathlib import Path
from typing import Any

from llm_ls import __version__
from llm_ls.settings import workspace
from llm_ls.settings.schema import schema
from tests.rigs.places import REPOSITORY

EXTENSION = REPOSITORY / "editors" / "vscode"
MANIFEST = EXTENSION / "package.json"
GENERATED = EXTENSION / "src" / "settings" / "generated.ts"
SECTION = "llm-ls"

# What says where a program, a file or a server is: each machine has its own, and no workspace sets it.
_OF_THE_MACHINE = ("providers", "mcpServers", "proxy", "caFile")

_OF_THE_EXTENSION: dict[str, Any] = {
    "server.path": {
        "type": "string",
        "default": "",
        "scope": "machine",
        "markdownDescription": "The program `llm-ls`: a path, or a name on `PATH`. Empty looks for it, then for `uvx`.",
    },
    "trace.server": {
        "type": "string",
        "enum": ["off", "messages", "verbose"],
        "default": "off",
        "scope": "window",
        "markdownDescription": "What of the traffic the output channel shows, once its level is *Trace*.",
    },
}


def manifest(current: dict[str, Any]) -> dict[str, Any]:
    """`current` with the version and the settings as they have to be."""
    properties = dict(_OF_THE_EXTENSION)
    for name, described in leaves(schema()):
        properties[name] = _property(name, described)
    ordered = {
        f"{SECTION}.{name}": {"order": order, **described}
        for order, (name, described) in enumerate(sorted(properties.items(), key=lambda item: _rank(item[0])))
    }
    contributes = {**current["contributes"], "configuration": {"title": "llm-ls", "properties": ordered}}
    restricted = sorted(name for name, described in ordered.items() if described["scope"] == "machine")
    capabilities = {
        **current["capabilities"],
        "untrustedWorkspaces": {
            **current["capabilities"]["untrustedWorkspaces"],
            "restrictedConfigurations": restricted,
        },
    }
    return {**current, "version": __version__, "contributes": contributes, "capabilities": capabilities}


def generated() -> str:
    """The module that says which settings there are."""
    names = [name for name, _ in leaves(schema())]
    limits = {path: list(accepted) for path, accepted in workspace.ALLOWED.items() if accepted}
    free = [name for name in names if _may_be_set_by_a_workspace(name) and name not in limits]
    lists = (
        ("NAMES", "Every setting of the server.", names),
        ("WORKSPACE", "Those that a workspace may set as it likes.", free),
    )
    lines = ["// The settings of the server; written by tests/rigs/vscode_settings.py, not by hand.", ""]
    for name, sentence, values in lists:
        lines += [f"/** {sentence} */", f"export const {name}: readonly string[] = ["]
        lines += [*(f"  {json.dumps(value)}," for value in values), "];", ""]
    lines += ["/** The values to which a workspace may set others. */"]
    lines += ["export const LIMITED: Readonly<Record<string, readonly unknown[]>> = {"]
    lines += [f"  {json.dumps(path)}: {json.dumps(accepted)}," for path, accepted in limits.items()]
    return "\n".join([*lines, "};", ""])


def leaves(described: dict[str, Any], prefix: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Every setting below `described`; an object of free keys is one."""
    found: list[tuple[str, dict[str, Any]]] = []
    for name, member in described["properties"].items():
        if "properties" in member:
            found += leaves(member, f"{prefix}{name}.")
        else:
            found.append((f"{prefix}{name}", member))
    return found


def _property(name: str, described: dict[str, Any]) -> dict[str, Any]:
    """The setting as the settings editor shows it: a line of text where a name or nothing is expected."""
    own = {key: value for key, value in described.items() if key not in ("description", "type", "enum", "format")}
    kinds = [kind for kind in _listed(described["type"]) if kind != "null"]
    nullable = described["default"] is None and kinds != ["string"]
    own["type"] = [*kinds, "null"] if nullable else kinds[0]
    if "enum" in described:
        own["enum"] = [value for value in described["enum"] if value is not None]
    if kinds == ["string"] and described["default"] is None:
        own["default"] = ""
        if "pattern" in described:
            own["pattern"] = f"^$|{described['pattern']}"
    own["scope"] = _scope(name)
    own["markdownDescription"] = described["description"]
    return own


def _scope(name: str) -> str:
    if name in _OF_THE_MACHINE:
        return "machine"
    return "window" if _may_be_set_by_a_workspace(name) else "application"


def _may_be_set_by_a_workspace(name: str) -> bool:
    """As a project's `.llm-ls.toml` may, but for lists: what an editor sends takes the place of the user's own list."""
    if name in workspace.ADDED:
        return False
    return any(name == path or name.startswith(f"{path}.") for path in workspace.ALLOWED)


def _rank(name: str) -> tuple[int, str]:
    """What most people set comes first."""
    first = ("model", "server.path", "codeActions.review", "codeActions.lightbulb", "budget.dailyUsd")
    return (first.index(name) if name in first else len(first), name)


def _listed(kind: str | list[str]) -> list[str]:
    return kind if isinstance(kind, list) else [kind]


def write(path: Path, text: str) -> None:
    """Only where it differs, so that nothing is packed anew without need."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    current = json.loads(MANIFEST.read_text(encoding="utf-8"))
    write(MANIFEST, json.dumps(manifest(current), indent=2, ensure_ascii=False) + "\n")
    write(GENERATED, generated())
