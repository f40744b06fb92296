"""A question of a conversation that the server keeps: read, asked with tools, and kept while it is answered."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import Any, Protocol

import attrs

from llm_ls import errors, messages
from llm_ls.features import tool_loop
from llm_ls.features.chat import Answer
from llm_ls.features.kept_answers import KeptAnswer
from llm_ls.messages import Message, Notice, StreamEvent, ToolCall, ToolResult
from llm_ls.prompts import budget
from llm_ls.protocol import chat_params, compacting, consent, ext, questions, workspace_files
from llm_ls.protocol.attached import shown
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.protocol.operations import Running
from llm_ls.protocol.questions import Prepared
from llm_ls.store.turns import Turn


class Parts(Protocol):
    """Where the events of an answer go."""

    @property
    def wanted(self) -> bool:
        """Whether anybody reads them: the result then holds no text."""
        ...

    def send(self, event: StreamEvent | ToolResult) -> None: ...

    def send_value(self, value: dict[str, Any]) -> None: ...


@attrs.frozen
class Unkept:
    """The turns before a question, which the store cannot be asked for, and why."""

    turns: tuple[Turn, ...]
    failure: errors.StorageFailed


async def answer(
    ls: LlmLanguageServer, params: ext.ChatParams, parts: Parts, running: Running, unkept: Unkept | None = None
) -> ext.ChatResult:
    """Ask, and keep question and answer, a cut off one too.

    Args:
        unkept: Where the store has failed before: nothing is kept then.

    Raises:
        errors.LlmLsError: The question cannot be asked, or not answered.
    """
    if params.conversation_id and params.message == compacting.COMMAND:
        return await _compact(ls, params.conversation_id, params.model, parts, running)
    ready = await questions.prepared(ls, params, unkept.turns if unkept else None)
    running.operation.model = ready.model.name
    kept = KeptAnswer(ls.session.conversations, ready.asked, unkept.failure if unkept else None)
    await kept.begin(workspace_files.place(ls))
    model = await ls.session.model_for("chat", ready.params.model, conversation=kept.conversation)
    ready = await compacting.if_needed(kept, attrs.evolve(ready, model=model), running)
    await kept.ask(model.name)
    parts.send_value(_start(kept, model.name, ready.asked.asked.attachments))
    for notice in (*ready.notices, *kept.notices()):
        parts.send(notice)
    said = Answer()
    await _stream(ls, ready, kept, said, parts, running)
    for notice in kept.notices():
        parts.send(notice)
    running.close(f"{said.tokens} tok", cost_usd=said.usage.cost_usd)
    return _result(kept, said, _waiting(kept.messages), running.operation.model, wanted=parts.wanted)


async def _compact(ls: LlmLanguageServer, id: str, model: str | None, parts: Parts, running: Running) -> ext.ChatResult:
    """A summary as the answer to the question for one."""
    made = await compacting.compact(ls, id, model, running)
    summary, ids = made.summary, {"conversationId": id, "questionId": made.question_id}
    parts.send_value({"type": "message_start", "messageId": made.turn_id, **ids, "model": summary.model})
    parts.send(Notice("compacted", f"about {made.tokens_before:,} tokens became {made.tokens_after:,}"))
    parts.send(messages.TextDelta(summary.text))
    parts.send(messages.UsageReport(summary.usage))
    parts.send(messages.MessageEnd("end_turn"))
    running.close(f"{summary.usage.output_tokens} tok", cost_usd=summary.usage.cost_usd)
    return ext.ChatResult(
        message_id=made.turn_id,
        model=summary.model,
        provider=summary.model.partition("/")[0],
        text="" if parts.wanted else summary.text,
        tool_calls=(),
        thinking=(),
        stop_reason="end_turn",
        usage=summary.usage,
        conversation_id=id,
        question_id=made.question_id,
    )


async def _stream(
    ls: LlmLanguageServer, ready: Prepared, kept: KeptAnswer, said: Answer, parts: Parts, running: Running
) -> None:
    """Let the answer come."""
    allowed_in = kept.conversation or kept.answer_id  # one that is not kept is none that others could be taken for
    tools = [consent.asked_for(ls, tool, allowed_in, running) for tool in ready.tools]
    limits = tool_loop.Limits(ls.session.settings.chat.max_tool_rounds, ready.tokens)
    steps = tool_loop.answer(ready.model, ready.request, tools, limits, ready.asked.spent)
    async with aclosing(kept.follow(steps, ready.model.name)) as events:
        async for event in events:
            if not isinstance(event, ToolResult):
                said.add(event)
            running.operation.model = said.answering or ready.model.name
            parts.send(event)
            _report(running, event, said)
            await ls.drained()


def _start(kept: KeptAnswer, model: str, attached: Sequence[messages.Attachment]) -> dict[str, Any]:
    context = [{"title": one.title, "tokens": budget.tokens_in(one.text)} for one in shown(attached)]
    told = {"conversationId": kept.conversation, "questionId": kept.question_id, "context": context}
    known = {name: value for name, value in told.items() if value}
    return {"type": "message_start", "messageId": kept.answer_id, **known, "model": model}


def _report(running: Running, step: StreamEvent | ToolResult, said: Answer) -> None:
    if isinstance(step, Notice):
        running.work.report(step.message)
    elif isinstance(step, messages.ToolUseEnd):
        running.work.report(f"{step.call.name} · {running.operation.seconds:.0f} s")
    else:
        running.report(said.tokens)


def _waiting(done: Sequence[Message]) -> tuple[ToolCall, ...]:
    """The calls that nobody has run yet: the client's."""
    results = {part.tool_use_id for message in done for part in message.parts if isinstance(part, ToolResult)}
    calls = [part for message in done for part in message.parts if isinstance(part, ToolCall)]
    return tuple(call for call in calls if call.id not in results)


def _result(
    kept: KeptAnswer, said: Answer, waiting: tuple[ToolCall, ...], model: str, *, wanted: bool
) -> ext.ChatResult:
    return ext.ChatResult(
        message_id=kept.answer_id,
        model=model,
        provider=model.partition("/")[0],
        text="" if wanted else said.text,
        tool_calls=chat_params.call_items(waiting),
        thinking=chat_params.thinking_items(said.thinking),
        stop_reason=said.stop_reason,
        usage=said.usage,
        conversation_id=kept.conversation or None,
        question_id=kept.question_id or None,
    )
