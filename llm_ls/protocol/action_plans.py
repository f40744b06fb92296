"""What a command that works on text is about: the place, the model, and the plan that it is given."""

from llm_ls import errors
from llm_ls.documents import Document, Span
from llm_ls.features import comment_prompts, plans
from llm_ls.features.plans import Plan, Terms
from llm_ls.models import Model
from llm_ls.protocol import chat_documents, context_items, convert, dialogs, ext, operations, workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer, Unanswered
from llm_ls.protocol.operations import Running
from llm_ls.session import Focus
from llm_ls.settings import CustomAction

PROMPT = "prompt"


def place(ls: LlmLanguageServer, arguments: ext.ActionArguments) -> tuple[Document, Span]:
    """What it is about: what the argument names, or else where the user was last, chats left aside."""
    focus = ls.session.focus
    opened = (uri for uri in ls.documents.open_uris if not chat_documents.is_chat(ls.document(uri)))
    uri = arguments.uri or next(opened, None)
    if uri is None:
        raise errors.NotFound("no document is open", hint="open one, or name it in the argument")
    document = ls.document(uri)
    if arguments.range is not None:
        return document, convert.from_lsp_selection(document, arguments.range, ls.client.position_encoding)
    if focus is not None and focus.uri == uri:
        return document, focus.span
    return document, document.whole


async def prepared(
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


async def began_chat(
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
