"""An answer with tools: rounds, results, limits, and what is somebody else's to run."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import pytest

from llm_ls import errors, messages
from llm_ls.features import tool_loop
from llm_ls.features.tool_loop import Limits, Said
from llm_ls.messages import (
    Message,
    MessageEnd,
    Notice,
    StreamEvent,
    Text,
    TextDelta,
    ToolCall,
    ToolResult,
    ToolUseEnd,
    ToolUseStart,
    Usage,
    UsageReport,
    user,
)
from llm_ls.models import ModelRequest, ToolDefinition
from llm_ls.tools.tool import Input, Tool


class Rounds:
    """A model that plays one script a round; the last one again and again."""

    name = "test/model"

    def __init__(self, *rounds: tuple[StreamEvent, ...]) -> None:
        self.rounds = rounds
        self.requests: list[ModelRequest] = []

    async def stream(self, request: ModelRequest) -> AsyncGenerator[StreamEvent]:
        self.requests.append(request)
        for event in self.rounds[min(len(self.requests), len(self.rounds)) - 1]:
            yield event


def tool(name: str, run: Callable[[Input], Awaitable[str]]) -> Tool:
    definition = ToolDefinition(name, "", {"type": "object"})
    return Tool(definition, "read", lambda _: name, run, lambda _: "read")


async def echo(given: Input) -> str:
    return f"echo {given['text']}"


def calls(*given: tuple[str, str, dict[str, Any]]) -> tuple[StreamEvent, ...]:
    made = [(ToolUseStart(id, name), ToolUseEnd(ToolCall(id, name, words))) for id, name, words in given]
    return (*(event for pair in made for event in pair), MessageEnd("tool_use"))


SAYS_DONE: tuple[StreamEvent, ...] = (TextDelta("Done."), UsageReport(Usage(20, 2)), MessageEnd("end_turn"))


def request(*tools: Tool) -> ModelRequest:
    return ModelRequest((user("Do it."),), tools=tuple(tool.definition for tool in tools))


async def played(
    model: Rounds, *tools: Tool, rounds: int = 4, others: tuple[ToolDefinition, ...] = (), tokens: int | None = None
) -> list[Any]:
    asked = ModelRequest((user("Do it."),), tools=(*(tool.definition for tool in tools), *others))
    async with aclosing(tool_loop.answer(model, asked, tools, Limits(rounds, tokens))) as steps:
        return [step async for step in steps]


async def test_goes_on_with_the_result() -> None:
    model = Rounds(calls(("c1", "echo", {"text": "a"})), SAYS_DONE)
    steps = await played(model, tool("echo", echo))

    assert ToolResult("c1", "echo a") in steps
    assert steps[-1] == MessageEnd("end_turn")
    assert [step for step in steps if isinstance(step, MessageEnd)] == [MessageEnd("end_turn")]
    assert model.requests[1].messages == (
        user("Do it."),
        Message("assistant", (ToolCall("c1", "echo", {"text": "a"}),)),
        Message("user", (ToolResult("c1", "echo a"),)),
    )


async def test_each_message_is_told_once_it_is_there() -> None:
    model = Rounds((TextDelta("I look."), *calls(("c1", "echo", {"text": "a"}))), SAYS_DONE)
    steps = await played(model, tool("echo", echo))
    told = [step.message for step in steps if isinstance(step, Said)]

    assert told == [
        Message("assistant", (Text("I look."), ToolCall("c1", "echo", {"text": "a"}))),
        Message("user", (ToolResult("c1", "echo a"),)),
        Message("assistant", (Text("Done."),)),
    ]
    assert steps.index(ToolResult("c1", "echo a")) > next(at for at, step in enumerate(steps) if isinstance(step, Said))


async def test_usage_is_that_of_all_rounds() -> None:
    first = (UsageReport(Usage(10, 5, cost_usd=0.5)), *calls(("c1", "echo", {"text": "a"})))
    steps = await played(Rounds(first, SAYS_DONE), tool("echo", echo))

    assert [step.usage for step in steps if isinstance(step, UsageReport)] == [
        Usage(10, 5, cost_usd=0.5),
        Usage(30, 7, cost_usd=0.5),
    ]


async def test_calls_of_one_round_run_at_once_and_are_told_in_the_order_they_were_made() -> None:
    second_has_run = asyncio.Event()

    async def first(_: Input) -> str:
        await second_has_run.wait()
        return "first"

    async def second(_: Input) -> str:
        second_has_run.set()
        return "second"

    model = Rounds(calls(("c1", "first", {}), ("c2", "second", {})), SAYS_DONE)
    steps = await played(model, tool("first", first), tool("second", second))

    assert {step.content for step in steps if isinstance(step, ToolResult)} == {"first", "second"}
    assert model.requests[1].messages[-1].parts == (ToolResult("c1", "first"), ToolResult("c2", "second"))


async def raises_known(_: Input) -> str:
    raise errors.NotFound("there is no file 'x'", hint="list the files")


async def raises_unknown(_: Input) -> str:
    raise ZeroDivisionError("secret detail")


@pytest.mark.parametrize(
    ("name", "run", "told"),
    [
        ("look", raises_known, "There is no file 'x'. List the files."),
        ("look", raises_unknown, "The tool failed inside llm-ls."),
        ("other", echo, "There is no tool 'other'. Use one of look."),
    ],
)
async def test_a_failure_is_a_result(name: str, run: Callable[[Input], Awaitable[str]], told: str) -> None:
    steps = await played(Rounds(calls(("c1", name, {})), SAYS_DONE), tool("look", run))

    assert ToolResult("c1", told, is_error=True) in steps
    assert steps[-1] == MessageEnd("end_turn")


async def test_stops_after_so_many_rounds_and_says_so() -> None:
    model = Rounds(calls(("c1", "echo", {"text": "a"})))
    steps = await played(model, tool("echo", echo), rounds=3)

    assert len(model.requests) == 4
    assert [step for step in steps if isinstance(step, Notice)] == [
        Notice("tool_limit", "stopped after 3 rounds of tools (`chat.maxToolRounds`)")
    ]
    assert steps[-1] == MessageEnd("tool_use")


async def test_a_tool_of_the_client_ends_the_answer_once_ours_have_run() -> None:
    theirs = ToolDefinition("theirs", "", {"type": "object"})
    model = Rounds(calls(("c1", "echo", {"text": "a"}), ("c2", "theirs", {})))
    steps = await played(model, tool("echo", echo), others=(theirs,))

    assert len(model.requests) == 1
    assert [step.tool_use_id for step in steps if isinstance(step, ToolResult)] == ["c1"]
    assert steps[-1] == MessageEnd("tool_use")


async def test_a_long_result_is_cut() -> None:
    async def long(_: Input) -> str:
        return "line\n" * 20_000

    steps = await played(Rounds(calls(("c1", "long", {})), SAYS_DONE), tool("long", long))
    (result,) = [step for step in steps if isinstance(step, ToolResult)]

    assert len(result.content) < 45_000
    assert result.content.endswith("more characters left out]")


async def test_leaving_stops_the_tools_that_run() -> None:
    stopped = asyncio.Event()

    async def forever(_: Input) -> str:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return ""

    async def quick(_: Input) -> str:
        return "quick"

    model = Rounds(calls(("c1", "forever", {}), ("c2", "quick", {})))
    tools = (tool("forever", forever), tool("quick", quick))
    async with aclosing(tool_loop.answer(model, request(*tools), tools, Limits(4))) as steps:
        async for step in steps:
            if isinstance(step, ToolResult):
                break

    assert stopped.is_set()


async def test_what_does_not_fit_is_left_out_and_told_once() -> None:
    async def long(_: Input) -> str:
        return "word " * 2_000

    model = Rounds(calls(("c1", "long", {})), calls(("c2", "long", {})), SAYS_DONE)
    steps = await played(model, tool("long", long), tokens=4_000)
    notices = [step for step in steps if isinstance(step, messages.Notice)]

    assert [notice.kind for notice in notices] == ["truncated_context"]
    assert "Left out to save room" in str(model.requests[2].messages[2])
    assert "word word" in str(model.requests[2].messages[4])
