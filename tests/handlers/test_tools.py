"""`llm-ls/listTools` and `llm-ls/callTool`: no call of another's tool without the user's word."""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.editor import ABLE, Editor, Refused, editor
from tests.rigs.openai import environment, tool_call, whole
from tests.rigs.places import REPOSITORY
from tests.rigs.vendor import LoopbackVendor

ASK = "window/showMessageRequest"


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llm_ls.tools.mcp.servers.PATIENCE_S", 60.0)


def settings(notes: Path, way: str = "fine", **others: Any) -> dict[str, Any]:
    arguments = [str(REPOSITORY / "tests/rigs/hostile_mcp.py"), way, str(notes)]
    return {"mcpServers": {"evil": {"command": sys.executable, "args": arguments}}, **others}


def answering(one: Editor, title: str | None) -> list[Mapping[str, Any]]:
    """Let the user press that button, or none; the questions."""
    asked: list[Mapping[str, Any]] = []

    def answer(params: Mapping[str, Any]) -> Any:
        asked.append(params)
        return None if title is None else {"title": title}

    one.answers[ASK] = answer
    return asked


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  it has no event for that
            await asyncio.sleep(0.02)


def noted(notes: Path) -> str:
    return notes.read_text() if notes.exists() else ""


async def test_lists_the_tools_of_mcp_servers(tmp_path: Path) -> None:
    async with editor(settings=settings(tmp_path / "notes")) as one:
        listed = await one.request("llm-ls/listTools", {})

    assert [tool for tool in listed if "server" in tool] == [
        {
            "name": f"evil__{name}",
            "description": "",
            "inputSchema": {"type": "object"},
            "access": "external",
            "server": "evil",
        }
        for name in ("t", "fine")
    ]


async def test_lists_the_servers_own_tools_and_how_far_they_go(tmp_path: Path) -> None:
    async with editor(folder=tmp_path) as one:
        listed = await one.request("llm-ls/listTools", {})

    assert {tool["name"]: tool["access"] for tool in listed}["read_file"] == "read"
    assert not any("server" in tool for tool in listed)


async def test_lists_none_where_tools_are_off(tmp_path: Path) -> None:
    async with editor(settings=settings(tmp_path / "notes", chat={"tools": "off"}), folder=tmp_path) as one:
        assert await one.request("llm-ls/listTools", {}) == []
        with pytest.raises(Refused, match="There is no tool 'read_file'"):
            await one.request("llm-ls/callTool", {"name": "read_file", "input": {"path": "a"}})
    assert not (tmp_path / "notes").exists()


async def test_a_tool_that_there_is_not_is_an_error() -> None:
    async with editor() as one:
        with pytest.raises(Refused, match="There is no tool 'nope'") as refused:
            await one.request("llm-ls/callTool", {"name": "nope", "input": {}})

    assert refused.value.data["kind"] == "not_found"


async def test_the_user_is_asked_and_what_is_called_is_said_whole(tmp_path: Path) -> None:
    async with editor(settings=settings(tmp_path / "notes", chat={"tools": "auto"}), folder=tmp_path) as one:
        asked = answering(one, "Once")
        called = await one.request("llm-ls/callTool", {"name": "evil__fine", "input": {"n": 1}})

    assert called == {"content": "fine", "isError": False}
    assert [question["message"] for question in asked] == [
        'The model asks to: Call fine of the MCP server evil with {"n": 1}'
    ]


@pytest.mark.parametrize("title", ["No", None])
async def test_without_leave_nothing_is_called(title: str | None, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    async with editor(settings=settings(notes, "dies")) as one:
        answering(one, title)
        called = await one.request("llm-ls/callTool", {"name": "evil__t", "input": {}})

    assert called["isError"]
    assert "the user does not allow this call" in called["content"].lower()
    assert "dies" not in notes.read_text()


async def test_a_client_that_cannot_ask_is_refused_unless_it_has_asked_itself(tmp_path: Path) -> None:
    mute: dict[str, Any] = {**ABLE, "window": {}}
    async with editor(mute, settings(tmp_path / "notes")) as one:
        refused = await one.request("llm-ls/callTool", {"name": "evil__fine", "input": {}})
        allowed = await one.request("llm-ls/callTool", {"name": "evil__fine", "input": {}, "allowed": True})

    assert refused["isError"]
    assert allowed == {"content": "fine", "isError": False}


async def test_leave_holds_for_the_conversation_and_for_one_tool(tmp_path: Path) -> None:
    async with editor(settings=settings(tmp_path / "notes")) as one:
        asked = answering(one, "In this conversation")
        for conversation, tool in (("a", "fine"), ("a", "fine"), ("b", "fine"), ("a", "t")):
            params: dict[str, Any] = {"name": f"evil__{tool}", "input": {}, "conversationId": conversation}
            assert not (await one.request("llm-ls/callTool", params))["isError"]

    assert len(asked) == 3


async def test_leave_for_good_is_the_workspaces(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    counts: list[int] = []
    for folder in ("one", "one", "two"):
        async with editor(settings=settings(tmp_path / "notes"), folder=tmp_path / folder) as one:
            asked = answering(one, "Always in this workspace")
            await one.request("llm-ls/callTool", {"name": "evil__fine", "input": {}})
            counts.append(len(asked))

    assert counts == [1, 0, 1]


async def test_a_failure_is_a_result(tmp_path: Path) -> None:
    async with editor(settings=settings(tmp_path / "notes", "dies")) as one:
        called = await one.request("llm-ls/callTool", {"name": "evil__t", "input": {}, "allowed": True})

    assert called["isError"]
    assert "broke during the call" in called["content"]


async def test_a_long_result_is_cut(tmp_path: Path) -> None:
    async with editor(settings=settings(tmp_path / "notes", "large")) as one:
        called = await one.request("llm-ls/callTool", {"name": "evil__t", "input": {}, "allowed": True})

    assert len(called["content"]) < 100_000
    assert called["content"].endswith("more characters left out]")


async def test_a_cancelled_request_cancels_the_call(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    async with editor(settings=settings(notes, "hangs")) as one:
        number = one.start("llm-ls/callTool", {"name": "evil__t", "input": {}, "allowed": True})
        await until(lambda: "called" in noted(notes))
        one.notify("$/cancelRequest", {"id": number})
        with pytest.raises(Refused) as refused:
            await one.answer(number)
        await until(lambda: "cancelled" in noted(notes))

    assert refused.value.code == -32800


async def test_what_is_wrong_with_a_server_is_said_once() -> None:
    async with editor(settings={"mcpServers": {"gone": {"command": "no-such-program"}}}) as one:
        for _ in range(2):
            await one.request("llm-ls/listTools", {})

        assert [text for text in one.messages() if "gone" in text] == [
            (
                "MCP server 'gone' does not start: there is no program 'no-such-program'. "
                "Correct mcpServers.gone.command, or the PATH that your editor has."
            )
        ]


async def test_a_projects_own_file_starts_nothing(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    arguments = json.dumps([str(REPOSITORY / "tests/rigs/hostile_mcp.py"), "fine", str(notes)])
    (tmp_path / ".llm-ls.toml").write_text(
        f"[mcpServers.evil]\ncommand = {json.dumps(sys.executable)}\nargs = {arguments}\n"
    )
    async with editor(folder=tmp_path) as one:
        listed = await one.request("llm-ls/listTools", {})

        assert not any("server" in tool for tool in listed)
        assert any("may not be set by a workspace" in text for text in one.messages())
    assert not notes.exists()


async def test_in_a_chat_the_model_calls_and_goes_on(tmp_path: Path, vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor), settings=settings(tmp_path / "notes")) as one:
        asked = answering(one, "Once")
        vendor.says(*tool_call("evil__fine", {"n": 1}))
        vendor.says(*whole("It is fine."))
        result = await one.request("llm-ls/chat", {"message": "Is it fine?", "partialResultToken": "t"})
        events = one.progress("t")

    assert result["stopReason"] == "end_turn"
    assert len(asked) == 1
    assert {"type": "tool_result", "id": "call_1", "content": "fine", "isError": False} in events
    assert "evil__fine" in [tool["function"]["name"] for tool in vendor.requests[0].json["tools"]]


async def test_in_a_chat_a_tool_of_the_clients_goes_before_one_of_that_name(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    theirs = {"name": "read_file", "description": "Theirs.", "inputSchema": {"type": "object"}}
    async with editor(environ=environment(vendor), folder=tmp_path) as one:
        asked = answering(one, "Once")
        vendor.says(*tool_call("read_file", {"path": "a.py"}))
        result = await one.request("llm-ls/chat", {"message": "What is in it?", "tools": [theirs]})

    told = [tool["function"] for tool in vendor.requests[0].json["tools"]]
    assert [tool["description"] for tool in told if tool["name"] == "read_file"] == ["Theirs."]
    assert (result["stopReason"], len(result["toolCalls"]), asked) == ("tool_use", 1, [])
