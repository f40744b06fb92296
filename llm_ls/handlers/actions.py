"""The commands behind code actions, and `llm-ls/edit`: ask a model, then propose an edit or open the answer."""

from collections.abc import Coroutine
from contextlib import aclosing
from typing import Any

from llm_ls import errors, messages
from llm_ls.documents import Document, Span
from llm_ls.features import comment_prompts, edits, plans
from llm_ls.features.action_table import ACTIONS
from llm_ls.features.plans import Plan, Terms
from llm_ls.features.proposals import Proposal
from llm_ls.models import Model
from llm_ls.protocol import (
    context_items,
    convert,
    dialogs,
    ext,
    operations,
    review,
    shown_texts,
    workspace_files,
)
from llm_ls.protocol.language_server import LlmLanguageServer, Unanswered
from llm_ls.protocol.operations import Running
from llm_ls.protocol.partial_results import PartialResults
from llm_ls.session import Focus
from llm_ls.settings import CustomAction
from llm_ls.wire import from_json, to_json

PROMPT = "prompt"


def register(server: LlmLanguageServer) -> None:
    for action_id in (*ACTIONS, PROMPT):
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
        document, span = _place(ls, arguments)
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
            model, plan = await _prepare(ls, "edit", arguments, document, span, running)
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
            document, span = _place(ls, arguments)  # now: the next message may change the text
        except errors.NotFound as error:
            dialogs.say_error(ls, error)
            return {}

        async def run(running: Running) -> None:
            await ls.session.ready()
            if action_id == PROMPT and await _began_chat(ls, arguments, document, span, running):
                return
            model, plan = await _prepare(ls, action_id, arguments, document, span, running)
            if plan.action.answer == "show":
                await _show(ls, model, plan, running)
            else:
                await _edit(ls, model, plan, running)

        return operations.start(ls, row.title if row else arguments.prompt or "Prompt", run, ls.work_done_token)


async def _prepare(
    ls: LlmLanguageServer,
    action_id: str,
    arguments: ext.ActionArguments,
    document: Document,
    span: Span,
    running: Running,
) -> tuple[Model, Plan]:
    """What is to be done, and who does it.

    Raises:
        errors.LlmLsError: It cannot be done: no such text, model or instruction.
    """
    await workspace_files.refuse_excluded(ls, document.uri)
    instruction = arguments.instruction or ""
    custom = None
    if action_id == PROMPT:
        custom, instruction = await _custom(ls, arguments, document, span)
    model = await ls.session.model_for("edit", arguments.model or (custom.model if custom else None))
    running.operation.model = model.name
    if action_id == "edit" and not instruction and comment_prompts.instruction_above(document, span) is None:
        instruction = await _ask_instruction(ls)
    plan = plans.plan(
        action_id,
        document,
        span,
        diagnostics=context_items.to_diagnostics(ls, document, arguments.diagnostics),
        instruction=instruction,
        custom=custom,
        terms=await _terms(ls, document.uri, model),
    )
    return model, plan


async def _terms(ls: LlmLanguageServer, uri: str, model: Model) -> Terms:
    known = ls.session.registry.known(model.name)
    return Terms(
        name=workspace_files.name_of(ls, uri),
        guidance=await workspace_files.guidance(ls),
        exclude=ls.session.settings.context.exclude,
        context_window=known.context_window if known else None,
    )


def _place(ls: LlmLanguageServer, arguments: ext.ActionArguments) -> tuple[Document, Span]:
    focus = ls.session.focus
    uri = arguments.uri or next(iter(ls.documents.open_uris), None)
    if uri is None:
        raise errors.NotFound("no document is open", hint="open one, or name it in the argument")
    document = ls.document(uri)
    if arguments.range is not None:
        return document, convert.from_lsp_selection(document, arguments.range, ls.client.position_encoding)
    if focus is not None and focus.uri == uri:
        return document, focus.span
    return document, document.whole


async def _custom(
    ls: LlmLanguageServer, arguments: ext.ActionArguments, document: Document, span: Span
) -> tuple[CustomAction, str]:
    """An action of the user's own, out of the settings or the library; and the words that it has not taken in."""
    words = arguments.instruction or ""
    if (found := _in_settings(ls, arguments.prompt)) is not None:
        return found, words
    from llm_ls.protocol import prompt_library  # many have no prompts

    prompt = prompt_library.find(ls, arguments.prompt or "", document.uri)
    if "input" in prompt.variables and not words:
        words = await _asked_for(ls, prompt.title, document, span)
    problems = context_items.to_diagnostics(ls, document, arguments.diagnostics) or None
    return await prompt_library.action(ls, prompt, words, prompt_library.Place(document, span, problems)), ""


def _in_settings(ls: LlmLanguageServer, title: str | None) -> CustomAction | None:
    if title is None:
        raise errors.InvalidRequest("no action of your own is named", hint="name one as `prompt` in the argument")
    return next((action for action in ls.session.settings.code_actions.custom if action.title == title), None)


async def _asked_for(ls: LlmLanguageServer, title: str, document: Document, span: Span) -> str:
    """The words that a prompt wants: those of a comment above the code, or a line asked of the user."""
    if (comment := comment_prompts.instruction_above(document, span)) is not None:
        return comment.text
    if not ls.client.input:
        raise errors.InvalidRequest(
            f"{title!r} wants words of yours",
            hint="give them as `instruction`, or in a comment above the code, such as `# llm: simplify this`",
        )
    if (answer := await dialogs.ask_line(ls, title)) is None:
        raise operations.Dismissed
    return answer


async def _began_chat(
    ls: LlmLanguageServer, arguments: ext.ActionArguments, document: Document, span: Span, running: Running
) -> bool:
    """Begin a chat if the prompt is one whose answer is to be a chat."""
    if _in_settings(ls, arguments.prompt) is not None:
        return False
    from llm_ls.protocol import chat_opening, prompt_library

    prompt = prompt_library.find(ls, arguments.prompt or "", document.uri)
    if prompt.answer != "chat":
        return False
    await workspace_files.refuse_excluded(ls, document.uri)
    ls.session.focus = Focus(document.uri, span)
    question = f"/{prompt.name} {arguments.instruction or ''}".rstrip()
    await chat_opening.begin(ls, question, arguments.model or "", None, running)
    return True


async def _ask_instruction(ls: LlmLanguageServer) -> str:
    """What the user wants: a line of text from our clients, from others one of the ready-made ones."""
    question = "What should be changed? (Or write it as a comment above the code, such as `# llm: simplify this`.)"
    try:
        if ls.client.input:
            answer = await dialogs.ask_line(ls, "What should be changed?")
        else:
            presets = {preset.title: preset.instruction for preset in comment_prompts.PRESETS}
            answer = presets.get(await dialogs.choose(ls, question, tuple(presets)) or "")
    except Unanswered as error:
        raise errors.InvalidRequest(
            "there is no instruction", hint="write it as a comment above the code, such as `# llm: simplify this`"
        ) from error
    if answer is None:
        raise operations.Dismissed
    return answer


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
