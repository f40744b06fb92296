"""Documents by uri, open or on disk, and what a workspace says of itself. What must not be read is not."""

import asyncio
import contextlib
from collections.abc import Iterable
from pathlib import Path

from pygls import uris

from llm_ls import errors
from llm_ls.documents import Document, split_lines
from llm_ls.prompts import context
from llm_ls.protocol.language_server import LlmLanguageServer

GUIDANCE_BYTES = 65_536


def folders(ls: LlmLanguageServer) -> list[Path]:
    """The workspace folders that are on this machine."""
    return [Path(path) for folder in ls.documents.folders.values() if (path := uris.to_fs_path(folder.uri))]


def name_of(ls: LlmLanguageServer, uri: str) -> str:
    """The path within its workspace folder, or as much as is known."""
    path = uris.to_fs_path(uri)
    if not path:
        return uri
    folder = next((folder for folder in folders(ls) if Path(path).is_relative_to(folder)), None)
    return Path(path).relative_to(folder).as_posix() if folder else Path(path).name


async def document(ls: LlmLanguageServer, uri: str) -> Document:
    """The document as the editor has it, or as it is on disk.

    Raises:
        errors.NotFound: There is neither.
        errors.InvalidRequest: `context.exclude` names it, it is too large, or it is no text.
    """
    settings, name = ls.session.settings.context, name_of(ls, uri)
    if context.excluded(name, settings.exclude):
        raise errors.InvalidRequest(
            f"{name} is excluded by `context.exclude`", hint="leave it out, or change the setting"
        )
    try:
        return ls.document(uri)
    except errors.NotFound:
        text = await asyncio.to_thread(_read, uri, name, settings.max_file_bytes)
    return Document(uri, "", None, tuple(split_lines(text)))


def _read(uri: str, name: str, max_bytes: int) -> str:
    path = uris.to_fs_path(uri)
    if not path or not (file := Path(path)).is_file():
        raise errors.NotFound(f"{name} is not open, and there is no such file", hint="attach a file that exists")
    if file.stat().st_size > max_bytes:
        raise errors.InvalidRequest(
            f"{name} is larger than {max_bytes} bytes",
            hint="attach a part of it, or raise `context.maxFileBytes`",
        )
    try:
        text = file.read_bytes().decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise errors.InvalidRequest(f"{name} is not text", hint="attach text files only")
    return text


async def guidance(ls: LlmLanguageServer) -> str:
    """The project's own instructions to models, such as AGENTS.md; empty if it has none."""
    return await asyncio.to_thread(_guidance, folders(ls), ls.session.settings.chat.instructions)


def _guidance(places: Iterable[Path], names: Iterable[str]) -> str:
    texts: list[str] = []
    for folder in places:
        for path in (folder / name for name in names):
            with contextlib.suppress(OSError, UnicodeDecodeError):
                # A link that leads out of the project could make a model read what the project's author chose.
                within = path.resolve().is_relative_to(folder.resolve())
                if within and path.is_file() and path.stat().st_size <= GUIDANCE_BYTES:
                    texts.append(path.read_text(encoding="utf-8").strip())
    return "\n\n".join(texts)
