"""A question of a conversation that the server keeps, as a model would be asked it: its place, context and tools."""

import attrs

from llm_ls.features import kept_questions
from llm_ls.features.kept_questions import Question
from llm_ls.messages import Notice
from llm_ls.models import Model, ModelRequest
from llm_ls.prompts import conversation, fitting, replaying
from llm_ls.protocol import attaching, chat_params, ext, mentioned, prompt_library, toolbox, workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.store.turns import Turn
from llm_ls.tools.tool import Tool


@attrs.frozen
class Prepared:
    """What a model would be asked.

    Attributes:
        params: As they came, with what a prompt of the library asks in place of its name.
        asked: The question in its place.
        request: Before what does not fit is left out.
        tools: The server's own, without the user's consent.
        tokens: What the model can be sent.
        notices: What the user should know of it.
    """

    params: ext.ChatParams
    asked: Question
    model: Model
    request: ModelRequest
    tools: tuple[Tool, ...]
    tokens: int
    notices: tuple[Notice, ...] = ()


async def prepared(ls: LlmLanguageServer, params: ext.ChatParams, before: tuple[Turn, ...] | None = None) -> Prepared:
    """What `conversing.answer` would ask; nothing is kept or sent.

    Args:
        before: The turns that precede the question, where they are not those that are kept.

    Raises:
        errors.LlmLsError: The question cannot be asked.
    """
    params, missing = await prompt_library.expanded(ls, params)
    model = await ls.session.model_for("chat", params.model, conversation=params.conversation_id or "")
    known = await ls.session.registry.learned(model.name)
    tokens = fitting.window_of(known)
    calls = known is None or known.capabilities.maybe_tools
    theirs = chat_params.tools(params)
    taken = {tool.name for tool in theirs}  # the client's own goes before ours of the same name
    offered = await toolbox.tools(ls, params.server_tools, model.name) if calls else ()
    tools = tuple(tool for tool in offered if tool.name not in taken)
    definitions = (*(tool.definition for tool in tools), *theirs)
    system = conversation.instructions(params.system or "", await workspace_files.guidance(ls), tools=bool(tools))
    overhead = fitting.overhead(ModelRequest((), system, tools=definitions))
    asked, left_out = await _question(ls, params, before, max(0, tokens - overhead) // 2)
    turns = replaying.messages(asked.turns, tools=bool(definitions))
    said = tuple(Notice("truncated_context", sentence) for sentence in (*missing, *left_out))
    return Prepared(
        params,
        asked,
        model,
        attrs.evolve(chat_params.request(params, turns, system), tools=definitions),
        tools,
        tokens,
        (*said, *toolbox.notices(ls)),
    )


async def _question(
    ls: LlmLanguageServer, params: ext.ChatParams, before: tuple[Turn, ...] | None, tokens: int
) -> tuple[Question, tuple[str, ...]]:
    """What is asked, with the turns before it; and what was left out.

    Args:
        before: As of `prepared`.
        tokens: How many may be attached to it.
    """
    store = ls.session.conversations
    if params.tool_results:
        return await kept_questions.results(store, params.conversation_id, chat_params.results(params)), ()
    if params.regenerate:
        return await kept_questions.again(store, params.conversation_id, params.after), ()
    message = chat_params.message(params)
    kept_questions.refuse_empty(message)
    attached = await chat_params.attached(ls, params) + await mentioned.attachments(ls, message.text)
    attached = attaching.fitted(attached, tokens)
    if before is not None:
        question = Turn("", "", "user", 0.0, (message,), attached.told)
        return Question((*before, question), params.conversation_id or ""), attached.left_out
    asked = await kept_questions.new(store, params.conversation_id, params.after, message, attached.told)
    return asked, attached.left_out
