"""A model that proposes, in a chat, changes of five files of a project; and that project before and after."""

import json
from pathlib import Path

from tests.rigs.openai import END, chunk, words
from tests.rigs.vendor import LoopbackVendor

BEFORE = {"a.py": "a = 1\n", "b.py": "b = 1\n", "r.py": "r = 1\n", "d.py": "d = 1\n"}
AFTER = {"a.py": "a = 2\n", "b.py": "b = 2\n", "n/n.py": "n = 2\n", "m/s.py": "s = 2\n"}
READY = "AI edit of 5 files ready (+4 −4)."
APPLY = "✓ Apply AI edit to 5 files (+4 −4)"
TOLD = (
    "Proposed: +1 −1 in a.py, +1 −1 in b.py, create n/n.py (+1 −0), rename r.py to m/s.py (+1 −1), delete d.py. "
    "It waits for the user's review; nothing is changed yet."
)


def _edit(path: str, old: str, new: str) -> dict[str, object]:
    return {"action": "edit", "path": path, "edits": [{"oldText": old, "newText": new}]}


_CHANGES = (
    _edit("a.py", "a = 1", "a = 2"),
    _edit("b.py", "b = 1", "b = 2"),
    {"action": "create", "path": "n/n.py", "text": "n = 2\n"},
    {"action": "rename", "path": "r.py", "newPath": "m/s.py"},
    _edit("m/s.py", "r = 1", "s = 2"),
    {"action": "delete", "path": "d.py"},
)


def propose(vendor: LoopbackVendor) -> None:
    """Let the next answer of `vendor` call the tool, and say `Proposed.` in the one after."""
    given = json.dumps({"title": "Count from two", "changes": _CHANGES})
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "propose_edit", "arguments": given}}
    vendor.says(chunk({"tool_calls": [call]}), chunk({}, "tool_calls"), *END[1:])
    vendor.says(*words("Proposed."), *END)


def write(folder: Path) -> None:
    """Put the project into `folder`, as it is before."""
    for name, text in BEFORE.items():
        (folder / name).write_text(text, encoding="utf-8")


def on_disk(folder: Path) -> dict[str, str]:
    """The Python files in `folder`, by name."""
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}
