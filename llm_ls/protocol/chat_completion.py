"""`textDocument/completion` in a chat document: what can be mentioned, and the prompts of the library."""

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from lsprotocol import types

from llm_ls.documents import Document, Position, Span
from llm_ls.features import chat_completion
from llm_ls.features.chat_completion import Completion
from llm_ls.protocol import compacting, completing, convert, prompt_library, workspaces
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.session import Listed

LISTED_FOR_S = 10.0
"""How long the files that were found are offered: a repository may have very many, and each key asks."""

COMPACT = Completion(compacting.COMMAND, "sum up the conversation so far")

NOTHING: dict[str, Any] = {"isIncomplete": False, "items": []}


async def items(ls: LlmLanguageServer, document: Document, where: types.Position) -> dict[str, Any]:
    """LSP's `CompletionList` for a place in a chat document."""
    position = convert.from_lsp_position(document, where, ls.client.position_encoding)
    written = chat_completion.writing(document.lines, position.line, position.column)
    if written is None:
        return NOTHING
    span = Span(Position(position.line, written.column), position)
    await ls.session.ready()  # before, it is not known where the project is
    if written.is_prompt:
        found, more = _prompts(ls), False
    else:
        names = await _files(ls)
        found, more = await asyncio.to_thread(chat_completion.mentions, written.text, names)
    made = [_item(ls, document, span, one, number) for number, one in enumerate(found)]
    return {"isIncomplete": more or not (written.is_prompt or written.text == "@"), "items": made}


async def _files(ls: LlmLanguageServer) -> Iterable[str]:
    workspace, listed = workspaces.of(ls), ls.session.listed
    if listed is None or listed.folders != workspace.folders or time.monotonic() - listed.at > LISTED_FOR_S:
        listed = Listed(time.monotonic(), workspace.folders, (await workspace.files()).names)
        ls.session.listed = listed
    return listed.names


def _prompts(ls: LlmLanguageServer) -> tuple[Completion, ...]:
    """All there are, and what we do ourselves: the client picks those that begin as what is written."""
    focus = ls.session.focus
    known = prompt_library.known(ls, focus.uri if focus else None)
    named = (Completion(f"/{prompt.name}", prompt.description or prompt.title) for prompt in known)
    return (*(one for one in named if one.text != COMPACT.text), COMPACT)


def _item(ls: LlmLanguageServer, document: Document, span: Span, one: Completion, number: int) -> dict[str, Any]:
    kind = types.CompletionItemKind.File if one.is_file else types.CompletionItemKind.Keyword
    return {
        "label": one.text,
        "kind": kind.value,
        **({"detail": one.about} if one.about else {}),
        "filterText": one.text,
        "sortText": f"{number:04}",
        "insertTextFormat": types.InsertTextFormat.PlainText.value,
        "textEdit": {"range": completing.to_json_range(ls, document, span), "newText": one.text},
    }
