"""What the words of a message attach to it: what it mentions with `@`, read."""

import asyncio
import contextlib
from pathlib import Path

from lsprotocol import types

from llm_ls import errors
from llm_ls.documents import Document, Span, split_lines
from llm_ls.features import blocks
from llm_ls.messages import Attachment
from llm_ls.prompts import mentions
from llm_ls.prompts.mentions import Mention, Name
from llm_ls.protocol import attaching, convert, workspaces
from llm_ls.protocol.attached import Attached
from llm_ls.protocol.ext_context import (
    ContextItem,
    DiagnosticsContext,
    DiffContext,
    FileContext,
    OpenDocumentsContext,
    RangeContext,
    SymbolsContext,
)
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.workspace.workspace import Workspace

_LINES_AROUND = 20


async def attachments(ls: LlmLanguageServer, text: str) -> Attached:
    """What `text` mentions; what may not be shown, or is not there, is named."""
    attached = Attached()
    for mention in mentions.found(text):
        try:
            attached += await _read(ls, mention)
        except errors.LlmLsError as error:
            attached += Attached(left_out=(f"{mention.written}: {error.message}",))
    return attached


async def items(ls: LlmLanguageServer, text: str, place: tuple[Document, Span] | None) -> tuple[ContextItem, ...]:
    """What `text` mentions as items that a client can send; what may not be shown is left out.

    Args:
        place: Where the user is.
    """
    found: list[ContextItem] = []
    for mention in mentions.found(text):
        match mention.kind:
            case "file" | "symbols":
                found += await _file_item(ls, mention)
            case "selection" if place is not None:
                where = convert.to_lsp_range(*place, ls.client.position_encoding)
                found.append(RangeContext(place[0].uri, where))
            case "diagnostics":
                found += (DiagnosticsContext(uri) for uri in ls.session.diagnostics if ls.session.diagnostics.of(uri))
            case "diff" | "staged":
                found.append(DiffContext(staged=mention.kind == "staged"))
            case "open":
                found.append(OpenDocumentsContext())
            case _:
                pass
    return tuple(found)


async def _file_item(ls: LlmLanguageServer, mention: Mention) -> tuple[ContextItem, ...]:
    workspace = workspaces.of(ls)
    for name in mention.names:
        with contextlib.suppress(errors.LlmLsError):
            uri = (await workspace.path(name.path)).as_uri()
            if mention.kind == "symbols":
                return (SymbolsContext(uri),)
            if not name.lines:
                return (FileContext(uri),)
            first, last = name.lines
            return (RangeContext(uri, types.Range(types.Position(first - 1, 0), types.Position(last, 0))),)
    return ()


async def _read(ls: LlmLanguageServer, mention: Mention) -> Attached:
    match mention.kind:
        case "file" | "symbols":
            return await _file(ls, mention)
        case "selection":
            return await _selection(ls)
        case "diagnostics":
            return await attaching.told_problems(ls)
        case "diff" | "staged":
            return await attaching.diff(ls, staged=mention.kind == "staged")
        case "open":
            return await attaching.open_documents(ls)


async def _file(ls: LlmLanguageServer, mention: Mention) -> Attached:
    workspace = workspaces.of(ls)
    if not workspace.folders and not mention.certain:
        return Attached()
    for name in mention.names:
        path = await _place(workspace, name)
        if path is None:
            continue
        if await asyncio.to_thread(path.is_dir):
            return Attached(left_out=(f"{mention.written}: it is a folder",)) if mention.certain else Attached()
        whole, called, language = await workspace.read(name.path), workspace.name_of(path), path.suffix[1:]
        language = language if language.isalnum() else ""
        if mention.kind == "symbols":
            return attaching.definitions(called, whole)
        if name.lines:
            return attaching.lines(called, split_lines(whole), *name.lines, language)
        return attaching.text(called, whole, language)
    return Attached(left_out=(f"{mention.written}: there is no such file",)) if mention.certain else Attached()


async def _place(workspace: Workspace, name: Name) -> Path | None:
    """Where the file of that name is, or would be that the editor has not saved yet; `None` if there is neither.

    Raises:
        errors.InvalidRequest: It may not be read.
    """
    try:
        return await workspace.path(name.path)
    except errors.NotFound:
        with contextlib.suppress(errors.LlmLsError):  # what is not there is nothing that may not be read
            path = await workspace.place(name.path)
            return path if workspace.open_text(path) is not None else None
    return None


async def _selection(ls: LlmLanguageServer) -> Attached:
    focus = ls.session.focus
    if focus is None:
        raise errors.InvalidRequest("the editor has not told where the cursor is")
    document = await attaching.document(ls, focus.uri)
    return selected(ls, document, Span(document.clamp(focus.span.start), document.clamp(focus.span.end)))


def selected(ls: LlmLanguageServer, document: Document, span: Span) -> Attached:
    """What is selected; where that is nothing, the lines around the cursor that belong together."""
    name = attaching.name_of(ls, document.uri)
    if not span.empty:
        last = span.end.line + (span.end.column > 0 or span.end.line == span.start.line)
        return attaching.text(
            attaching.title(name, span.start.line + 1, last), document.slice(span), document.language_id
        )
    first, last = _around(document, span.start.line)
    shown = attaching.lines(name, document.lines, first + 1, last + 1, document.language_id)
    at = f"the cursor is on line {span.start.line + 1}, and nothing is selected"
    return Attached(tuple(Attachment(f"{one.title} ({at})", one.text, one.language_id) for one in shown.attachments))


def _around(document: Document, line: int) -> tuple[int, int]:
    """The first and the last line of the definition around `line`, or of as much as can be seen at once."""
    around = blocks.enclosing(document, line, blocks.MOST_LINES)
    return around or (max(0, line - _LINES_AROUND), min(len(document.lines) - 1, line + _LINES_AROUND))
