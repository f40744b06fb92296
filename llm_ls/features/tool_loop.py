"""An answer with tools: ask the model, run what it calls, ask again with the results, until it calls nothing more."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing

import attrs

from llm_ls import errors, messages
from llm_ls.features.chat import Answer
from llm_ls.messages import Message, Notice, StreamEvent, ToolCall, ToolResult, Usage
from llm_ls.models import Model, ModelRequest
from llm_ls.prompts import budget, fitting
from llm_ls.tools.tool import Tool
from llm_ls.wire import Malformed

MOST_RESULT_TOKENS = 10_000
"""Of one call; tools keep below it by themselves, and say better what is left out."""

logger = logging.getLogger(__name__)


@attrs.frozen
class Said:
    """A message of the answer is complete: the model's, or one with the results of what it called.

    Attributes:
        usage: Of all that the answer has taken so far.
    """

    message: Message
    usage: Usage


@attrs.frozen
class Limits:
    """How far an answer may go.

    Attributes:
        rounds: How often the model may go on with results.
        tokens: What it can be sent, as `budget` counts; `None` is as much as there is.
    """

    rounds: int
    tokens: int | None = None


async def answer(
    model: Model, request: ModelRequest, tools: Sequence[Tool], limits: Limits, spent: Usage = Usage()
) -> AsyncGenerator[StreamEvent | ToolResult | Said]:
    """Yield the events of all rounds as those of one answer, with one `MessageEnd`, and each message once it is there.

    A call of another tool than `tools` is somebody else's to run: it ends the answer with `tool_use`.

    Args:
        request: Its tools are all that the model is told of.
        spent: What the answer has taken before, if it goes on.

    Raises:
        errors.ProviderError: As `Model.stream` does.
        errors.ContextWindowExceeded: The question alone is longer than what can be sent.
    """
    ours = {tool.name: tool for tool in tools}
    usage, left_out = spent, 0
    for number in range(limits.rounds + 1):
        asked, notice, left_out = _fitted(request, limits, left_out)
        if notice is not None:
            yield notice
        said, end = Answer(), messages.MessageEnd("other")
        async with aclosing(model.stream(asked)) as events:
            async for event in events:
                said.add(event)
                match event:
                    case messages.UsageReport(of_round):
                        yield messages.UsageReport(messages.total(usage, of_round))
                    case messages.MessageEnd():
                        end = event
                    case _:
                        yield event
        usage = messages.total(usage, said.usage)
        done = [Message("assistant", said.parts)] if said.parts else []
        if done:
            yield Said(done[0], usage)
        to_run = [call for call in said.tool_calls if call.name in ours or not _is_known(call, request)] if ours else []
        if to_run and number == limits.rounds:
            yield Notice("tool_limit", f"stopped after {limits.rounds} rounds of tools (`chat.maxToolRounds`)")
            to_run = []
        results: list[ToolResult] = []
        async with aclosing(_run(to_run, ours)) as finished:
            async for result in finished:
                results.append(result)
                yield result
        if results:
            by_call = {result.tool_use_id: result for result in results}
            done.append(Message("user", tuple(by_call[call.id] for call in said.tool_calls if call.id in by_call)))
            yield Said(done[-1], usage)
        if not results or len(results) < len(said.tool_calls):
            yield end
            return
        request = attrs.evolve(request, messages=(*request.messages, *done))


def _fitted(request: ModelRequest, limits: Limits, left_out: int) -> tuple[ModelRequest, Notice | None, int]:
    """What fits of `request`; and what to say of it, if more has been left out than before."""
    if limits.tokens is None:
        return request, None, 0
    fitted = fitting.fit(request.messages, limits.tokens, overhead=fitting.overhead(request))
    now = fitted.results_left_out + fitted.turns_left_out
    notice = Notice("truncated_context", fitted.sentence) if now > left_out else None
    return attrs.evolve(request, messages=fitted.messages), notice, max(now, left_out)


def _is_known(call: ToolCall, request: ModelRequest) -> bool:
    return any(call.name == tool.name for tool in request.tools)


async def _run(calls: Sequence[ToolCall], tools: Mapping[str, Tool]) -> AsyncGenerator[ToolResult]:
    """Run all at once; each result as it comes. Leaving early stops those that still run."""
    running = {asyncio.create_task(result(call, tools), name=f"tool {call.name}") for call in calls}
    try:
        while running:
            finished, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in finished:
                yield task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def result(call: ToolCall, tools: Mapping[str, Tool]) -> ToolResult:
    """What the model is told; a failure is a result too, so that it can do better."""
    try:
        if call.name not in tools:
            raise errors.NotFound(f"there is no tool {call.name!r}", hint=f"use one of {', '.join(sorted(tools))}")
        if call.raw:
            raise errors.InvalidRequest("the arguments are no JSON object", hint="send a JSON object")
        content, failed = await tools[call.name].run(call.input), False
    except errors.LlmLsError as error:
        content, failed = error.sentence, True
    except Malformed as error:
        content, failed = str(error), True
    except Exception:  # whatever a tool does, the answer goes on
        logger.exception("the tool %s failed", call.name)
        content, failed = "The tool failed inside llm-ls.", True
    if len(shown := budget.cut(content, MOST_RESULT_TOKENS)) < len(content):
        shown += f"\n[{len(content) - len(shown):,} more characters left out]"
    return ToolResult(call.id, shown, failed)
