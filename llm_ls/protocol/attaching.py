"""What belongs to a question besides its words, read: as much of it as is sensible, and what is left out by name."""

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path

import attrs

from llm_ls import errors
from llm_ls.documents import Diagnostic, Document
from llm_ls.messages import Attachment
from llm_ls.prompts import budget, outline
from llm_ls.protocol import chat_documents, shown_texts, workspace_files, workspaces
from llm_ls.protocol.attached import Attached
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.workspace import changes, names

MOST_TOKENS = 20_000
"""Of one attachment."""

_SEVERITIES = ("error", "warning", "information", "hint")


def text(name: str, whole: str, language_id: str = "") -> Attached:
    """`whole`, called `name`."""
    return Attached((Attachment(name, whole, language_id),))


def fitted(attached: Attached, tokens: int) -> Attached:
    """`attached` with the longest texts cut at line ends, so that all together and each of them have room.

    Args:
        attached: As it was read.
        tokens: How many may be sent of it.
    """
    sizes = [budget.tokens_in(one.text) for one in attached.attachments]
    most, left = MOST_TOKENS, tokens
    for others, size in zip(range(len(sizes), 0, -1), sorted(sizes), strict=True):  # a short one leaves more to others
        most = min(MOST_TOKENS, left // others)
        left -= min(size, most)
    cut = (
        _cut(one, most) if size > most else Attached((one,))
        for one, size in zip(attached.attachments, sizes, strict=True)
    )
    return sum(cut, Attached()) + Attached(left_out=attached.left_out)


def _cut(whole: Attachment, tokens: int) -> Attached:
    shown = budget.cut(whole.text, tokens)
    first, of = (len(part.splitlines()) for part in (shown, whole.text))
    said = f"only the first {first:,} of {of:,} lines are attached, to save room"
    return Attached((attrs.evolve(whole, title=f"{whole.title} ({said})", text=shown),), (f"{whole.title}: {said}",))


def lines(name: str, whole: Iterable[str], first: int, last: int, language_id: str = "") -> Attached:
    """Lines of a file, the first and the last from 1; what is past its end is not there."""
    shown = list(whole)
    count = len(shown) if shown[-1] else len(shown) - 1
    if first > count:
        return Attached(left_out=(f"{name}: it has only {count:,} lines",))
    last = min(last, count)
    return text(title(name, first, last), "".join(shown[first - 1 : last]), language_id)


def title(name: str, first: int, last: int) -> str:
    """What lines of a file are called."""
    return f"{name}, line {first}" if first == last else f"{name}, lines {first} to {last}"


def definitions(name: str, whole: str) -> Attached:
    """The definitions in a file."""
    found = outline.rendered(outline.symbols(whole.splitlines(), name))
    return text(f"Definitions in {name}", found) if found else Attached(left_out=(f"{name}: no definition was found",))


async def document(ls: LlmLanguageServer, uri: str) -> Document:
    """The document as the editor has it, or as it is on disk.

    Raises:
        errors.NotFound: There is neither.
        errors.InvalidRequest: It may not be sent: excluded, ignored, too large, or no text.
    """
    await refuse(ls, uri)
    return await workspace_files.document(ls, uri)


async def refuse(ls: LlmLanguageServer, uri: str) -> None:
    """Let nothing of `uri` be sent that is excluded or ignored, or lies in the workspace only by a link.

    Raises:
        errors.InvalidRequest: It is.
    """
    await workspace_files.refuse_excluded(ls, uri)
    path, folders = workspace_files.path_of(uri), workspace_files.folders(ls)
    if path is not None and await asyncio.to_thread(_is_inside, path, folders):
        await workspaces.of(ls).place(str(path))


def _is_inside(path: Path, folders: Iterable[Path]) -> bool:
    """Whether it is in the workspace by its name or in truth: a link may lead out, or a folder be called by one."""
    places = {path, Path(os.path.realpath(path))}
    return any(
        place.is_relative_to(top)
        for folder in folders
        for top in {folder, Path(os.path.realpath(folder))}
        for place in places
    )


def name_of(ls: LlmLanguageServer, uri: str) -> str:
    """The document as a model and the user should call it, on one line."""
    return names.shown(workspace_files.name_of(ls, uri))


async def open_documents(ls: LlmLanguageServer) -> Attached:
    """The texts of the documents that are open, the last looked at first; chats are none of them."""
    attached = Attached()
    for uri in ls.documents.open_uris:
        try:
            if uri.startswith(f"{shown_texts.SCHEME}:") or chat_documents.is_completed(ls.document(uri)):
                continue
            opened = await document(ls, uri)
        except errors.LlmLsError as error:
            attached += Attached(left_out=(names.shown(error.message),))
        else:
            attached += text(name_of(ls, uri), opened.text, opened.language_id)
    return attached if attached != Attached() else Attached(left_out=("no document is open",))


async def diff(ls: LlmLanguageServer, *, staged: bool) -> Attached:
    """What is staged in the repositories of the workspace; or else what is not staged, and that as well.

    Raises:
        errors.InvalidRequest: There is no repository, or git does not answer.
    """
    workspace = workspaces.of(ls)
    told = [("Staged changes", await changes.changes(workspace, staged=True))]
    told += [] if staged else [("Changes that are not staged", await changes.changes(workspace))]
    attached = sum((text(title, found.text, "diff") for title, found in told if found.text), Attached())
    for new in (found.untracked for _, found in told if found.untracked):
        attached += text("New files that git does not know yet", "\n".join(new))
    kept_away = dict.fromkeys(name for _, found in told for name in found.omitted)
    attached += Attached(left_out=tuple(f"the changes of {name}, which may not be shown" for name in kept_away))
    nothing = f"nothing {'is staged' if staged else 'has changed'}"
    return attached if attached != Attached() else Attached(left_out=(nothing,))


async def told_problems(ls: LlmLanguageServer) -> Attached:
    """The diagnostics that the client has told of, those where the user is first."""
    session, attached = ls.session, Attached()
    here = (session.focus.uri,) if session.focus else ()
    for uri in dict.fromkeys((*here, *session.diagnostics)):
        if found := session.diagnostics.of(uri):
            try:
                await refuse(ls, uri)
            except errors.LlmLsError as error:
                attached += Attached(left_out=(error.message,))
            else:
                attached += problems(name_of(ls, uri), found)
    return attached if attached != Attached() else Attached(left_out=("the editor has told of no problem",))


def problems(name: str, found: Iterable[Diagnostic]) -> Attached:
    """Diagnostics of a document, a line each."""
    said = "\n".join(map(_line, found))
    return text(f"Diagnostics of {name}", said) if said else Attached()


def _line(diagnostic: Diagnostic) -> str:
    known = 1 <= diagnostic.severity <= len(_SEVERITIES)
    severity = _SEVERITIES[diagnostic.severity - 1] if known else "problem"
    by = f" ({diagnostic.source})" if diagnostic.source else ""
    return f"line {diagnostic.span.start.line + 1}: {severity}: {diagnostic.message}{by}"
