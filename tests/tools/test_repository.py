"""What a model is told of a repository's changes: no more than may be shown, and what is left out by name."""

from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.prompts import budget
from llm_ls.settings import ContextSettings
from llm_ls.tools.cutting import MOST_TOKENS
from llm_ls.tools.repository import git_tools
from llm_ls.tools.tool import Tool
from llm_ls.workspace.workspace import Workspace
from tests.tools.calling import call, the
from tests.workspace.repositories import git, repository

DEFAULTS = ContextSettings()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return repository(tmp_path / "project", a_py="a = 1\n", b_py="b = 1\n", _env="KEY=old\n")


@pytest.fixture
def tools(project: Path) -> tuple[Tool, ...]:
    return git_tools(Workspace((project,), DEFAULTS.exclude, DEFAULTS.max_file_bytes))


async def test_shows_changes(project: Path, tools: tuple[Tool, ...]) -> None:
    assert await call(tools, "git_diff") == "Nothing has changed that is not staged."
    assert await call(tools, "git_diff", staged=True) == "Nothing is staged."

    (project / "a.py").write_text("a = 2\n")
    git(project, "add", "a.py")
    (project / "b.py").write_text("b = 2\n")
    (project / ".env").write_text("KEY=new\n")
    (project / "c.py").touch()
    unstaged = await call(tools, "git_diff")
    assert unstaged.startswith("diff --git a/b.py b/b.py\n")
    assert unstaged.endswith(
        "-b = 1\n+b = 2\n\n[changed, and may not be shown: .env]\n[new, and not yet known to git: c.py]"
    )
    assert "+a = 2" in await call(tools, "git_diff", staged=True)
    assert await call(tools, "git_diff", path="a.py") == "Nothing has changed that is not staged."


async def test_long_diff_is_cut(project: Path, tools: tuple[Tool, ...]) -> None:
    (project / "a.py").write_text("".join(f"a{number} = {number}\n" for number in range(10_000)))

    said = await call(tools, "git_diff")
    assert budget.tokens_in(said) <= MOST_TOKENS + 100
    assert said.endswith(" more lines are left out: give a path]")


async def test_lists_commits(project: Path, tools: tuple[Tool, ...]) -> None:
    git(project, "commit", "--quiet", "--allow-empty", "--message=Go on\n\nAt length.")

    lines = (await call(tools, "git_log")).splitlines()
    assert [line.partition(" Ann: ")[2] for line in lines] == ["Go on", "Begin"]
    assert (await call(tools, "git_log", path="a.py")).endswith("Ann: Begin")
    assert (await call(tools, "git_log", limit=1)).endswith("Go on\n[there may be more: raise `limit`, up to 200]")
    with pytest.raises(errors.InvalidRequest):
        await call(tools, "git_log", path=".env")


async def test_without_a_repository_says_so(tmp_path: Path) -> None:
    tools = git_tools(Workspace((tmp_path,), (), 1000))

    for name in ("git_diff", "git_log"):
        with pytest.raises(errors.InvalidRequest, match="there is no git repository here"):
            await call(tools, name)


async def test_repository_without_commits_has_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")

    assert await call(git_tools(Workspace((tmp_path,), (), 1000)), "git_log") == "No commit."


def test_title_says_what_is_done(tools: tuple[Tool, ...]) -> None:
    assert the(tools, "git_diff").title({}) == "See what has changed and is not staged in the workspace"
    assert the(tools, "git_diff").title({"staged": True, "path": "a"}) == "See what is staged in a"
    assert the(tools, "git_log").title({"path": "a"}) == "List the latest commits of a"
