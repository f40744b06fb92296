"""How a call of a tool reads in a chat document."""

from typing import Any

import pytest

from llm_ls.features import chat_answer
from llm_ls.messages import ToolCall, ToolResult


@pytest.mark.parametrize(
    ("name", "given", "result", "shown"),
    [
        ("read_file", {"path": "a.py"}, "a\nb\n", "read_file a.py, 2 lines"),
        ("read_file", {"path": "a.py", "lastLine": 3}, "a\nb\n", "read_file a.py, lastLine 3, 2 lines"),
        ("diagnostics", {}, "No problems.\n", "diagnostics, No problems."),
        ("propose_edit", {"title": "Add", "changes": [{"path": "a.py"}]}, "Proposed.", "propose_edit Add, Proposed."),
        ("list_files", {}, "", "list_files, 0 lines"),
    ],
)
def test_a_call_is_one_line(name: str, given: dict[str, Any], result: str, shown: str) -> None:
    note = chat_answer.of_call(ToolCall("1", name, given), ToolResult("1", result))

    assert (note.mark, note.text) == ("tool", shown)


def test_what_failed_says_why() -> None:
    note = chat_answer.of_call(ToolCall("1", "read_file", {"path": "a"}), ToolResult("1", "There\nis none.", True))

    assert note.text == "read_file a, failed: There is none."
