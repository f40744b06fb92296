"""What a model is told of the files of a workspace: as they are, cut by rule, and no more than may be read."""

from pathlib import Path

import pytest

from llm_ls import errors, wire
from llm_ls.prompts import budget
from llm_ls.settings import ContextSettings
from llm_ls.tools.cutting import MOST_TOKENS
from llm_ls.tools.reading import reading_tools
from llm_ls.tools.tool import Tool
from llm_ls.workspace.workspace import Workspace
from tests.tools.calling import call, the

DEFAULTS = ContextSettings()
MOST = MOST_TOKENS + 100
"""With what is said around."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/app.py").write_text("class App:\n    def run(self):\n        return other()\n")
    (tmp_path / "src/other.py").write_text("def other():\n    return 1\n")
    (tmp_path / "README.md").write_text("# App\n\nSee other().\n")
    (tmp_path / ".env").write_text("KEY=the secret\n")
    return tmp_path


@pytest.fixture
def tools(project: Path) -> tuple[Tool, ...]:
    return reading_tools(Workspace((project,), DEFAULTS.exclude, DEFAULTS.max_file_bytes))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "src/app.py, lines 1 to 3 of 3:\nclass App:\n    def run(self):\n        return other()\n"),
        ({"firstLine": 2, "lastLine": 2}, "src/app.py, line 2 of 3:\n    def run(self):\n"),
        (
            {"firstLine": 2, "lastLine": 99},
            "src/app.py, lines 2 to 3 of 3:\n    def run(self):\n        return other()\n",
        ),
        ({"firstLine": -1, "lastLine": 1}, "src/app.py, line 1 of 3:\nclass App:\n"),
    ],
)
async def test_reads_lines(tools: tuple[Tool, ...], given: dict[str, int], said: str) -> None:
    assert await call(tools, "read_file", path="src/app.py", **given) == said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"path": ".env"}, ".env is excluded by `context.exclude`"),
        ({"path": "../x"}, "../x is outside of the workspace"),
        ({"path": "src/app.py", "firstLine": 9}, "src/app.py has 3 lines, and no line 9"),
        ({"path": "src/app.py", "firstLine": 3, "lastLine": 2}, "src/app.py has 3 lines, and no lines 3 to 2"),
    ],
)
async def test_says_what_cannot_be_read(tools: tuple[Tool, ...], given: dict[str, object], said: str) -> None:
    with pytest.raises(errors.InvalidRequest) as refused:
        await the(tools, "read_file").run(given)
    assert refused.value.message == said


@pytest.mark.parametrize("given", [{}, {"path": 1}, {"path": "x", "firstLine": "1"}, {"path": None}])
async def test_input_that_does_not_fit_is_told(tools: tuple[Tool, ...], given: dict[str, object]) -> None:
    with pytest.raises(wire.Malformed):
        await the(tools, "read_file").run(given)


async def test_long_file_is_read_on(project: Path, tools: tuple[Tool, ...]) -> None:
    lines = [f"line {number} " + "x" * 80 for number in range(1, 1001)]
    (project / "long.txt").write_text("\n".join(lines))

    read: list[str] = []
    first = 1
    while first <= 1000:
        said = await call(tools, "read_file", path="long.txt", firstLine=first)
        assert budget.tokens_in(said) <= MOST
        shown = [line for line in said.splitlines() if line.startswith("line ")]
        read += shown
        first += len(shown)
        if first <= 1000:
            assert said.endswith(f"[what follows, up to line 1000, is left out: read on with firstLine {first}]")
    assert read == lines


async def test_line_that_is_too_long_is_cut(project: Path, tools: tuple[Tool, ...]) -> None:
    (project / "min.js").write_text("x" * 200_000 + "\nend\n")

    said = await call(tools, "read_file", path="min.js")
    assert budget.tokens_in(said) <= MOST
    assert said.endswith(
        "x\n[line 1 is cut: it is too long]\n[what follows, up to line 2, is left out: read on with firstLine 2]"
    )


async def test_empty_file_is_said_to_be(project: Path, tools: tuple[Tool, ...]) -> None:
    (project / "empty").touch()

    assert await call(tools, "read_file", path="empty") == "empty is empty"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "README.md\nsrc/app.py\nsrc/other.py\n[1 more may not be read]"),
        ({"folder": "src"}, "src/app.py\nsrc/other.py"),
        ({"glob": "*.md"}, "README.md\n[1 more may not be read]"),
        ({"glob": "src/**/o*.py"}, "src/other.py\n[1 more may not be read]"),
        ({"glob": "*.none", "folder": "src"}, "No file fits."),
    ],
)
async def test_lists_files(tools: tuple[Tool, ...], given: dict[str, str], said: str) -> None:
    assert await call(tools, "list_files", **given) == said


async def test_many_files_are_listed_by_folder(project: Path, tools: tuple[Tool, ...]) -> None:
    for folder in range(100):
        (project / f"package{folder}/inner").mkdir(parents=True)
        for number in range(50):
            (project / f"package{folder}/inner/a_file_with_a_name_{number}.py").touch()

    said = await call(tools, "list_files")
    assert budget.tokens_in(said) <= MOST
    assert "package7/inner/ (50 files)" in said
    assert "[too many files to name all 5,003: list a folder, or give a glob]" in said


async def test_searches(tools: tuple[Tool, ...]) -> None:
    assert await call(tools, "search_text", pattern="other") == (
        "README.md:3: See other().\nsrc/app.py:3:         return other()\nsrc/other.py:1: def other():"
    )
    assert await call(tools, "search_text", pattern="^DEF", isRegex=True, ignoreCase=True, glob="*.py") == (
        "src/other.py:1: def other():"
    )
    assert await call(tools, "search_text", pattern="secret") == "Nothing was found in 3 files."
    assert await call(tools, "search_text", pattern="other", folder="src", glob="a*") == (
        "src/app.py:3:         return other()"
    )


async def test_many_lines_are_counted(project: Path, tools: tuple[Tool, ...]) -> None:
    (project / "many.txt").write_text("needle in a haystack\n" * 5000)
    (project / "huge.txt").write_text("needle\n" * 50_000)

    said = await call(tools, "search_text", pattern="needle")
    assert budget.tokens_in(said) <= MOST
    assert "5,000 lines in 1 files, of which the first " in said
    assert said.endswith("[too large to be searched: huge.txt]")


async def test_finds_definitions(tools: tuple[Tool, ...]) -> None:
    assert await call(tools, "find_symbols", name="other") == "src/other.py:1: def other():"
    assert await call(tools, "find_symbols", path="src/app.py") == "src/app.py:\n1: class App:\n2:     def run(self):"
    assert await call(tools, "find_symbols", path="src", name="run") == "src/app.py:2: def run(self):"
    assert await call(tools, "find_symbols", path="src/app.py", name="other") == (
        "No definition of other was found in src/app.py."
    )
    assert await call(tools, "find_symbols", name="KEY") == "No definition of KEY was found."
    with pytest.raises(errors.InvalidRequest):
        await call(tools, "find_symbols")


@pytest.mark.parametrize(
    ("name", "given", "title"),
    [
        ("read_file", {"path": "src/app.py"}, "Read src/app.py"),
        ("read_file", {"path": "a", "lastLine": 9}, "Read a, lines 1 to 9"),
        ("read_file", {"path": "a", "firstLine": 9}, "Read a, lines 9 to the end"),
        ("read_file", {"path": "a\n\x1b[2Kb"}, "Read a\\n\\x1b[2Kb"),
        ("read_file", {}, "Read "),
        ("list_files", {}, "List the files in the workspace"),
        ("list_files", {"folder": "src", "glob": "*.py"}, "List the files in src that fit *.py"),
        ("search_text", {"pattern": "x"}, "Search the workspace for `x`"),
        (
            "search_text",
            {"pattern": "x", "isRegex": True, "folder": "src", "glob": "*.py"},
            "Search src for the regular expression `x`, in files that fit *.py",
        ),
        ("find_symbols", {"name": "x"}, "Find definitions of `x` in the workspace"),
        ("find_symbols", {"path": [1]}, "Find definitions in [1]"),
    ],
)
def test_title_says_what_is_done(tools: tuple[Tool, ...], name: str, given: dict[str, object], title: str) -> None:
    assert the(tools, name).title(given) == title
