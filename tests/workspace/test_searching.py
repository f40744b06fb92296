"""Searching finds the same with ripgrep and without, obeys no configuration, and ends whatever the pattern is."""

import asyncio
import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.settings import ContextSettings
from llm_ls.workspace import searching
from llm_ls.workspace.searching import Found, Line, Query
from llm_ls.workspace.workspace import Workspace
from tests.rigs.found import rig
from tests.workspace.repositories import git, repository, trap

DEFAULTS = ContextSettings()


@pytest.fixture(params=[pytest.param("ripgrep", marks=pytest.mark.peer), "ours"])
def programs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs, before others on the `PATH`, with ripgrep in it; or a search without it."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    if request.param == "ripgrep":
        (folder / "rg").symlink_to(rig("ripgrep"))
        assert searching.ripgrep([]) is not None
    else:
        monkeypatch.setattr(searching, "ripgrep", _none)
    return folder


def _none(_: Sequence[str]) -> None:
    """Where there is no ripgrep."""


@pytest.fixture
def project(tmp_path: Path, programs: Path) -> Path:
    return repository(tmp_path / "project", _gitignore="*.log\n", _llmignore="private*\n")


async def found(project: Path, query: Query, characters: int = 10_000, **opened: str) -> Found:
    texts = {project / name.replace("_", "."): text for name, text in opened.items()}
    one = Workspace((project,), DEFAULTS.exclude, 10_000, texts.get, lambda: tuple(texts))
    files, _ = await one.paths()
    return await searching.search(one, query, sorted(files.items()), characters)


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        (Query("def"), [("a.py", 1, "def one():"), ("b/c.py", 2, "    def two(self): return 'ünï'")]),
        (Query("DEF"), []),
        (Query("DEF", ignore_case=True), [("a.py", 1, "def one():"), ("b/c.py", 2, "    def two(self): return 'ünï'")]),
        (
            Query(r"def \w+\(", is_regex=True),
            [("a.py", 1, "def one():"), ("b/c.py", 2, "    def two(self): return 'ünï'")],
        ),
        (Query(r"^def", is_regex=True), [("a.py", 1, "def one():")]),
        (Query(r":$", is_regex=True), [("a.py", 1, "def one():"), ("b/c.py", 1, "class C:"), ("dos.txt", 1, "ends:")]),
        (Query("ÜNÏ", ignore_case=True), [("b/c.py", 2, "    def two(self): return 'ünï'")]),
        (Query(r"(?<=class )C", is_regex=True), [("b/c.py", 1, "class C:")]),
        (Query("-e"), [("-e", 1, "-e")]),
        (Query("(one"), []),
        (Query("one("), [("a.py", 1, "def one():")]),
        (Query(r"\.env|\$HOME", is_regex=True), [("odd\\nname", 1, "$HOME")]),
    ],
)
async def test_finds_lines(project: Path, query: Query, lines: list[tuple[str, int, str]]) -> None:
    (project / "b").mkdir()
    for name, text in {
        "a.py": "def one():\n    return 1\n",
        "b/c.py": "class C:\n    def two(self): return 'ünï'",
        "dos.txt": "ends:\r\nnot: \r\n",
        "-e": "-e\n",
        "odd\nname": "$HOME\n",
    }.items():
        (project / name).write_bytes(text.encode())

    said = await found(project, query)
    assert said == Found(tuple(Line(*line) for line in lines), len(lines), len(lines))


async def test_what_may_not_be_read_is_not_searched(project: Path) -> None:
    (project.parent / "outside").write_text("the secret\n")
    (project / "link").symlink_to(project.parent / "outside")
    for name in (".env", "x.log", "private.md"):
        (project / name).write_text("the secret\n")
    (project / "binary").write_bytes(b"the secret\0\n")
    (project / "latin").write_bytes(b"the secret \xe9\n")
    (project / "huge").write_text("the secret\n" * 2000)
    (project / ".git/note").write_text("the secret\n")
    (project / "tracked.log").write_text("the secret\n")
    git(project, "add", "--force", "tracked.log")

    said = await found(project, Query("secret"))
    assert said == Found((Line("tracked.log", 1, "the secret"),), 1, 1, ("huge",))


async def test_editor_knows_better_than_the_disk(project: Path) -> None:
    (project / "a.py").write_text("old = 1\n")
    (project / ".env").touch()

    assert (await found(project, Query("old"), a_py="new = 1\n")).count == 0
    assert (await found(project, Query("new"), a_py="new = 1\n", _env="new")).lines == (Line("a.py", 1, "new = 1"),)


async def test_many_lines_are_counted_and_long_ones_cut(project: Path) -> None:
    (project / "a.txt").write_text("x needle\n" * 500)
    (project / "b.txt").write_text("y" * 1000 + "needle" + "z" * 1000)

    said = await found(project, Query("needle"), characters=1000)
    assert (len(said.lines), said.count, said.files) == (47, 501, 2)
    for name in ("c.txt", "d.txt", "e.txt"):
        (project / name).write_text("x\n" * 4_900)
    said = await found(project, Query("x"), characters=1000)
    assert (said.count, said.files, said.whole) == (500 + 2 * 4_900, 3, True)

    (line,) = (await found(project, Query(r"yneedle", is_regex=True))).lines
    assert line.text == "…" + "y" * 101 + "needle" + "z" * 193 + "…"


async def test_no_configuration_counts_and_nothing_runs(
    project: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = project.parent / "mark"
    program = trap(project, mark)
    (project / "a.txt").write_text("needle\n")
    (project / ".ripgreprc").write_text(f"--pre={program}\n--invert-match\n")
    for name in (".rgignore", ".ignore"):
        (project / name).write_text("a.txt\n")
    for name in ("re.py", "json.py", "attrs.py", "sitecustomize.py"):
        (project / name).write_text(f"open({str(mark)!r}, 'w')\n")
    monkeypatch.setenv("RIPGREP_CONFIG_PATH", str(project / ".ripgreprc"))
    monkeypatch.setenv("PYTHONPATH", str(project))
    monkeypatch.chdir(project)

    assert (await found(project, Query("needle"))).lines == (Line("a.txt", 1, "needle"),)
    assert not mark.exists()


async def test_program_of_the_project_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = repository(tmp_path / "project", a_txt="needle\n")
    mark = tmp_path / "mark"
    trap(project, mark).rename(project / "rg")
    monkeypatch.setenv("PATH", f"{project}:/usr/bin:/bin")

    assert (await found(project, Query("needle"))).count == 1
    assert not mark.exists()


async def test_hostile_pattern_is_given_up(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "TIMEOUT_S", 1.0)
    (project / "a.txt").write_text("aa\n")
    (project / "b.txt").write_text("a" * 60 + "!\n")

    started = time.monotonic()
    said = await found(project, Query(r"^(a+)+$", is_regex=True))
    assert time.monotonic() - started < 3
    if not said.whole:  # ripgrep needs no time for it, and the file is then not read at all
        assert said == Found((Line("a.txt", 1, "aa"),), 1, 1, whole=False)


async def test_search_that_is_cancelled_runs_no_more(project: Path) -> None:
    (project / "b.txt").write_text("a" * 60 + "!\n" + "aa\n")
    task = asyncio.create_task(found(project, Query(r"^(a+)+$", is_regex=True)))
    async with asyncio.timeout(5):
        while not _searches():  # noqa: ASYNC110  nobody says that a process has started
            await asyncio.sleep(0.01)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert _searches() == []


def _searches() -> list[str]:
    """The processes of this one that search."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [child for child in children if "search_process" in Path(f"/proc/{child}/cmdline").read_text()]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (Query("("), None),
        (
            Query("(", is_regex=True),
            "the pattern is no regular expression: missing ), unterminated subpattern at position 0",
        ),
        (Query(""), "a search is for something within one line"),
        (Query("a\nb"), "a search is for something within one line"),
    ],
)
async def test_pattern_that_is_none_is_told(project: Path, query: Query, said: str | None) -> None:
    if said is None:
        assert (await found(project, query)).count == 0
    else:
        with pytest.raises(errors.InvalidRequest) as refused:
            await found(project, query)
        assert refused.value.message == said
