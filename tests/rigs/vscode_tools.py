"""Writes the server's tools into the VS Code extension, as it lists them: `python -m tests.rigs.vscode_tools`.

The manifest declares each for VS Code's Chat; `src/tools/generated.ts` gets their names, and what a call can do.
"""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from tests.rigs.raw_client import started
from tests.rigs.vscode_settings import EXTENSION, MANIFEST, write

GENERATED = EXTENSION / "src" / "tools" / "generated.ts"
PREFIX = "llm-ls_"

_ICONS = {"read": "$(search)", "propose": "$(diff)", "command": "$(terminal)"}
_WHEN = {"command": "config.llm-ls.chat.tools != off && config.llm-ls.chat.runCommands"}
_OTHERWISE = "config.llm-ls.chat.tools != off"


async def listed() -> list[dict[str, Any]]:
    """Every tool of its own that a server has, with all that the settings can allow."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        uri = folder.as_uri()
        params = {
            "processId": None,
            "rootUri": uri,
            "workspaceFolders": [{"uri": uri, "name": "project"}],
            "capabilities": {},
            "initializationOptions": {"chat": {"runCommands": True}},
        }
        async with started() as client:
            await client.initialize(params)
            answer = await client.ask(1, "llm-ls/listTools", {})
    return [tool for tool in answer["result"] if "server" not in tool]


def manifest(current: dict[str, Any], tools: list[dict[str, Any]]) -> dict[str, Any]:
    """`current` with these tools."""
    declared = [_declared(tool) for tool in tools]
    return {**current, "contributes": {**current["contributes"], "languageModelTools": declared}}


def generated(tools: list[dict[str, Any]]) -> str:
    """The module that says which tools there are."""
    return "\n".join(
        [
            "// The tools of the server; written by tests/rigs/vscode_tools.py, not by hand.",
            "",
            'export type Access = "read" | "propose" | "command";',
            "",
            "/** By name, what a call can do. */",
            "export const TOOLS: Readonly<Record<string, Access>> = {",
            *(f"  {tool['name']}: {json.dumps(tool['access'])}," for tool in tools),
            "};",
            "",
        ]
    )


def _declared(tool: dict[str, Any]) -> dict[str, Any]:
    words = tool["name"].replace("_", " ")
    return {
        "name": PREFIX + tool["name"],
        "displayName": f"{words[0].upper()}{words[1:]} (llm-ls)",
        "toolReferenceName": f"llm{words.title().replace(' ', '')}",
        "canBeReferencedInPrompt": True,
        "icon": _ICONS[tool["access"]],
        "when": _WHEN.get(tool["access"], _OTHERWISE),
        "modelDescription": tool["description"],
        "userDescription": tool["description"].partition(". ")[0].rstrip(".").replace("\n", " ") + ".",
        "inputSchema": tool["inputSchema"],
    }


if __name__ == "__main__":
    tools = asyncio.run(listed())
    current = json.loads(MANIFEST.read_text(encoding="utf-8"))
    write(MANIFEST, json.dumps(manifest(current, tools), indent=2, ensure_ascii=False) + "\n")
    write(GENERATED, generated(tools))
