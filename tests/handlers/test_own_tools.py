"""The server's own tools, as the settings and the client's folders have them, on what its editor holds."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.editor import Editor, Refused, editor
from tests.workspace.repositories import repository

READING = ["read_file", "list_files", "search_text", "find_symbols", "diagnostics", "git_diff", "git_log"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return repository(tmp_path / "project", a_py="a = 1\n", _gitignore="*.log\n", x_log="the secret\n")


@asynccontextmanager
async def opened(project: Path, **settings: Any) -> AsyncGenerator[Editor]:
    async with editor(environ={}, folder=project, settings=settings) as one:
        yield one


async def call(one: Editor, name: str, **given: Any) -> str:
    """The result of a call that the client has asked its user about."""
    said = await one.request("llm-ls/callTool", {"name": name, "input": given, "allowed": True})
    return f"{'failed: ' if said['isError'] else ''}{said['content']}"


async def names(one: Editor) -> list[str]:
    return [tool["name"] for tool in await one.request("llm-ls/listTools", {})]


async def test_commands_are_offered_only_where_the_settings_allow_them(project: Path) -> None:
    async with opened(project) as one:
        assert await names(one) == [*READING, "propose_edit"]
        with pytest.raises(Refused):
            await call(one, "run_command", command="true")
    async with opened(project, chat={"runCommands": True}) as one:
        assert await names(one) == [*READING, "propose_edit", "run_command"]
        assert await call(one, "run_command", command="cat a.py") == "exit code 0\na = 1"


async def test_a_project_cannot_allow_commands(project: Path) -> None:
    (project / ".llm-ls.toml").write_text("[chat]\nrunCommands = true\ntools = 'auto'\n")

    async with opened(project) as one:
        assert "run_command" not in await names(one)


async def test_nothing_is_offered_where_tools_are_off_or_no_folder_is_open(project: Path) -> None:
    async with opened(project, chat={"tools": "off"}) as one:
        assert await names(one) == []


async def test_unsaved_text_is_read_and_searched(project: Path) -> None:
    async with opened(project) as one:
        one.open("unsaved = 1\n", uri=(project / "a.py").as_uri())

        assert await call(one, "read_file", path="a.py") == "a.py, line 1 of 1:\nunsaved = 1\n"
        assert await call(one, "search_text", pattern="unsaved") == "a.py:1: unsaved = 1"
        assert await call(one, "find_symbols", path="a.py") == "No definition was found in a.py."


async def test_ignored_file_is_not_read_though_it_is_open(project: Path) -> None:
    (project / "y.log").write_text("the secret\n")
    async with opened(project) as one:
        one.open("the secret\n", uri=(project / "y.log").as_uri())

        assert await call(one, "read_file", path="y.log") == "failed: y.log is ignored by `.gitignore`. Leave it out."
        assert await call(one, "search_text", pattern="secret") == "Nothing was found in 2 files."


async def test_problems_that_came_with_questions_for_actions_are_known(project: Path) -> None:
    uri = (project / "a.py").as_uri()
    line = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
    async with opened(project) as one:
        one.open("a = 1\n", uri=uri)
        problem = {"range": line, "message": "no use", "severity": 2, "source": "lint"}
        context = {"diagnostics": [problem]}
        await one.request("textDocument/codeAction", {"textDocument": {"uri": uri}, "range": line, "context": context})
        assert await call(one, "diagnostics") == "a.py:1: warning: no use (lint)"

        one.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        assert (await call(one, "diagnostics")).startswith("The editor has told of no problem.")


async def test_command_sees_no_credential(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"OPENAI_API_KEY": "sk-1234567890", "TEAM": "team-1234567890"}
    providers = {"team": {"kind": "openai", "baseUrl": "http://127.0.0.1:9/v1", "apiKeyEnv": "TEAM"}}
    settings = {"chat": {"runCommands": True}, "providers": providers}
    async with editor(environ={**os.environ, **secrets}, folder=project, settings=settings) as one:
        said = await call(one, "run_command", command="env")

    assert "PATH=" in said
    assert "1234567890" not in said


async def test_workspace_that_is_reached_by_a_link_is_itself(project: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(project)
    async with opened(link) as one:
        one.open("unsaved = 1\n", uri=(link / "a.py").as_uri())

        for path in ("a.py", str(link / "a.py"), str(project / "a.py")):
            assert await call(one, "read_file", path=path) == "a.py, line 1 of 1:\nunsaved = 1\n"
        assert await call(one, "search_text", pattern="unsaved") == "a.py:1: unsaved = 1"
        assert await call(one, "list_files") == ".gitignore\na.py"


async def test_several_folders_are_told_apart(tmp_path: Path) -> None:
    folders = [repository(tmp_path / name, a_py=f"{name} = 1\n") for name in ("one", "two")]
    async with opened(folders[0]) as editing:
        added = {"uri": folders[1].as_uri(), "name": "two"}
        change = {"event": {"added": [added], "removed": []}}
        editing.notify("workspace/didChangeWorkspaceFolders", change)

        assert await call(editing, "list_files") == "one/a.py\ntwo/a.py"
        assert await call(editing, "read_file", path="two/a.py") == "two/a.py, line 1 of 1:\ntwo = 1\n"
        assert (await call(editing, "read_file", path="a.py")).startswith(
            "failed: a.py may be any of one/a.py, two/a.py"
        )
        assert (await call(editing, "git_log")).count("Begin") == 2
