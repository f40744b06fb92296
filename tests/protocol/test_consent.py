"""The user's word on a model's tools: what is asked, what is not asked again, and what happens without an answer."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from llm_ls import errors
from llm_ls.models import ToolDefinition
from llm_ls.protocol import consent
from llm_ls.tools.tool import Access, Input, Tool
from tests.rigs.editor import CANNOT, Editor, editor

ASK = "window/showMessageRequest"


def tool(access: Access) -> Tool:
    async def run(given: Input) -> str:
        return f"ran {given['path']}"

    definition = ToolDefinition("look", "", {"type": "object"})
    return Tool(definition, access, lambda given: f"Read {given['path']}", run, lambda _: access)


@asynccontextmanager
async def asking(folder: Path | None, answer: str | None, tools: str = "ask") -> AsyncGenerator[Editor]:
    """An editor whose user gives `answer`."""
    async with editor(settings={"chat": {"tools": tools}}, folder=folder) as one:
        one.answers[ASK] = lambda _: answer and {"title": answer}
        yield one


async def run(one: Editor, access: Access = "read", conversation: str = "c1", path: str = "a.py") -> str:
    try:
        return await consent.asked_for(one.server, tool(access), conversation).run({"path": path})
    except errors.PermissionDenied as error:
        return error.message


def asked(one: Editor) -> list[Any]:
    return [params for method, params in one.asked if method == ASK]


async def test_asks_with_what_the_call_does_and_four_answers(tmp_path: Path) -> None:
    async with asking(tmp_path, "Once") as one:
        assert await run(one) == "ran a.py"
        (question,) = asked(one)

    assert question["message"] == "The model asks to: Read a.py"
    assert [action["title"] for action in question["actions"]] == [
        "Once",
        "In this conversation",
        "Always in this workspace",
        "No",
    ]


async def test_without_a_workspace_nothing_is_for_always() -> None:
    async with asking(None, "Once") as one:
        await run(one)
        (question,) = asked(one)

    assert [action["title"] for action in question["actions"]] == ["Once", "In this conversation", "No"]


@pytest.mark.parametrize("answer", ["No", None])
async def test_no_is_no(tmp_path: Path, answer: str | None) -> None:
    async with asking(tmp_path, answer) as one:
        assert await run(one) == "the user does not allow this call"


async def test_once_is_asked_again(tmp_path: Path) -> None:
    async with asking(tmp_path, "Once") as one:
        assert [await run(one), await run(one)] == ["ran a.py", "ran a.py"]
        assert len(asked(one)) == 2


async def test_a_conversation_is_allowed_by_itself(tmp_path: Path) -> None:
    async with asking(tmp_path, "In this conversation") as one:
        for conversation in ("c1", "c1", "c2"):
            await run(one, conversation=conversation)

        assert len(asked(one)) == 2


async def test_always_is_for_the_workspace_and_for_the_next_server(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    async with asking(here, "Always in this workspace") as one:
        await run(one)
    async with asking(here, "No") as one:
        assert await run(one, conversation="c2") == "ran a.py"
        assert asked(one) == []
    async with asking(there, "No") as one:
        assert await run(one) == "the user does not allow this call"


async def test_what_is_allowed_for_reading_is_not_for_more(tmp_path: Path) -> None:
    async with asking(tmp_path, "Always in this workspace") as one:
        await run(one)
        one.answers[ASK] = lambda _: {"title": "No"}

        assert await run(one, "command") == "the user does not allow this call"


@pytest.mark.parametrize(
    ("tools", "access", "questions"),
    [
        ("ask", "read", 1),
        ("ask", "propose", 0),
        ("ask", "command", 1),
        ("auto", "read", 0),
        ("auto", "propose", 0),
        ("auto", "command", 1),
        ("auto", "external", 1),
    ],
)
async def test_settings_may_spare_reading_the_question_and_nothing_else(
    tmp_path: Path, tools: str, access: Access, questions: int
) -> None:
    async with asking(tmp_path, "Once", tools) as one:
        await run(one, access)

        assert len(asked(one)) == questions


async def test_one_question_at_a_time_and_its_answer_may_settle_the_next(tmp_path: Path) -> None:
    async with asking(tmp_path, "In this conversation") as one:
        results = await asyncio.gather(*(run(one, path=f"{number}.py") for number in range(3)))

        assert results == ["ran 0.py", "ran 1.py", "ran 2.py"]
        assert len(asked(one)) == 1


async def test_a_client_that_cannot_ask_allows_nothing(tmp_path: Path) -> None:
    async with asking(tmp_path, None) as one:
        one.answers[ASK] = lambda _: CANNOT

        assert await run(one) == "nobody could be asked to allow this call"
