"""Documents by uri, open or on disk, and what a workspace says of itself. What must not be read is not."""

import asyncio
import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pygls import uris

from llm_ls import errors
from llm_ls.documents import Document, split_lines
from llm_ls.folders import state_folder
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.settings import workspace
from llm_ls.store import chat_files
from llm_ls.workspace import exclusion

GUIDANCE_BYTES = 65_536


def path_of(uri: str) -> Path | None:
    """The file that `uri` names; `None` if it names none."""
    try:
        path = uris.to_fs_path(uri)
    except ValueError:  # such as `file://[x`
        return None
    return Path(path) if path and "\0" not in path else None


def folders(ls: LlmLanguageServer) -> list[Path]:
    """The workspace folders that are on this machine; where the client names none, those that look like it."""
    return named_folders(ls) or ls.projects


def named_folders(ls: LlmLanguageServer) -> list[Path]:
    """Those that the client names."""
    named = (path_of(folder.uri) for folder in ls.documents.folders.values())
    return [path for path in named if path and not is_of_chats(path)]


def is_of_chats(path: Path) -> bool:
    """Whether it is the folder of chat documents, or in it: a project for an editor, for want of another."""
    with contextlib.suppress(errors.StorageFailed):
        return path.is_relative_to(state_folder(chat_files.FOLDER))
    return False


def place(ls: LlmLanguageServer) -> str:
    """The uri of the folder that the user is in, or the first one; empty if there is none."""
    known = folders(ls)
    looked_at = path_of(ls.session.focus.uri) if ls.session.focus else None
    inside = (folder for folder in known if looked_at is not None and looked_at.is_relative_to(folder))
    folder = next(inside, next(iter(known), None))
    return folder.as_uri() if folder else ""


def project_of(file: Path) -> Path | None:
    """The nearest folder above that has settings of ours or is a repository's; `None` if there is none."""
    for folder in file.parents:
        if any((folder / name).exists() for name in (workspace.FILE, ".git", ".hg")):
            return folder
    return None


def name_of(ls: LlmLanguageServer, uri: str) -> str:
    """The path within its workspace folder, or as much as is known."""
    path = path_of(uri)
    if path is None:
        return uri
    folder = next((folder for folder in folders(ls) if path.is_relative_to(folder)), None)
    return path.relative_to(folder).as_posix() if folder else path.name


async def document(ls: LlmLanguageServer, uri: str) -> Document:
    """The document as the editor has it, or as it is on disk.

    Raises:
        errors.NotFound: There is neither.
        errors.InvalidRequest: `context.exclude` names it, it is too large, or it is no text.
    """
    await refuse_excluded(ls, uri)
    try:
        return ls.document(uri)
    except errors.NotFound:
        text = await asyncio.to_thread(_read, uri, name_of(ls, uri), ls.session.settings.context.max_file_bytes)
    return Document(uri, "", None, tuple(split_lines(text)))


async def refuse_excluded(ls: LlmLanguageServer, uri: str) -> None:
    """Let nothing of `uri` be sent if `context.exclude` or an `.llmignore` names it, or the file that it is a link to.

    Raises:
        errors.InvalidRequest: One does.
    """
    if uri in await not_excluded(ls, (uri,)):
        return
    named = {uri: (name_of(ls, uri), path_of(uri))}
    by_setting = not await asyncio.to_thread(_not_excluded, named, ls.session.settings.context.exclude, ())
    raise errors.InvalidRequest(
        f"{name_of(ls, uri)} is {'excluded by `context.exclude`' if by_setting else 'ignored by `.llmignore`'}",
        hint=f"leave it out, or change the {'setting' if by_setting else 'file'}",
    )


async def not_excluded(ls: LlmLanguageServer, wanted: Iterable[str]) -> dict[str, str]:
    """Those of the wanted uris of which something may be sent, with their names."""
    named = {uri: (name_of(ls, uri), path_of(uri)) for uri in wanted}
    return await asyncio.to_thread(_not_excluded, named, ls.session.settings.context.exclude, folders(ls))


def _not_excluded(
    named: Mapping[str, tuple[str, Path | None]], globs: tuple[str, ...], within: Sequence[Path]
) -> dict[str, str]:
    shown: dict[str, str] = {}
    real: dict[str, Path] = {}
    for uri, (name, path) in named.items():
        if path is not None:
            real[uri] = Path(os.path.realpath(path))
        if not exclusion.excluded(name, globs) and not (path and exclusion.excluded(str(real[uri]), globs)):
            shown[uri] = name
    ignored = _ignored({uri: path for uri, path in real.items() if uri in shown}, within)
    return {uri: name for uri, name in shown.items() if uri not in ignored}


def _ignored(real: Mapping[str, Path], within: Sequence[Path]) -> set[str]:
    """Those that an `.llmignore` names of a workspace folder that they are in."""
    from llm_ls.workspace import listing  # with the first question about a file

    found: set[str] = set()
    for top in (Path(os.path.realpath(folder)) for folder in within):
        inside = {path.relative_to(top).as_posix(): uri for uri, path in real.items() if path.is_relative_to(top)}
        found |= {inside[name] for name in listing.left_out(top, inside)}
    return found


def _read(uri: str, name: str, max_bytes: int) -> str:
    from llm_ls.workspace import opening  # with the first file that is not open

    file = path_of(uri)
    if file is None or not file.is_file():
        raise errors.NotFound(f"{name} is not open, and there is no such file", hint="attach a file that exists")
    path = file.resolve()
    return opening.read_text(path.parent, path, name, max_bytes)


async def guidance(ls: LlmLanguageServer) -> str:
    """The project's own instructions to models, such as AGENTS.md; empty if it has none."""
    settings = ls.session.settings
    return await asyncio.to_thread(_guidance, folders(ls), settings.chat.instructions, settings.context.exclude)


def _guidance(places: Iterable[Path], names: Sequence[str], exclude: tuple[str, ...]) -> str:
    from llm_ls.workspace import opening  # with the first question

    texts: list[str] = []
    for folder in places:
        for name in names:
            with contextlib.suppress(OSError, RuntimeError, errors.LlmLsError):
                # The project's author may have made it a link, to what only the user can read.
                path, top = (folder / name).resolve(), folder.resolve()
                shown = path.is_relative_to(top) and not exclusion.excluded(path.relative_to(top).as_posix(), exclude)
                if shown and path.is_file():
                    texts.append(opening.read_text(top, path, name, GUIDANCE_BYTES).strip())
    return "\n\n".join(texts)
