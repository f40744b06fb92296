"""What a model is told of problems: what the editor has told of files that may be read."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from llm_ls.documents import Diagnostic, Position, Span
from llm_ls.settings import ContextSettings
from llm_ls.tools.problems import diagnostics_tool
from llm_ls.tools.tool import Tool
from llm_ls.workspace.workspace import Workspace
from tests.tools.calling import call

DEFAULTS = ContextSettings()


def at(line: int, message: str, severity: int = 1, source: str = "", code: str = "") -> Diagnostic:
    return Diagnostic(Span(Position(line, 0), Position(line, 1)), message, severity, source, code)


@pytest.fixture
def tool(tmp_path: Path) -> Tool:
    project = tmp_path / "project"
    (project / "src").mkdir(parents=True)
    for name in ("src/a.py", "b.py", ".env", "../outside.py"):
        (project / name).touch()
    known: Mapping[Path, tuple[Diagnostic, ...]] = {
        project / "src/a.py": (at(0, "no such\nname", 1, "pyright", "reportX"), at(9, "unused", 2)),
        project / "b.py": (at(1, "spelling", 4),),
        project / ".env": (at(0, "the secret"),),
        tmp_path / "outside.py": (at(0, "the secret"),),
        project / "gone.py": (at(0, "gone"),),
    }
    return diagnostics_tool(Workspace((project,), DEFAULTS.exclude, 1000), lambda: known)


async def test_problems_are_listed_by_file(tool: Tool) -> None:
    in_source = "src/a.py:1: error: no such name (pyright reportX)\nsrc/a.py:10: warning: unused"

    assert await call([tool], "diagnostics") == f"b.py:2: hint: spelling\n{in_source}"
    assert await call([tool], "diagnostics", path="src") == in_source
    assert await call([tool], "diagnostics", path="b.py") == "b.py:2: hint: spelling"


async def test_says_how_little_it_knows(tmp_path: Path) -> None:
    nothing: Mapping[Path, tuple[Diagnostic, ...]] = {}
    tool = diagnostics_tool(Workspace((tmp_path,), (), 1000), lambda: nothing)

    assert (await call([tool], "diagnostics")).startswith("The editor has told of no problem.")
    assert tool.title({"path": "a"}) == "See the problems in a"
