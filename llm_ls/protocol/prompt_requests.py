"""`llm-ls/listPrompts` and `llm-ls/expandPrompt`: their messages, and what answers them."""

import attrs
from lsprotocol import types

from llm_ls.prompts import library
from llm_ls.protocol import convert, mentioned, prompt_library
from llm_ls.protocol.ext_context import ContextItem
from llm_ls.protocol.language_server import LlmLanguageServer


@attrs.frozen(eq=False, repr=False)
class ListPromptsParams:
    uri: str | None = None


@attrs.frozen(eq=False, repr=False)
class PromptItem:
    name: str
    title: str
    source: library.Origin
    description: str | None = None


@attrs.frozen(eq=False, repr=False)
class ExpandPromptParams:
    """Without `uri`, the place is where the user was last."""

    name: str
    input: str = ""
    uri: str | None = None
    range: types.Range | None = None


@attrs.frozen(eq=False, repr=False)
class Expansion:
    """`context` is what the text mentions, for a question of a conversation that the client keeps."""

    text: str
    context: tuple[ContextItem, ...]
    left_out: tuple[str, ...] | None = None


async def listed(ls: LlmLanguageServer, params: ListPromptsParams) -> tuple[PromptItem, ...]:
    """Those that can be called by name."""
    await ls.session.ready()
    return tuple(
        PromptItem(prompt.name, prompt.title, prompt.origin, prompt.description or None)
        for prompt in prompt_library.known(ls, params.uri)
    )


async def expanded(ls: LlmLanguageServer, params: ExpandPromptParams) -> Expansion:
    """What a prompt asks.

    Raises:
        errors.NotFound: There is no such prompt, or the document is not open.
    """
    await ls.session.ready()
    prompt = prompt_library.find(ls, params.name, params.uri)
    place = prompt_library.focused(ls)
    if params.uri is not None:
        document = ls.document(params.uri)
        span = document.whole
        if params.range is not None:
            span = convert.from_lsp_selection(document, params.range, ls.client.position_encoding)
        place = prompt_library.Place(document, span)
    text, missing = await prompt_library.expansion(ls, prompt, params.input, place)
    items = await mentioned.items(ls, text, (place.document, place.span) if place else None)
    return Expansion(text, items, missing or None)
