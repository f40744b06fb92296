"""What LSP-copilot sends from Sublime Text, which cannot be had here: its messages as its source makes them.

    python -m tests.clients.lsp_copilot_sublime

lets the server hear them, prints what it says, and writes the transcript that `test_lsp_copilot_sublime.py` replays.
Of sublimelsp/LSP-copilot 985a153 (2026-07): `plugin/client.py`, `plugin/commands.py` and `plugin/helpers.py`.
"""

import os
from functools import partial
from typing import Any

from tests.clients import filling, recording
from tests.clients.driving import recorded, run
from tests.rigs import raw_client

TRANSCRIPT = recording.TRANSCRIPTS / "lsp_copilot_sublime.jsonl"
FILL = "total = a + b\n    return total"
URI = "file:///session/project/sum.py"
PANEL = "copilot://12"
TEXT = "def add(a, b):\n    \n"
INITIALIZE: dict[str, Any] = {
    "processId": None,
    "clientInfo": {"name": "Sublime Text LSP", "version": "2.13.0"},
    "rootUri": "file:///session/project",
    "rootPath": "/session/project",
    "workspaceFolders": [{"name": "project", "uri": "file:///session/project"}],
    "capabilities": {
        "general": {"markdown": {"parser": "Python-Markdown", "version": "3.2.2"}},
        "textDocument": {"synchronization": {"didSave": True, "dynamicRegistration": True}},
        "window": {"showDocument": {"support": True}, "showMessage": {}, "workDoneProgress": True},
        "workspace": {"applyEdit": True, "configuration": True, "workspaceFolders": True},
    },
    "initializationOptions": {
        "editorInfo": {"name": "Sublime Text", "version": "4200"},
        "editorPluginInfo": {"name": "LSP-copilot", "version": "1.30.0"},
        "networkProxy": {
            "host": "127.0.0.1",
            "port": 1,
            "username": "",
            "password": "",
            "rejectUnauthorized": True,
        },
    },
}
SETTINGS: dict[str, Any] = {
    "auto_ask_completions": True,
    "commit_completion_on_tab": True,
    "completion_style": "popup",
    "debug": False,
    "hook_to_auto_complete_command": False,
    "local_checks": False,
    "prompts": [],
    "proxy": "user:password@127.0.0.1:1",
    "status_text": "",
    "telemetry": {"telemetryLevel": None},
}


def doc(version: int, source: str, line: int, character: int) -> dict[str, Any]:
    return {
        "source": source,
        "tabSize": 4,
        "indentSize": 1,
        "insertSpaces": True,
        "path": "/session/project/sum.py",
        "uri": URI,
        "relativePath": "sum.py",
        "languageId": "python",
        "position": {"line": line, "character": character},
        "version": version,
    }


async def play(client: raw_client.RawClient) -> None:
    """Open a file, be asked for both kinds of completions at each change, take one, and open the panel."""
    await client.initialize(INITIALIZE)
    await _configure(client, 1)
    client.notify("workspace/didChangeConfiguration", {"settings": SETTINGS})
    await _configure(client, 2)
    await client.ask(2, "checkStatus", {"localChecksOnly": False})
    opened = {"uri": URI, "languageId": "python", "version": 3, "text": TEXT}
    client.notify("textDocument/didOpen", {"textDocument": opened})
    place = doc(3, TEXT, 1, 4)
    client.request(3, "getCompletions", {"doc": place})
    shown = await client.ask(4, "getCompletionsCycling", {"doc": place})
    await client.response(3)
    uuid = shown["result"]["completions"][0]["uuid"]
    await client.ask(5, "notifyAccepted", {"uuid": uuid})
    await client.ask(6, "notifyRejected", {"uuids": [uuid]})
    await client.ask(7, "getPanelCompletions", {"doc": place, "panelId": PANEL})
    await client.said("PanelSolutionsDone")
    await client.ask(8, "getPrompt", {"doc": place})
    await client.ask(9, "conversation/preconditions", {})
    await client.ask(10, "copilot/models", {})
    await client.ask(11, "getVersion", {})


async def _configure(client: raw_client.RawClient, number: int) -> None:
    """Answer that request for settings: there are none of ours."""
    await client.message(lambda message: message.get("method") == "workspace/configuration" and message["id"] == number)
    client.send({"jsonrpc": "2.0", "id": number, "result": [None]})


async def main() -> None:
    with recorded(TRANSCRIPT, partial(filling.model, fill=FILL)) as session:
        os.environ.update(session.command.environment)
        async with raw_client.started(str(session.program), program=("-c", _EXECUTE)) as client:
            await play(client)
            for message in client.messages:
                print(message)


_EXECUTE = "import os, sys; os.execv(sys.argv[1], sys.argv[1:])"

if __name__ == "__main__":
    run(main)
