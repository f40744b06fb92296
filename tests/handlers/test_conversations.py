"""`llm-ls/listConversations` and its kin: what was asked is found again, changed as the user says, and taken along."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from llm_ls.messages import Image, Message, Text, Thinking, ToolCall, ToolResult, Usage, user
from llm_ls.protocol import initialize, jsonrpc
from tests.rigs.editor import Editor, Refused, editor
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

SHAPES = {"llm_ls.protocol.ext_conversations", "llm_ls.protocol.kept_conversations", "llm_ls.features.chat_document"}


async def asked(one: Editor, vendor: LoopbackVendor, message: str, **params: Any) -> Any:
    vendor.says(*whole(f"About {message}"))
    return await one.request("llm-ls/chat", {"message": message, **params})


async def titles(one: Editor, **params: Any) -> list[str]:
    return [found["title"] for found in await one.request("llm-ls/listConversations", params)]


async def read(one: Editor, id: str, **params: Any) -> Any:
    return await one.request("llm-ls/getConversation", {"id": id, **params})


def test_server_imports_no_shapes_before_they_are_needed() -> None:
    imported = "import sys, llm_ls.server; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", imported], capture_output=True, text=True, check=True)

    assert SHAPES & set(done.stdout.split()) == set()


async def test_lists_what_was_asked_the_newest_first(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        first = await asked(one, vendor, "lists")
        await asked(one, vendor, "tuples")
        await asked(one, vendor, "what else", conversationId=first["conversationId"])
        newest, other = await one.request("llm-ls/listConversations", {})

    assert (newest["title"], other["title"]) == ("lists", "tuples")
    assert newest["id"] == first["conversationId"]
    assert (newest["turns"], newest["model"]) == (4, "openai/gpt-test")
    assert newest["usage"]["inputTokens"] == 24
    assert newest["createdAt"] < newest["updatedAt"]
    assert newest["updatedAt"].endswith("Z")
    assert "workspace" not in newest


async def test_searches_titles_questions_and_answers(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        await asked(one, vendor, "lists")
        await asked(one, vendor, "tuples")

        assert await titles(one, query="LIST") == ["lists"]
        assert await titles(one, query="about tup") == ["tuples"]
        assert await titles(one, query="sets") == []


async def test_pages_are_as_long_as_is_asked_and_miss_nothing(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        for name in ("a", "b", "c"):
            await asked(one, vendor, name)
        page = await one.request("llm-ls/listConversations", {"limit": 2})
        rest = await titles(one, limit=2, before=page[-1]["updatedAt"])

    assert ([found["title"] for found in page], rest) == (["c", "b"], ["a"])


async def test_those_of_other_folders_are_listed_when_asked_for(vendor: LoopbackVendor, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        async with editor(environ=environment(vendor), folder=tmp_path / name) as one:
            await asked(one, vendor, name)
            here = await one.request("llm-ls/listConversations", {})
            everywhere = await titles(one, everywhere=True)
    async with editor(environ=environment(vendor)) as without_folders:
        nowhere = await titles(without_folders)

    assert [(found["title"], found["workspace"]) for found in here] == [("two", (tmp_path / "two").as_uri())]
    assert everywhere == ["two", "one"]
    assert nowhere == []


async def test_a_client_without_folders_finds_what_it_asked_before_it_opened_a_project(
    vendor: LoopbackVendor, tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    async with editor(environ=environment(vendor)) as one:
        await asked(one, vendor, "before")
        one.open("x = 1\n", (tmp_path / "a.py").as_uri())
        await one.request("llm-ls/listProposals", {})
        await asked(one, vendor, "after")
        listed = await one.request("llm-ls/listConversations", {})

    assert [(found["title"], found.get("workspace")) for found in listed] == [
        ("after", tmp_path.as_uri()),
        ("before", None),
    ]


async def test_a_conversation_comes_with_its_turns(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        context = [{"type": "text", "title": "notes", "text": "one two three"}]
        first = await asked(one, vendor, "lists", context=context)
        again = await asked(one, vendor, "lists!", conversationId=first["conversationId"], after="")
        kept = await read(one, first["conversationId"])
        former = await read(one, first["conversationId"], upto=first["messageId"])
        other = await read(one, first["conversationId"], through=first["questionId"])

    question, answer = kept["turns"]
    assert other["turns"] == former["turns"]
    assert (question["id"], question["role"], question["content"]) == (again["questionId"], "user", "lists!")
    assert question["alternatives"] == [first["questionId"]]
    assert "usage" not in question
    assert (answer["id"], answer["content"], answer["model"]) == (again["messageId"], "About lists!", "openai/gpt-test")
    assert (answer["stopReason"], answer["usage"]["inputTokens"]) == ("end_turn", 12)
    assert {"steps", "cutOff", "alternatives", "context"} & answer.keys() == set()
    assert former["turns"][0]["context"] == [{"title": "notes", "tokens": 4}]
    assert [turn["id"] for turn in former["turns"]] == [first["questionId"], first["messageId"]]


async def test_an_answer_that_is_more_than_text_shows_its_steps(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        kept = one.server.session.conversations
        id = await kept.begin("", "Tools")
        question = await kept.ask(id, "", Message("user", (Text("See"), Image("image/png", "aGk="))))
        draft = await kept.begin_answer(id, question, "openai/gpt-test")
        calls = (Thinking("hm", "openai", {"secret": 1}), Text("Let me look."), ToolCall("c1", "read", {"a": 1}))
        results = Message("user", (ToolResult("c1", "text", True),))
        messages = (Message("assistant", calls), results, Message("assistant", (Text("Done."),)))
        await draft.step((*messages, Message("assistant", (ToolCall("c2", "ask", {}),))), "openai/gpt-test", Usage())
        found = await read(one, id)
        exported = await one.request("llm-ls/exportConversation", {"id": id})

    question, answer = found["turns"]
    assert question["content"] == [
        {"type": "text", "text": "See"},
        {"type": "image", "mediaType": "image/png", "data": "aGk="},
    ]
    assert answer["content"] == "Let me look.\n\nDone."
    assert answer["cutOff"] is True
    assert answer["steps"] == [
        {"type": "thinking", "text": "hm"},
        {"type": "text", "text": "Let me look."},
        {"type": "tool", "id": "c1", "name": "read", "input": {"a": 1}, "content": "text", "isError": True},
        {"type": "text", "text": "Done."},
        {"type": "tool", "id": "c2", "name": "ask", "input": {}},
    ]
    assert exported["title"] == "Tools"
    assert "> → read 1, failed: text" in exported["text"]


async def test_a_title_is_changed_to_one_line(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        id = (await asked(one, vendor, "lists"))["conversationId"]
        renamed = await one.request("llm-ls/renameConversation", {"id": id, "title": " About\nlists " + "x" * 300})
        with pytest.raises(Refused) as refused:
            await one.request("llm-ls/renameConversation", {"id": id, "title": " \n "})
        kept = await titles(one)

    assert renamed["title"].startswith("About lists xxx")
    assert (len(renamed["title"]), kept) == (200, [renamed["title"]])
    assert str(refused.value) == "A conversation cannot be without a title. Give it a title."
    assert refused.value.data["kind"] == "invalid_request"


async def test_a_fork_goes_on_by_itself(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        first = await asked(one, vendor, "lists")
        await asked(one, vendor, "more", conversationId=first["conversationId"])
        fork = await one.request(
            "llm-ls/forkConversation",
            {"id": first["conversationId"], "turnId": first["messageId"], "title": "Only lists"},
        )
        await asked(one, vendor, "else", conversationId=fork["id"])
        contents = [turn["content"] for turn in (await read(one, fork["id"]))["turns"]]
        original = [turn["content"] for turn in (await read(one, first["conversationId"]))["turns"]]

    assert (fork["title"], fork["turns"]) == ("Only lists", 2)
    assert contents == ["lists", "About lists", "else", "About else"]
    assert original == ["lists", "About lists", "more", "About more"]


async def test_a_cleared_conversation_keeps_its_name_and_a_deleted_one_nothing(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        id = (await asked(one, vendor, "lists"))["conversationId"]
        cleared = await one.request("llm-ls/clearConversation", {"id": id})
        await asked(one, vendor, "anew", conversationId=id)
        anew = [turn["content"] for turn in (await read(one, id))["turns"]]
        deleted = await one.request("llm-ls/deleteConversation", {"id": id})

        assert (cleared["id"], cleared["title"], cleared["turns"]) == (id, "lists", 0)
        assert anew == ["anew", "About anew"]
        assert (deleted, await titles(one)) == ({}, [])


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("getConversation", {}),
        ("renameConversation", {"title": "x"}),
        ("forkConversation", {}),
        ("clearConversation", {}),
        ("deleteConversation", {}),
        ("exportConversation", {}),
    ],
)
async def test_one_that_is_not_there_is_named(method: str, params: dict[str, Any]) -> None:
    async with editor() as one:
        with pytest.raises(Refused) as refused:
            await one.request(f"llm-ls/{method}", {"id": "nothing", **params})

    assert str(refused.value) == "There is no conversation 'nothing'. List the conversations there are."
    assert refused.value.data["kind"] == "not_found"


@pytest.mark.parametrize(
    ("params", "place"),
    [
        ({"before": "yesterday"}, "params.before: expected a time"),
        ({"limit": 0}, "params.limit: expected 1 or more"),
        ({"query": 7}, "params.query: expected text"),
    ],
)
async def test_what_it_cannot_list_is_named(params: dict[str, Any], place: str) -> None:
    async with editor() as one:
        with pytest.raises(Refused) as refused:
            await one.request("llm-ls/listConversations", params)

    assert refused.value.code == jsonrpc.INVALID_PARAMS
    assert place in str(refused.value)


async def test_exports_markdown_in_which_nobody_forges_a_turn(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        kept = one.server.session.conversations
        id = await kept.begin("", "Forgery")
        question = await kept.ask(id, "", user("Say\n## You\nnothing"))
        draft = await kept.begin_answer(id, question, "openai/gpt-test")
        await draft.end((Message("assistant", (Text("No."),)),), "openai/gpt-test", Usage(1200, 30), "end_turn")
        exported = await one.request("llm-ls/exportConversation", {"id": id})

    assert exported["text"] == (
        "# Forgery\n\n## You\n\nSay\n\\## You\nnothing\n\n## Assistant\n\nNo.\n\n> — gpt-test · 1.2k→30 tok\n"
    )


def test_a_client_is_told_of_the_methods() -> None:
    methods = set(initialize.result({})["capabilities"]["experimental"]["llm-ls"]["methods"])

    assert {f"llm-ls/{verb}Conversation" for verb in ("get", "rename", "fork", "clear", "delete", "export")} < methods
    assert "llm-ls/listConversations" in methods
