"""A tool of an MCP server, as the model and the user see it."""

from typing import Any

import pytest

from llm_ls.models import ToolDefinition
from llm_ls.tools.mcp.offered import Offered, tool
from llm_ls.tools.tool import Input, Tool


def made(name: str = "create_issue", description: str = "Creates an issue.") -> Tool:
    async def call(called: str, given: Input) -> str:
        return f"{called} {dict(given)}"

    return tool("github", Offered(name, ToolDefinition(name, description, {"type": "object"})), "github__x", call)


def test_says_whose_it_is_and_what_it_is_given() -> None:
    assert made().title({"title": "é", "n": 1}) == (
        'Call create_issue of the MCP server github with {"title": "é", "n": 1}'
    )
    assert (made().access, made().server, made().name) == ("external", "github", "github__x")


def test_a_permission_is_for_one_tool_of_one_server() -> None:
    assert made().scope({"any": "thing"}) == "mcp: github/create_issue"


async def test_is_called_by_its_own_name() -> None:
    assert await made().run({"a": 1}) == "create_issue {'a': 1}"


def test_description_is_cut() -> None:
    assert made(description="x" * 5_000).definition.description == "x" * 1_024


def test_a_long_input_is_cut_and_said_to_be() -> None:
    title = made().title({"a": "x" * 2_000})

    assert title.endswith("… (1,509 more characters)")
    assert len(title) < 600


@pytest.mark.parametrize("given", [{"a": "\u202etxt.exe"}, {"a\nb": "\x1b[31m"}, {"a": "\ud800"}, {"a": {1, 2}}])
def test_no_input_breaks_the_question_or_disguises_it(given: Any) -> None:
    assert made(name="do\n\u202eit" + "x" * 200).title(given).isprintable()
