"""Tools of the reference servers of the Model Context Protocol (npm), as programs and over streamable HTTP."""

import asyncio
import contextlib
import json
import os
import socket
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from llm_ls import errors
from llm_ls.settings.mcp import McpServerSettings
from tests.rigs.calling_model import call, calling_model
from tests.rigs.editor import editor
from tests.rigs.found import rig
from tests.tools.mcp.started import runs, started

KEY = "sk-planted-" + "5" * 24


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llm_ls.tools.mcp.servers.PATIENCE_S", 60.0)


def everything() -> McpServerSettings:
    return McpServerSettings(str(rig("mcp-everything")))


def filesystem() -> McpServerSettings:
    return McpServerSettings(str(rig("mcp-filesystem")))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.asynccontextmanager
async def everything_on(port: int) -> AsyncGenerator[str]:
    """Its address over streamable HTTP, while it runs."""
    process = await asyncio.create_subprocess_exec(
        *(rig("mcp-everything"), "streamableHttp"),
        env={**os.environ, "PORT": str(port)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(60):
            while b"listening" not in await process.stderr.readline():
                pass
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.kill()
        await process.communicate()


async def test_everything_as_a_program() -> None:
    os.environ["OPENAI_API_KEY"] = KEY
    async with started(all=everything()) as one:
        assert one.told == ()
        assert await one.call("all__echo", message="hi") == "Echo: hi"
        assert "The sum of 1 and 2 is 3" in await one.call("all__get-sum", a=1, b=2)
        assert "[image: image/png," in await one.call("all__get-tiny-image")
        assert "[resource demo://resource/dynamic/text/1]\nResource 1:" in await one.call("all__get-resource-reference")
        structured = json.loads(await one.call("all__get-structured-content", location="Chicago"))
        assert structured.keys() == {"temperature", "conditions", "humidity"}
        assert KEY not in await one.call("all__get-env")
        with pytest.raises(errors.InvalidRequest):
            await one.call("all__get-sum", a="one")


async def test_everything_over_http() -> None:
    async with everything_on(free_port()) as url, started(all=McpServerSettings(url=url)) as one:
        answers = await asyncio.gather(*(one.call("all__echo", message=str(number)) for number in range(5)))

        assert answers == [f"Echo: {number}" for number in range(5)]


async def test_everything_over_http_started_anew_meanwhile() -> None:
    port = free_port()
    async with contextlib.AsyncExitStack() as before:
        url = await before.enter_async_context(everything_on(port))
        async with started(all=McpServerSettings(url=url)) as one:
            assert await one.call("all__echo", message="1") == "Echo: 1"
            await before.aclose()
            async with everything_on(port):
                assert await one.call("all__echo", message="2") == "Echo: 2"


async def test_a_long_call_is_cancelled() -> None:
    async with started(all=everything()) as one:
        running = asyncio.create_task(one.call("all__trigger-long-running-operation", duration=600, steps=2))
        assert await one.call("all__echo", message="meanwhile") == "Echo: meanwhile"
        began = time.monotonic()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

        assert time.monotonic() - began < 1
        assert await one.call("all__echo", message="after") == "Echo: after"


async def test_what_is_told_of_roots_confines_the_server_of_files(tmp_path: Path) -> None:
    project, other = tmp_path / "project", tmp_path / "other"
    for folder in (project, other):
        folder.mkdir()
        (folder / "a.txt").write_text(f"of {folder.name}")
    async with started(project, files=filesystem()) as one:
        async with asyncio.timeout(20):  # it asks for them only once it is connected
            while str(project) not in await one.call("files__list_allowed_directories"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert await one.call("files__read_text_file", path=str(project / "a.txt")) == "of project"
        with pytest.raises(errors.InvalidRequest, match="Access denied"):
            await one.call("files__read_text_file", path=str(other / "a.txt"))


async def test_they_end_with_the_session() -> None:
    async with started(all=everything(), files=filesystem()):
        started_here = children()
    assert len(started_here) >= 2
    async with asyncio.timeout(10):
        while any(map(runs, started_here)):  # noqa: ASYNC110  they tell nobody
            await asyncio.sleep(0.02)


def children() -> list[int]:
    """The processes that this one has started."""
    stats = [path.read_text() for path in Path("/proc").glob("[0-9]*/stat")]
    parents = [(int(stat.split()[0]), int(stat.rpartition(") ")[2].split()[1])) for stat in stats]
    return [process for process, parent in parents if parent == os.getpid()]


async def test_a_model_in_llama_cpp_calls_one_with_the_users_leave(tmp_path: Path) -> None:
    answers = {"Echo: hello": "It echoes.", "Does it echo?": call("all__echo", message="hello")}
    settings = {"mcpServers": {"all": {"command": str(rig("mcp-everything"))}}}
    with calling_model(tmp_path, answers) as environ:
        async with editor(environ=environ, settings=settings) as one:
            one.answers["window/showMessageRequest"] = lambda _: {"title": "Once"}
            params: dict[str, Any] = {"message": "Does it echo?", "serverTools": ["all__echo"]}
            result = await one.request("llm-ls/chat", params)

    assert result["text"].endswith("It echoes.")
