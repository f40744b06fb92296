"""The prompts that the user can call by name: their own, the workspace's, and those of the code actions."""

from collections.abc import Iterator

import attrs

from llm_ls import errors
from llm_ls.documents import Diagnostic, Document, Span
from llm_ls.features.action_table import ACTIONS
from llm_ls.prompts import library
from llm_ls.prompts.library import Prompt
from llm_ls.protocol import attaching, ext, mentioned, workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.settings import CustomAction, workspace
from llm_ls.settings.problems import Problem
from llm_ls.settings.prompt_files import PromptFile
from llm_ls.workspace import names

_BUILT_IN = {
    "explain": ("explain", "@selection @diagnostics", "What the selection does, and why."),
    "fix": ("fix", "@selection @diagnostics", "Fix the problems that are reported."),
    "tests": ("test", "@selection", "Write tests for the selection."),
    "docs": ("document", "@selection", "Document the selection."),
}


@attrs.frozen
class Place:
    """Where a prompt is used.

    Attributes:
        diagnostics: Those that it is about; `None` are all that are known of the document.
    """

    document: Document
    span: Span
    diagnostics: tuple[Diagnostic, ...] | None = None


def known(ls: LlmLanguageServer, uri: str | None = None) -> tuple[Prompt, ...]:
    """Each name once: the user's own, before the workspace's, before ours.

    Args:
        uri: Of a document; of the workspace only the prompts of its folder.
    """
    path = workspace_files.path_of(uri) if uri is not None else None
    files = (
        file
        for file in ls.session.prompt_files
        if file.text and (file.folder is None or path is None or path.is_relative_to(file.folder))
    )
    found: dict[str, Prompt] = {}
    for prompt in (*(_parsed(file)[0] for file in files), *_built_in()):
        found.setdefault(prompt.name, prompt)
    return tuple(found.values())


def find(ls: LlmLanguageServer, name: str, uri: str | None = None) -> Prompt:
    """The prompt of that name, or else of that title.

    Raises:
        errors.NotFound: There is none.
    """
    prompts = known(ls, uri)
    named = (prompt for prompt in prompts if prompt.name == name)
    titled = (prompt for prompt in prompts if prompt.title == name)
    if (prompt := next(named, None) or next(titled, None)) is None:
        own = (action.title for action in ls.session.settings.code_actions.custom)
        there = ", ".join((*(prompt.name for prompt in prompts), *map(repr, own)))
        raise errors.NotFound(f"there is no prompt {names.shown(name)!r}", hint=f"use one of {there}")
    return prompt


def use(ls: LlmLanguageServer, files: tuple[PromptFile, ...]) -> list[Problem]:
    """Take `files` for those there are from now on; what is wrong in them."""
    ls.session.prompt_files = files
    menu = {prompt.title: prompt for prompt in reversed(known(ls)) if prompt.menu and prompt.body}
    ls.session.prompt_actions = tuple(map(_action, reversed(menu.values())))
    return [Problem("", str(file.path), what) for file in files for what in _wrong(file)]


def focused(ls: LlmLanguageServer) -> Place | None:
    """Where the user was last, outside of chats."""
    focus = ls.session.focus
    if focus is None:
        return None
    try:
        document = ls.document(focus.uri)
    except errors.NotFound:
        return None
    return Place(document, Span(document.clamp(focus.span.start), document.clamp(focus.span.end)))


async def expanded(ls: LlmLanguageServer, params: ext.ChatParams) -> tuple[ext.ChatParams, tuple[str, ...]]:
    """`params` with what a prompt asks in place of `/name words`, and its model if none is named; what is missing.

    What begins with a slash and is no prompt's name stays as it is.
    """
    parts = (ext.TextPart(params.message),) if isinstance(params.message, str) else params.message or ()
    first = parts[0] if parts else None
    said = library.called(first.text) if isinstance(first, ext.TextPart) else None
    if said is None:
        return params, ()
    await ls.session.ready()
    if (prompt := next((prompt for prompt in known(ls) if prompt.name == said[0]), None)) is None:
        return params, ()
    text, missing = await expansion(ls, prompt, said[1], focused(ls))
    model = params.model or prompt.model or None
    return attrs.evolve(params, message=(ext.TextPart(text), *parts[1:]), model=model), missing


async def expansion(
    ls: LlmLanguageServer, prompt: Prompt, words: str, place: Place | None
) -> tuple[str, tuple[str, ...]]:
    """What is asked, and why which variables are empty."""
    values, missing = {"input": words}, list[str]()
    for variable in sorted(prompt.variables - {"input"}):
        try:
            values[variable] = await _value(ls, variable, place)
        except errors.LlmLsError as error:
            missing.append(f"{{{{{variable}}}}}: {error.message}")
    return library.expand(prompt, values), tuple(missing)


async def action(ls: LlmLanguageServer, prompt: Prompt, words: str, place: Place) -> CustomAction:
    """The prompt as an action of the user's own, for the text in that place.

    Raises:
        errors.InvalidRequest: A variable has no value here.
    """
    text, missing = await expansion(ls, prompt, words, place)
    if missing:
        raise errors.InvalidRequest(missing[0], hint="use it elsewhere, or take the variable out")
    return attrs.evolve(_action(prompt), prompt=text)


async def _value(ls: LlmLanguageServer, variable: str, place: Place | None) -> str:
    if variable == "diff":
        return "\n".join(one.text for one in (await attaching.diff(ls, staged=False)).attachments)
    if place is None:
        raise errors.InvalidRequest("the editor has not told where the cursor is")
    uri = place.document.uri
    await attaching.refuse(ls, uri)
    match variable:
        case "file":
            return attaching.name_of(ls, uri)
        case "language":
            return place.document.language_id
        case "selection":
            return "".join(one.text for one in mentioned.selected(ls, place.document, place.span).attachments)
        case _:
            found = ls.session.diagnostics.of(uri) if place.diagnostics is None else place.diagnostics
            return "\n".join(one.text for one in attaching.problems(attaching.name_of(ls, uri), found).attachments)


def _parsed(file: PromptFile) -> tuple[Prompt, tuple[str, ...]]:
    origin: library.Origin = "user" if file.folder is None else "workspace"
    prompt, wrong = library.parse(names.shown(file.path.stem), file.text, origin)
    if file.folder is not None and workspace.names_a_path(prompt.model):
        return attrs.evolve(prompt, model=""), (*wrong, "may not name a model by a path in a workspace")
    return prompt, wrong


def _wrong(file: PromptFile) -> tuple[str, ...]:
    return (file.problem,) if file.problem else _parsed(file)[1]


def _built_in() -> Iterator[Prompt]:
    for name, (id, mentions, description) in _BUILT_IN.items():
        row = ACTIONS[id]
        body = f"{row.task}\n\n{{{{input}}}}\n\n{mentions}"
        yield Prompt(name, row.title, body, "built-in", description, answer="chat")


def _action(prompt: Prompt) -> CustomAction:
    return CustomAction(
        title=prompt.title,
        prompt=prompt.body,
        kind=prompt.kind,
        model=prompt.model or None,
        applies_to=prompt.applies_to,
        languages=prompt.languages,
        answer="edit" if prompt.answer == "edit" else "show",
    )
