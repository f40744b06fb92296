"""Chat documents: which documents are one, and those that this server keeps in the user's state folder.

Small, since every code action and completion asks; what reads and writes them is imported with the first.
"""

import asyncio
import contextlib
import os
import re
from collections.abc import Generator
from datetime import date
from pathlib import Path

import attrs

from llm_ls import errors, folders
from llm_ls.documents import Document, Span
from llm_ls.protocol import workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.store import chat_files

SHOWN_BY_CLIENTS = "llm-chat:"
"""Scheme of the buffers in which a client shows a kept conversation by itself. They are written like chat documents."""
_HEAD_LINES = 40
_SLUG_CHARS = 40
_MOST_OF_A_NAME = 1000


@attrs.frozen
class Subject:
    """What a new chat is about.

    Attributes:
        span: What is selected in it; empty is nothing in particular.
    """

    document: Document
    span: Span


def is_chat(document: Document) -> bool:
    """Whether it is one: a Markdown file in our folder, or one that says `llm-ls: chat` at its top."""
    return _says_so(document.lines[:_HEAD_LINES]) or is_kept(document.uri)


def is_completed(document: Document) -> bool:
    """Whether mentions are completed in it: in a chat document, and where a client shows a chat by itself."""
    return document.uri.startswith(SHOWN_BY_CLIENTS) or is_chat(document)


def is_kept(uri: str) -> bool:
    """Whether it is a Markdown file in our folder."""
    path = workspace_files.path_of(uri) if uri.endswith(chat_files.SUFFIX) else None
    return path is not None and workspace_files.is_of_chats(path)


def project_of(text: str) -> Path | None:
    """The folder of the project that a chat document of our folder is about; `None` if it names none that is there."""
    from llm_ls.features import front_matter  # with the first chat

    named = Path(front_matter.parse(text.splitlines())[0].workspace)
    return named if named.is_absolute() and named.is_dir() else None


def _says_so(lines: tuple[str, ...]) -> bool:
    if not lines or lines[0].removeprefix("\ufeff").rstrip() != "---":
        return False
    for line in lines[1:]:
        if line.rstrip() in ("---", "..."):
            return False
        if re.fullmatch(r"llm-ls[ \t]*:[ \t]*[\"']?chat[\"']?\s*", line):
            return True
    return False


async def create(ls: LlmLanguageServer, subject: str, text: str) -> Path:
    """A new file of this text, which only its user can read.

    Args:
        subject: What its name is made of.

    Raises:
        errors.StorageFailed: It cannot be written.
    """
    project = _slug(Path(workspace_files.path_of(workspace_files.place(ls)) or "").name) or "no-project"
    name = f"{date.today().isoformat()}-{_slug(subject) or 'chat'}"
    return await asyncio.to_thread(_create, folders.state_folder(chat_files.FOLDER), project, name, text)


async def find(conversation: str) -> Path | None:
    """The file that was last written of those that say they are of this conversation."""
    return await asyncio.to_thread(chat_files.newest, conversation)


async def delete(ls: LlmLanguageServer, conversation: str) -> None:
    """Delete the files of this conversation, also where only the editor knows yet that they are; it keeps its text.

    Raises:
        errors.StorageFailed: There is one that cannot be deleted.
    """
    from llm_ls.features import front_matter  # as above

    opened = [ls.document(uri) for uri in ls.documents.open_uris if is_kept(uri)]
    of_it = (one for one in opened if front_matter.parse(one.text.splitlines())[0].conversation == conversation)
    paths = tuple(filter(None, (workspace_files.path_of(one.uri) for one in of_it)))
    await asyncio.to_thread(chat_files.delete, conversation, paths)


async def read(path: Path) -> Document:
    """The document as it is on disk.

    Raises:
        errors.StorageFailed: It cannot be read.
    """
    from llm_ls.documents import split_lines

    def load() -> str:
        with _named(path):
            return path.read_bytes().decode(errors="replace")

    return Document(path.as_uri(), "markdown", None, tuple(split_lines(await asyncio.to_thread(load))))


async def write(path: Path, text: str) -> None:
    """Put `text` in place of what the file holds, whole or not at all.

    Raises:
        errors.StorageFailed: It cannot be written.
    """
    await asyncio.to_thread(_replace, path, text)


def _create(top: Path, project: str, name: str, text: str) -> Path:
    with _named(top):
        for folder in (top.parent, top, top / project):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number in range(1, _MOST_OF_A_NAME):
            path = top / project / f"{name}{f'-{number}' if number > 1 else ''}{chat_files.SUFFIX}"
            with contextlib.suppress(FileExistsError):
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                _fill(handle, text)
                return path
    raise errors.StorageFailed(f"there are {_MOST_OF_A_NAME} chats called {name}", hint="delete some of them")


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    with _named(path):
        try:
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            _fill(handle, text)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def _fill(handle: int, text: str) -> None:
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def _slug(text: str) -> str:
    words = re.sub(r"[\W_]+", "-", text.lower()).strip("-")
    return words if len(words) <= _SLUG_CHARS else words[:_SLUG_CHARS].rsplit("-", 1)[0]


@contextlib.contextmanager
def _named(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        what = f"{path}: {error.strerror or error}"
        raise errors.StorageFailed(what, hint="see to it that it can be used") from error
