"""Texts opened beside the user's: an explanation, tests, a diff.

By what the client can do: content it fetches from us (`workspace/textDocumentContent`, LSP 3.18), a file in the cache
folder, or a message.
"""

import asyncio
import contextlib
import os
import re
from pathlib import Path

import platformdirs
from lsprotocol import types

from llm_ls.protocol import dialogs
from llm_ls.protocol.language_server import LlmLanguageServer

SCHEME = "llm-ls"
KEPT = 20
MESSAGE_CHARS = 4000


async def show(ls: LlmLanguageServer, title: str, text: str, suffix: str) -> None:
    """Open `text` for reading.

    Args:
        title: Names the file.
        suffix: Such as `.md`; it chooses the editor's language.
    """
    name = f"{re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')[:40] or 'text'}-{os.urandom(3).hex()}{suffix}"
    uri = _remember(ls, name, text) if ls.client.text_document_content else await asyncio.to_thread(_write, name, text)
    if uri is None or not await dialogs.open_document(ls, uri):
        dialogs.say(ls, text if len(text) <= MESSAGE_CHARS else f"{text[:MESSAGE_CHARS]}...")


def register(server: LlmLanguageServer) -> None:
    @server.feature("workspace/textDocumentContent")
    def on_text_document_content(
        ls: LlmLanguageServer, params: types.TextDocumentContentParams
    ) -> types.TextDocumentContentResult:
        return types.TextDocumentContentResult(text=ls.session.shown_texts.get(params.uri, ""))


def _remember(ls: LlmLanguageServer, name: str, text: str) -> str:
    uri = f"{SCHEME}:/{name}"
    kept = ls.session.shown_texts
    kept[uri] = text
    while len(kept) > KEPT:
        del kept[next(iter(kept))]
    return uri


def _write(name: str, text: str) -> str | None:
    """The uri of a new file that only its user can read; `None` if there is no place for one."""
    folder = Path(platformdirs.user_cache_dir("llm-ls", appauthor=False)) / "shown"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8", newline="")
    except OSError:
        return None
    with contextlib.suppress(OSError):  # another server may be clearing up too
        for old in sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime)[:-KEPT]:
            old.unlink()
    return path.as_uri()
