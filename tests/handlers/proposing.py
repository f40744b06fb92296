"""A model's change set in a small project, and what comes of it in an editor."""

from pathlib import Path
from typing import Any

import pytest

from llm_ls.protocol import proposing, workspaces
from llm_ls.tools.proposing import propose_edit
from tests.rigs.editor import Editor, Json, able

FILES = ["create", "rename", "delete"]
DOES_FILES = able(workspaceEdit={"documentChanges": True, "resourceOperations": FILES})
OURS = {**DOES_FILES, "experimental": {"llm-ls": {"proposals": True}}}
A = "a = 1\n\n\n\n\n\n\n\nb = 1\n"
A_AFTER = "a = 2\n\n\n\n\n\n\n\nb = 2\n"

EDIT_A: Json = {
    "action": "edit",
    "path": "a.py",
    "edits": [{"oldText": "a = 1", "newText": "a = 2"}, {"oldText": "b = 1", "newText": "b = 2"}],
}
EDIT_B: Json = {"action": "edit", "path": "b.py", "edits": [{"oldText": "c = 1", "newText": "c = 2"}]}
CREATE: Json = {"action": "create", "path": "new/n.py", "text": "n = 1\n"}
RENAME: Json = {"action": "rename", "path": "r.py", "newPath": "moved/s.py"}
EDIT_R: Json = {"action": "edit", "path": "moved/s.py", "edits": [{"oldText": "r = 1", "newText": "s = 1"}]}
DELETE: Json = {"action": "delete", "path": "d.py"}
ALL = (EDIT_A, EDIT_B, CREATE, RENAME, EDIT_R, DELETE)


ALL_MADE = {"a.py": A_AFTER, "b.py": "c = 2\n", "new/n.py": "n = 1\n", "moved/s.py": "s = 1\n"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in (("a.py", A), ("b.py", "c = 1\n"), ("r.py", "r = 1\n"), ("d.py", "d = 1\n")):
        (tmp_path / name).write_text(text)
    return tmp_path


async def propose(one: Editor, *changes: Json, title: str = "Count from two") -> str:
    """What the tool `propose_edit` tells the model."""
    tool = propose_edit(workspaces.of(one.server), proposing.proposer(one.server, "test/m"))
    return await tool.run({"title": title, "changes": list(changes)})


def opened(one: Editor, project: Path, name: str) -> str:
    """The uri of a file, now open."""
    uri = (project / name).as_uri()
    one.open((project / name).read_text(), uri)
    return uri


def state(one: Editor, project: Path) -> dict[str, str]:
    """What the files hold, as the editor has them if it does."""
    on_disk = {path.relative_to(project).as_posix(): path.read_text() for path in project.rglob("*") if path.is_file()}
    held = {uri.removeprefix(f"{project.as_uri()}/"): text.text for uri, text in one.texts.items()}
    return on_disk | held


async def listed(one: Editor) -> list[Json]:
    return await one.request("llm-ls/listProposals", {})


async def accept(one: Editor, argument: Any = None) -> str:
    """Run `llm-ls.accept`; the last message."""
    await one.command("llm-ls.accept", argument)
    await one.idle()
    return one.messages()[-1]
