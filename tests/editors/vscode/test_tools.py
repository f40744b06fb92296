"""Tools in VS Code: the server's for `@llm`, with the user's leave; for VS Code's own Chat; and what they propose."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.editors.vscode.test_chat import questions
from tests.rigs import vscode_tools
from tests.rigs.code_server import VSCode
from tests.rigs.openai import environment, tool_call, whole
from tests.rigs.vendor import LoopbackVendor
from tests.rigs.vscode_settings import MANIFEST

HERE = Path(__file__).parent
READ = {"path": "note.txt"}
RENAME: dict[str, Any] = {
    "title": "Rename total",
    "changes": [
        {"action": "edit", "path": "a.py", "edits": [{"oldText": "def total(", "newText": "def add_up("}]},
        {"action": "edit", "path": "b.py", "edits": [{"oldText": "import total", "newText": "import add_up"}]},
        {"action": "create", "path": "notes.md", "text": "# Renamed\n"},
    ],
}


async def test_the_manifest_declares_the_tools_that_the_server_has() -> None:
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    tools = await vscode_tools.listed()
    told = "run `python -m tests.rigs.vscode_tools`"

    assert manifest == vscode_tools.manifest(manifest, tools), told
    assert vscode_tools.GENERATED.read_text(encoding="utf-8") == vscode_tools.generated(tools), told


@pytest.mark.parametrize(("button", "answer"), [("Once", "It is 42."), ("No", "I may not look.")])
async def test_a_tool_waits_for_leave_where_a_person_sees_it_and_is_folded_away(
    vscode: VSCode, vendor: LoopbackVendor, button: str, answer: str
) -> None:
    vendor.says(*tool_call("read_file", READ))
    vendor.says(*whole(answer))
    seen = await vscode.play(
        HERE / "tools.mjs", environment=environment(vendor), given={"button": button, "answer": answer}
    )
    *_, told = questions(vendor)

    assert seen["buttons"] == ["Once", "In this conversation", "Always in this workspace", "No"]
    assert seen["asked"] in seen["meanwhile"]
    assert "the number is 42" not in seen["folded"]
    assert ("the number is 42" in told[-1]["content"]) is (button == "Once")
    assert ("the\u00a0number\u00a0is\u00a042" in seen["unfolded"]) is (button == "Once")
    assert ("Used 1 reference" in seen["unfolded"]) is (button == "Once")
    assert seen["messages"] == []


async def test_chats_own_agent_calls_the_servers_tools_with_leave_of_its_own(
    vscode: VSCode, vendor: LoopbackVendor
) -> None:
    vendor.says(*tool_call("llm-ls_read_file", READ))
    vendor.says(*whole("It is 42."))
    seen = await vscode.play(
        HERE / "native_tools.mjs",
        environment=environment(vendor),
        settings={"chat.allowAnonymousAccess": True},
    )
    asked, told = (request.json for request in vendor.requests if request.path.endswith("/chat/completions"))

    assert "note.txt" in seen["asked"]
    assert {"llm-ls_search_text", "llm-ls_propose_edit"} <= {tool["function"]["name"] for tool in asked["tools"]}
    assert "the number is 42" in told["messages"][-1]["content"]


async def test_a_change_of_several_files_is_looked_at_accepted_and_undone_as_one(
    vscode: VSCode, vendor: LoopbackVendor
) -> None:
    vendor.says(*tool_call("propose_edit", RENAME))
    vendor.says(*whole("Proposed."))
    seen = await vscode.play(HERE / "change_set.mjs", environment=environment(vendor))

    assert "a.py (+1 −1), b.py (+1 −1), create notes.md (+1 −0)" in seen["told"]
    assert seen["applied"].startswith("Applied: 3 files.")
    assert seen["created"]
