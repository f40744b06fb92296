"""Tools in kept conversations: whose they are, how they are stopped, and what becomes of a conversation with them."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.editor import NEVER, Editor, Refused, editor
from tests.rigs.openai import environment, tool_calls, whole
from tests.rigs.vendor import LoopbackVendor

ASK = "window/showMessageRequest"
THEIRS = {"name": "theirs", "description": "", "inputSchema": {"type": "object"}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    project.mkdir()
    (project / "a.py").write_text("alpha = 1\n")
    return project


def last(vendor: LoopbackVendor) -> list[dict[str, Any]]:
    return vendor.requests[-1].json["messages"]


def names(vendor: LoopbackVendor) -> list[str]:
    return [tool["function"]["name"] for tool in vendor.requests[-1].json.get("tools", [])]


async def chat(one: Editor, **params: Any) -> Any:
    return await one.request("llm-ls/chat", params)


async def test_a_client_runs_its_own_tools_and_the_answer_goes_on(vendor: LoopbackVendor, folder: Path) -> None:
    vendor.says(*tool_calls(("read_file", {"path": "a.py"}), ("theirs", {"x": 1})))
    vendor.says(*whole("Done."))
    async with editor(environ=environment(vendor), folder=folder) as one:
        one.answers[ASK] = lambda _: {"title": "Once"}
        first = await chat(one, message="Do it.", tools=[THEIRS])
        given = [{"toolUseId": first["toolCalls"][0]["id"], "content": "theirs says"}]
        second = await chat(one, conversationId=first["conversationId"], toolResults=given, tools=[THEIRS])
        kept = await one.request("llm-ls/getConversation", {"id": first["conversationId"]})

    assert first["stopReason"] == "tool_use"
    assert [call["name"] for call in first["toolCalls"]] == ["theirs"]
    assert second["messageId"] == first["messageId"]
    assert [message["content"] for message in last(vendor) if message["role"] == "tool"] == [
        "a.py, line 1 of 1:\nalpha = 1\n",
        "theirs says",
    ]
    assert [(step["type"], step.get("content")) for step in kept["turns"][1]["steps"]] == [
        ("tool", "a.py, line 1 of 1:\nalpha = 1\n"),
        ("tool", "theirs says"),
        ("text", None),
    ]
    assert len(kept["turns"]) == 2


async def test_a_question_instead_of_results_leaves_the_call_without_one(vendor: LoopbackVendor, folder: Path) -> None:
    vendor.says(*tool_calls(("theirs", {})))
    vendor.says(*whole("As you like."))
    async with editor(environ=environment(vendor), folder=folder) as one:
        first = await chat(one, message="Do it.", tools=[THEIRS])
        await chat(one, conversationId=first["conversationId"], message="Leave it.", tools=[THEIRS])

    assert [message["role"] for message in last(vendor)[-3:]] == ["assistant", "tool", "user"]
    assert "was not run" in last(vendor)[-2]["content"]


async def test_results_of_nothing_are_refused(vendor: LoopbackVendor, folder: Path) -> None:
    vendor.says(*whole("Hello."))
    async with editor(environ=environment(vendor), folder=folder) as one:
        first = await chat(one, message="Hi")
        with pytest.raises(Refused, match="No call 'x' waits for a result"):
            await chat(one, conversationId=first["conversationId"], toolResults=[{"toolUseId": "x", "content": ""}])


@pytest.mark.parametrize(
    ("settings", "params", "offered"),
    [
        ({}, {}, True),
        ({}, {"serverTools": ["read_file"]}, ["read_file"]),
        ({}, {"serverTools": []}, []),
        ({}, {"messages": []}, []),
        ({"chat": {"tools": "off"}}, {}, []),
        ({"chat": {"runCommands": True}}, {"serverTools": ["run_command"]}, ["run_command"]),
        ({}, {"serverTools": ["run_command"]}, []),
    ],
)
async def test_tools_are_offered_as_the_settings_and_the_client_want(
    vendor: LoopbackVendor, folder: Path, settings: dict[str, Any], params: dict[str, Any], offered: object
) -> None:
    vendor.says(*whole("ok"))
    async with editor(environ=environment(vendor), folder=folder, settings=settings) as one:
        await chat(one, message="Hi", **params)

    assert names(vendor) == offered if isinstance(offered, list) else "read_file" in names(vendor)


async def test_stopping_takes_back_the_question_that_is_open(vendor: LoopbackVendor, folder: Path) -> None:
    vendor.says(*tool_calls(("read_file", {"path": "a.py"})))
    vendor.says(*whole("Done."))
    async with editor(environ=environment(vendor), folder=folder) as one:
        one.answers[ASK] = lambda _: NEVER
        asked = one.start("llm-ls/chat", {"message": "Do it.", "partialResultToken": "t"})
        await one.until(lambda: ASK in [method for method, _ in one.asked])
        one.notify("$/cancelRequest", {"id": asked})
        with pytest.raises(Refused) as refused:
            await one.answer(asked)
        await one.until(lambda: "$/cancelRequest" in [method for method, _ in one.said])
        (summary,) = await one.request("llm-ls/listConversations", {"everywhere": True})
        one.answers[ASK] = lambda _: {"title": "No"}
        await chat(one, conversationId=summary["id"], message="Go on.")

    assert refused.value.code == -32800
    assert [message["role"] for message in last(vendor)[1:]] == ["user", "assistant", "tool", "user"]
    assert "was not run" in last(vendor)[3]["content"]


async def test_two_servers_go_on_with_one_conversation(vendor: LoopbackVendor, folder: Path) -> None:
    for text in ("One.", "Two.", "Three."):
        vendor.says(*whole(text))
    async with editor(environ=environment(vendor), folder=folder) as one, editor(folder=folder) as other:
        first = await chat(one, message="First?")
        id = first["conversationId"]
        await asyncio.gather(
            chat(one, conversationId=id, after=first["messageId"], message="Second?"),
            chat(other, conversationId=id, after=first["messageId"], message="Third?"),
        )
        (here,) = await one.request("llm-ls/listConversations", {})
        (there,) = await other.request("llm-ls/listConversations", {})
        kept = await one.request("llm-ls/getConversation", {"id": id})

    assert here == there
    assert len(kept["turns"]) == 4
    assert len(kept["turns"][2]["alternatives"]) == 1


async def test_another_model_goes_on_without_what_only_the_first_can_read(vendor: LoopbackVendor, folder: Path) -> None:
    anthropic = {"ANTHROPIC_BASE_URL": vendor.url, "ANTHROPIC_API_KEY": "not-a-key"}
    vendor.plays("anthropic/thinking.sse")
    vendor.says(*whole("From another."))
    vendor.plays("anthropic/text.sse")
    async with editor(environ=environment(vendor) | anthropic, folder=folder) as one:
        first = await chat(one, message="First?", model="anthropic/claude-sonnet-4-5")
        id = first["conversationId"]
        await chat(one, conversationId=id, message="Second?", model="openai/gpt-test")
        to_openai = str(vendor.requests[-1].json)
        await chat(one, conversationId=id, message="Third?", model="anthropic/claude-sonnet-4-5")
        back = vendor.requests[-1].json["messages"]

    assert first["thinking"]
    signature = first["thinking"][0]["state"]["signature"]
    assert signature not in to_openai
    assert signature in str(back[1])
    assert "Second?" in str(back)
