"""What a model would be sent, as Markdown: of a question, of a chat document, of a code action. Nothing is sent."""

import attrs

from llm_ls import errors
from llm_ls.features import chat, chat_branch, chat_document, comment_prompts, preview
from llm_ls.prompts import fitting
from llm_ls.protocol import action_plans, chat_params, chat_sending, ext, questions
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.protocol.operations import Running
from llm_ls.protocol.questions import Prepared

_TO_SUM_UP = "the earlier turns do not fit any more: they would be summed up first; without a summary, this is sent"


async def of_question(ls: LlmLanguageServer, params: ext.ChatParams) -> ext.PreviewResult:
    """What `llm-ls/chat` would send.

    Raises:
        errors.LlmLsError: The question cannot be asked.
    """
    if params.messages is None:
        return _shown(await questions.prepared(ls, params))
    request = chat.request(await chat_params.to_question(ls, params))
    model = await ls.session.model_for("chat", params.model, conversation=params.conversation_id or "")
    return ext.PreviewResult(model.name, preview.markdown(model.name, request))


async def of_chat(ls: LlmLanguageServer, uri: str) -> ext.PreviewResult:
    """What `llm-ls.chat.send` would send; nothing is kept.

    Raises:
        errors.LlmLsError: There is no question, or it cannot be asked.
    """
    parsed = chat_document.parse(ls.document(uri).text)
    number = chat_branch.question_in(parsed.sections, again=chat_branch.is_cut_off(parsed))
    try:
        kept = await chat_sending.kept(ls, parsed.front.conversation)
    except errors.StorageFailed:  # the document has all of it
        kept = None
    asking = chat_branch.asking(parsed.sections[: number + 1], kept.turns if kept else ())
    params = await chat_sending.params(ls, parsed.front, asking, kept.summary.id if kept else "")
    if asking.again:
        return _shown(await questions.prepared(ls, params))
    known = kept.turns if kept else ()
    agreed = next((place + 1 for place, turn in enumerate(known) if turn.id == asking.after), 0)
    before = (*known[:agreed], *map(chat_branch.turn_of, asking.earlier))
    return _shown(await questions.prepared(ls, params, before))


async def of_action(ls: LlmLanguageServer, given: ext.PreviewArguments, running: Running) -> ext.PreviewResult:
    """What the command of a code action would send.

    Raises:
        errors.LlmLsError: It cannot be done.
    """
    document, span = action_plans.place(ls, given)
    wanted = bool(given.instruction) or comment_prompts.instruction_above(document, span) is not None
    action = given.action or (action_plans.PROMPT if given.prompt else "edit" if wanted else "explain")
    model, plan = await action_plans.prepared(ls, action, given, document, span, running)
    return ext.PreviewResult(model.name, preview.markdown(model.name, plan.request))


def _shown(ready: Prepared) -> ext.PreviewResult:
    request, left_out = ready.request, [notice.message for notice in ready.notices]
    try:
        fitted = fitting.fit(request.messages, ready.tokens, overhead=fitting.overhead(request))
    except errors.ContextWindowExceeded as error:
        left_out.append(error.sentence)
        tokens = fitting.fit(request.messages, 1 << 40, overhead=fitting.overhead(request)).tokens
    else:
        left_out += [_TO_SUM_UP] if fitted.turns_left_out else []
        left_out += [fitted.sentence] if fitted.sentence else []
        request, tokens = attrs.evolve(request, messages=fitted.messages), fitted.tokens
    text = preview.markdown(ready.model.name, request, tuple(left_out), f"About {tokens:,} of {ready.tokens:,} tokens.")
    return ext.PreviewResult(ready.model.name, text)
