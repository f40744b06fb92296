"""A command runs only as it was shown to the user, and leaves nothing behind."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.prompts import budget
from llm_ls.settings import ContextSettings
from llm_ls.tools import running
from llm_ls.tools.cutting import MOST_TOKENS
from llm_ls.tools.tool import Tool
from llm_ls.workspace.workspace import Workspace
from tests.tools.calling import call

DEFAULTS = ContextSettings()
WITHIN_S = 5.0


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "sub").mkdir(parents=True)
    return folder


@pytest.fixture
def tool(project: Path) -> Tool:
    workspace = Workspace((project,), DEFAULTS.exclude, DEFAULTS.max_file_bytes)
    return running.run_command(workspace, running.harmless(os.environ))


async def until_gone(process: int) -> None:
    """Wait until there is no such process, or one whose end nobody has fetched yet."""
    async with asyncio.timeout(WITHIN_S):
        while _runs(process):  # noqa: ASYNC110  it is no child of this process
            await asyncio.sleep(0.02)


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def written(file: Path) -> str:
    """What is in `file` once something is."""
    async with asyncio.timeout(WITHIN_S):
        while not file.exists() or not file.read_text().strip():  # noqa: ASYNC110  another process writes it
            await asyncio.sleep(0.02)
    return file.read_text()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("echo out; echo err >&2; exit 3", "exit code 3\nout\nerr"),
        ("true", "exit code 0, without output"),
        ("pwd", "exit code 0\n{project}"),
        ("cat", "exit code 0, without output"),
        ("kill -9 $$", "ended by signal 9, without output"),
        ("no-such-program-here", "exit code 127\n/bin/sh: 1: no-such-program-here: not found"),
        ("printf 'a\\377b'", "exit code 0\na\ufffdb"),
    ],
)
async def test_says_how_it_ended_and_what_it_printed(project: Path, tool: Tool, command: str, said: str) -> None:
    assert await call([tool], "run_command", command=command) == said.format(project=project)


async def test_runs_in_a_folder_of_the_workspace(project: Path, tool: Tool) -> None:
    (project / "out").symlink_to("/")

    assert await call([tool], "run_command", command="pwd", folder="sub") == f"exit code 0\n{project}/sub"
    for folder in ("..", "/", "out", "none"):
        with pytest.raises((errors.InvalidRequest, errors.NotFound)):
            await call([tool], "run_command", command="touch here", folder=folder)


async def test_is_stopped_in_time_with_all_it_started(project: Path, tool: Tool) -> None:
    command = "sleep 987 & echo $! > inner; echo started; sleep 987"

    started = time.monotonic()
    said = await call([tool], "run_command", command=command, timeoutS=0.5)
    assert said == "stopped after 0.5 s\nstarted"
    assert time.monotonic() - started < WITHIN_S
    await until_gone(int((project / "inner").read_text()))


async def test_nothing_runs_on_when_it_has_ended(project: Path, tool: Tool) -> None:
    said = await call([tool], "run_command", command="sleep 987 & echo $! > inner; echo done")

    assert said == "exit code 0\ndone"
    await until_gone(int((project / "inner").read_text()))


async def test_is_stopped_when_it_is_cancelled(project: Path, tool: Tool) -> None:
    command = "echo $$ > outer; sleep 987 & echo $! > inner; wait"
    task = asyncio.create_task(call([tool], "run_command", command=command))
    processes = [int(await written(project / name)) for name in ("inner", "outer")]

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    for process in processes:
        await until_gone(process)


async def test_what_leaves_its_group_keeps_nobody_waiting(tool: Tool) -> None:
    started = time.monotonic()
    said = await call([tool], "run_command", command="setsid sleep 3 & echo done")

    assert said == "exit code 0\ndone"
    assert time.monotonic() - started < 2.5


async def test_of_much_output_the_beginning_and_the_end_are_told(tool: Tool) -> None:
    said = await call([tool], "run_command", command="echo first; yes middle | head -c 5000000; echo last")

    assert budget.tokens_in(said) <= MOST_TOKENS + 100
    assert said.startswith("exit code 0\nfirst\nmiddle")
    assert said.endswith("last")
    assert " bytes in the middle are left out: print less]" in said


async def test_has_no_credentials() -> None:
    environment = {
        "PATH": "/bin",
        "HOME": "/home/ann",
        "ANTHROPIC_API_KEY": "sk-ant-1234567890",
        "COPILOT_GITHUB_TOKEN": "x",
        "GITHUB_TOKEN": "ghp_1234567890",
        "DB_PASSWORD": "x",
        "CLIENT_SECRET": "x",
        "TEAM_GATEWAY": "only the settings know this one",
        "COPY": "key=sk-ant-1234567890",
        "LLM_LS_CONFIG": "/home/ann/config.toml",
        "LANG": "C.UTF-8",
    }

    assert running.harmless(environment, ("TEAM_GATEWAY",)) == {
        "PATH": "/bin",
        "HOME": "/home/ann",
        "LANG": "C.UTF-8",
    }


async def test_environment_is_what_is_given_and_no_more(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1234567890")
    tool = running.run_command(Workspace((project,), (), 1000), running.harmless(os.environ))

    assert "sk-1234567890" not in await call([tool], "run_command", command="env")


@pytest.mark.parametrize(
    ("given", "title", "scope"),
    [
        ({"command": "pytest -q"}, "Run: pytest -q", "command: pytest -q"),
        ({"command": "ls", "folder": "sub"}, "Run in sub: ls", "command in sub: ls"),
        (
            {"command": "echo a\n\x1b[2Krm -rf ~ " + "x" * 300},
            "Run: echo a\\n\\x1b[2Krm -rf ~ " + "x" * 300,
            "command: echo a\n\x1b[2Krm -rf ~ " + "x" * 300,
        ),
        ({}, "Run: ", "command: "),
    ],
)
def test_user_is_shown_all_of_it(tool: Tool, given: dict[str, str], title: str, scope: str) -> None:
    assert (tool.title(given), tool.scope(given)) == (title, scope)
    assert tool.access == "command"


@pytest.mark.parametrize("command", ["", "  ", "a\0b"])
async def test_no_command_is_none(tool: Tool, command: str) -> None:
    with pytest.raises(errors.InvalidRequest):
        await call([tool], "run_command", command=command)
