"""The commands behind code actions, and `llm-ls/edit`: ask a model, then propose an edit or open the answer."""

from collections.abc import Coroutine
from contextlib import aclosing
from typing import Any

from llm_ls import errors, messages
from llm_ls.documents import Document, Span
from llm_ls.features import comment_prompts, edits
from llm_ls.features.action_table import ACTIONS
from llm_ls.features.plans import Plan
from llm_ls.features.proposals import Proposal
from llm_ls.models import Model
from llm_ls.protocol import (
    action_plans,
    dialogs,
    ext,
    operations,
    review,
    shown_texts,
)
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.protocol.operations import Running
from llm_ls.protocol.partial_results import PartialResults
from llm_ls.wire import from_json, to_json


def register(server: LlmLanguageServer) -> None:
    for action_id in (*ACTIONS, action_plans.PROMPT):
        _register_command(server, action_id)

    @server.command("llm-ls.retry")
    def on_retry(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        proposal = review.meant(ls, from_json(argument, ext.ProposalArguments, "arguments[0]").id)
        if (plan := proposal.plan) is None:
            raise errors.InvalidRequest("a model proposed this edit in a chat", hint="ask for another one there")

        async def retry(running: Running) -> None:
            model = await ls.session.model_for("edit", proposal.model, fresh=True)
            running.operation.model = model.name
            again = await _proposed(ls, model, plan, running, PartialResults(ls, None))
            if again is not None:
                ls.session.proposals.discard(proposal.id)
                review.tell_whether_pending(ls, proposal)
                await review.present(ls, again, ls.session.settings.code_actions.review)

        return operations.start(ls, proposal.title, retry, ls.work_done_token)

    @server.feature(ext.EDIT)
    def on_edit(ls: LlmLanguageServer, params: ext.EditParams) -> Coroutine[Any, Any, dict[str, Any]]:
        arguments = ext.ActionArguments(
            params.text_document.uri, params.range, params.instruction, params.model, params.diagnostics
        )
        document, span = action_plans.place(ls, arguments)
        if not params.instruction.strip() and comment_prompts.instruction_above(document, span) is None:
            raise errors.InvalidRequest("there is no instruction", hint="say what should be changed")
        if params.text_document.version not in (None, document.version):
            now = f"the document is at version {document.version} by now"
            raise errors.StaleDocument(now, hint="send the range that the text has there")
        return _edit_request(ls, params, arguments, document, span)


async def _edit_request(
    ls: LlmLanguageServer, params: ext.EditParams, arguments: ext.ActionArguments, document: Document, span: Span
) -> dict[str, Any]:
    with PartialResults(ls, params.partial_result_token) as parts:
        async with operations.running(ls, "Edit", params.work_done_token) as running:
            model, plan = await action_plans.prepared(ls, "edit", arguments, document, span, running)
            proposal = await _proposed(ls, model, plan, running, parts)
    if proposal is None:
        return {"applied": False}
    how = params.review or ls.session.settings.code_actions.review
    made = to_json(review.item(ls, proposal))  # for the text as it is before it lands
    return {"proposal": made, "applied": await review.present(ls, proposal, how, asked=True)}


def _register_command(server: LlmLanguageServer, action_id: str) -> None:
    @server.command(f"llm-ls.{action_id}")
    def on_command(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        arguments = from_json(argument, ext.ActionArguments, "arguments[0]")
        row = ACTIONS.get(action_id)
        try:
            document, span = action_plans.place(ls, arguments)  # now: the next message may change the text
        except errors.NotFound as error:
            dialogs.say_error(ls, error)
            return {}

        async def run(running: Running) -> None:
            await ls.session.ready()
            if action_id == action_plans.PROMPT and await action_plans.began_chat(
                ls, arguments, document, span, running
            ):
                return
            model, plan = await action_plans.prepared(ls, action_id, arguments, document, span, running)
            if plan.action.answer == "show":
                await _show(ls, model, plan, running)
            else:
                await _edit(ls, model, plan, running)

        return operations.start(ls, row.title if row else arguments.prompt or "Prompt", run, ls.work_done_token)


async def _edit(ls: LlmLanguageServer, model: Model, plan: Plan, running: Running) -> None:
    proposal = await _proposed(ls, model, plan, running, PartialResults(ls, None))
    if proposal is not None:
        await review.present(ls, proposal, ls.session.settings.code_actions.review)


async def _proposed(
    ls: LlmLanguageServer, model: Model, plan: Plan, running: Running, parts: PartialResults
) -> Proposal | None:
    """The model's edit; `None` if it changed nothing, which is said."""
    proposal = None
    async with aclosing(edits.edit(model, plan, ls.session.new_id("proposal"))) as steps:
        async for step in steps:
            match step:
                case edits.Progress(tokens, text):
                    running.report(tokens)
                    parts.send(messages.TextDelta(text))
                    await ls.drained()
                case messages.Notice():
                    running.work.report(step.message)
                    parts.send(step)
                case edits.Unchanged():
                    running.work.end()
                    dialogs.say(ls, step.sentence)
                case edits.Proposed(proposal, usage):
                    running.operation.model = proposal.model
                    running.close(proposal.summary, _tokens(usage), cost_usd=usage.cost_usd)
    return proposal


async def _show(ls: LlmLanguageServer, model: Model, plan: Plan, running: Running) -> None:
    async with aclosing(edits.show(model, plan)) as steps:
        async for step in steps:
            match step:
                case edits.Progress(tokens):
                    running.report(tokens)
                case messages.Notice():
                    running.work.report(step.message)
                case edits.Shown(title, text, usage, answering):
                    running.operation.model = answering
                    running.close(_tokens(usage), cost_usd=usage.cost_usd)
                    await shown_texts.show(ls, title, text, ".md")


def _tokens(usage: messages.Usage) -> str:
    return f"{usage.input_tokens} → {usage.output_tokens} tok"
