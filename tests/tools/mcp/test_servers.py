"""Tools of MCP servers, against the SDK's own server: as a program, and over streamable HTTP."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from llm_ls import errors
from llm_ls.settings.mcp import McpServerSettings
from tests.rigs import mcp_server
from tests.tools.mcp.started import Started, hostile, noted, rig, started

TOKEN = "docs-token-" + "7" * 20


@asynccontextmanager
async def served(way: str, notes: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Started]:
    """The rig as the server `rig`, reached in that way."""
    if way == "stdio":
        async with started(rig=rig(notes)) as one:
            yield one
    else:
        monkeypatch.setenv("MCP_NOTES", str(notes))
        async with mcp_server.served() as url, started(rig=McpServerSettings(url=url)) as one:
            yield one


both = pytest.mark.parametrize("way", ["stdio", "http"])


@both
async def test_lists_and_calls(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(way, tmp_path / "notes", monkeypatch) as one:
        add = one.tools["rig__add"]

        assert one.told == ()
        assert add.definition.description == "Adds two numbers."
        assert add.definition.input_schema["required"] == ["a", "b"]
        assert (add.access, add.server) == ("external", "rig")
        assert await one.call("rig__add", a=1, b=2) == "3"
        assert (await one.call("rig__mixed")).split("\n") == [
            "one",
            "[image: image/png, 8 bytes]",
            "[resource log: file:///log.txt]",
            "[resource file:///a.txt]",
            "two",
        ]


@both
async def test_many_calls_at_once(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(way, tmp_path / "notes", monkeypatch) as one:
        answers = await asyncio.gather(*(one.call("rig__add", a=number, b=1) for number in range(20)))

        assert answers == [str(number + 1) for number in range(20)]


@both
async def test_a_failure_of_the_tool_is_told_in_its_words(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(way, tmp_path / "notes", monkeypatch) as one:
        with pytest.raises(errors.InvalidRequest, match="no such issue: 7"):
            await one.call("rig__fail")


@both
async def test_a_cancelled_call_is_cancelled_there_too(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = tmp_path / "notes"
    async with served(way, notes, monkeypatch) as one:
        call = asyncio.create_task(one.call("rig__hang"))
        await one.until(lambda: noted(notes) == ["hangs"])
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await one.until(lambda: noted(notes) == ["hangs", "hangs no more"])

        assert await one.call("rig__add", a=1, b=2) == "3"


async def test_a_call_ends_when_its_time_is_up(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    async with started(a=hostile("hangs", notes, timeout_s=1.0)) as one:
        with pytest.raises(errors.TimedOut, match=r"the MCP server 'a' did not answer within 1 s"):
            await one.call("a__t")
        await one.until(lambda: noted(notes)[-1].startswith("cancelled"))

        assert noted(notes)[-2].split()[1] == noted(notes)[-1].split()[1]


@both
async def test_tools_that_come_later_are_there_at_the_next_question(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(way, tmp_path / "notes", monkeypatch) as one:
        assert "rig__grown" not in one.tools
        await one.call("rig__grow")
        await one.ask_until(lambda: "rig__grown" in one.tools)

        assert await one.call("rig__grown") == "grown"


async def test_is_started_in_the_home_folder_with_what_is_named_and_no_key_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-" + "1" * 20)
    monkeypatch.setenv("LLM_LS_ANYTHING", "sk-" + "2" * 20)
    monkeypatch.setenv("DOCS_TOKEN", TOKEN)
    notes = tmp_path / "notes"
    async with started(tmp_path, rig=rig(notes, env={"REGION": "eu"}, env_vars=("DOCS_TOKEN",))) as one:
        told = await one.call("rig__environment")
        environment = json.loads(noted(notes)[0])
        place = json.loads(await one.call("rig__place"))

    assert (environment["REGION"], environment["DOCS_TOKEN"]) == ("eu", TOKEN)
    assert not [name for name in environment if name.startswith(("OPENAI", "LLM_LS"))]
    assert place["cwd"] == str(Path.home())
    assert json.loads(told)["DOCS_TOKEN"] == "****"


async def test_is_started_where_the_settings_say(tmp_path: Path) -> None:
    async with started(rig=rig(cwd=str(tmp_path))) as one:
        assert json.loads(await one.call("rig__place"))["cwd"] == str(tmp_path)


async def test_follows_changed_settings() -> None:
    async with started(rig=rig(), off=rig(disabled=True)) as one:
        first = json.loads(await one.call("rig__place"))["pid"]
        assert json.loads(await one.call("rig__place"))["pid"] == first
        assert not [name for name in one.tools if name.startswith("off")]
        one.configured["rig"] = rig(env={"A": "b"})
        one.configured["off"] = rig()
        await one.ask()

        assert json.loads(await one.call("rig__place"))["pid"] != first
        assert await one.call("off__add", a=1, b=2) == "3"


async def test_is_started_again_after_it_died_and_no_call_is_made_twice(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    async with started(a=hostile("dies", notes)) as one:
        for _ in range(3):
            with pytest.raises(errors.ConnectionFailed, match="broke during the call"):
                await one.call("a__t")
            assert await one.call("a__fine") == "fine"
        with pytest.raises(errors.ConnectionFailed):
            await one.call("a__t")
        assert "a__fine" in await one.ask()

        assert [line for line in noted(notes) if line == "dies"] == ["dies"] * 4
        assert one.told == ()


async def test_one_that_dies_again_at_once_is_left_out_and_told_of(tmp_path: Path) -> None:
    async with started(a=hostile("dies", tmp_path / "notes")) as one:
        for _ in range(2):
            with pytest.raises(errors.ConnectionFailed, match="broke during the call"):
                await one.call("a__t")
        with pytest.raises(errors.ConnectionFailed, match="has ended"):
            await one.call("a__fine")

        assert await one.ask() == {}
        assert await one.ask() == {}
        assert one.told == ("The MCP server 'a' has ended. Set log.level to debug to see in the log what it says.",)


async def test_one_that_was_left_out_is_tried_again_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with started(a=hostile("dies", tmp_path / "notes")) as one:
        for _ in range(2):
            with pytest.raises(errors.ConnectionFailed):
                await one.call("a__t")
        assert await one.ask() == {}
        monkeypatch.setattr("llm_ls.tools.mcp.servers.RETRY_PROGRAM_S", 0.0)
        await one.ask_until(lambda: bool(one.tools))

        assert await one.call("a__fine") == "fine"


async def test_what_does_not_start_is_told_once_and_the_others_are_there(tmp_path: Path) -> None:
    cwd = str(tmp_path / "nowhere")
    async with started(
        rig=rig(),
        missing=McpServerSettings("no-such-program"),
        elsewhere=McpServerSettings(sys.executable, cwd=cwd),
        ends=McpServerSettings("false", env_vars=("NO_SUCH_KEY",)),
        nobody=McpServerSettings(url="http://127.0.0.1:9/mcp"),
    ) as one:
        await one.ask()

        assert {tool.server for tool in one.tools.values()} == {"rig"}
        assert one.told == (
            (
                "MCP server 'missing' does not start: there is no program 'no-such-program'. "
                "Correct mcpServers.missing.command, or the PATH that your editor has."
            ),
            f"MCP server 'elsewhere' does not start: there is no folder {cwd!r}. Correct mcpServers.elsewhere.cwd.",
            "MCP server 'ends' ended before it was ready. Set NO_SUCH_KEY in the environment of your editor.",
            "MCP server 'nobody' cannot be reached: All connection attempts failed.",
        )


async def test_one_that_takes_long_does_not_hold_up_a_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llm_ls.tools.mcp.servers.PATIENCE_S", 0.0)
    async with started(rig=rig()) as one:
        assert one.tools == {}
        await one.ask_until(lambda: bool(one.tools))

        assert await one.call("rig__add", a=1, b=2) == "3"


async def test_without_the_sdk_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> None:
        return None

    monkeypatch.setattr("importlib.util.find_spec", missing)
    async with started(rig=rig(), off=rig(disabled=True)) as one:
        await one.ask()

        assert one.tools == {}
        assert one.told == ("MCP servers need the package 'mcp', which is not installed. Install llm-ls[mcp].",)


async def test_a_session_without_servers_loads_nothing() -> None:
    code = "import sys, llm_ls.tools.mcp.servers; print([name for name in sys.modules if name.startswith('mcp')])"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()

    assert said.strip() == b"[]"


async def test_over_http_the_token_is_sent_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    monkeypatch.setenv("DOCS_TOKEN", TOKEN)
    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/mcp"
    docs = McpServerSettings(url=url, headers={"X-Team": "a"}, bearer_token_env="DOCS_TOKEN")
    unset = McpServerSettings(url=url, bearer_token_env="NO_SUCH_TOKEN")
    async with listening, started(docs=docs, unset=unset) as one:
        first = seen[0].lower()

        assert f"authorization: bearer {TOKEN}" in first
        assert "x-team: a" in first
        assert one.told == (
            (
                "MCP server 'docs' does not let us in (401). "
                "Let mcpServers.docs.bearerTokenEnv name a variable that holds a token for it."
            ),
            "MCP server 'unset' does not let us in (401). Set NO_SUCH_TOKEN in the environment of your editor.",
        )


async def test_over_http_a_server_that_was_started_anew_is_asked_again() -> None:
    async with mcp_server.served() as url:
        port = int(url.split(":")[2].split("/")[0])
        one = Started({"rig": McpServerSettings(url=url)}, ())
        await one.ask()
    try:
        with pytest.raises(errors.ConnectionFailed):
            await one.call("rig__add", a=1, b=2)
        async with mcp_server.served(port):
            assert await one.call("rig__add", a=1, b=2) == "3"
    finally:
        await one.servers.aclose()


async def test_closing_takes_no_longer_than_a_session_has() -> None:
    async with started(rig=rig(), docs=rig(env={"A": "b"})) as one:
        call = asyncio.create_task(one.call("rig__hang"))
        await asyncio.sleep(0)
        began = time.monotonic()
        await one.servers.aclose()
        took = time.monotonic() - began
        with pytest.raises(errors.ConnectionFailed):
            await call

    assert took < 1.0
