"""What the tool `propose_edit` does with a model's changes: they become a change set, which waits for the user."""

import os
from pathlib import Path

from llm_ls.documents import Document, split_lines
from llm_ls.features import change_sets
from llm_ls.protocol import change_sets as landing
from llm_ls.protocol import part_files, workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.tools.file_changes import FileChange
from llm_ls.tools.proposing import Propose


def proposer(ls: LlmLanguageServer, model: str) -> Propose:
    """Proposes in the name of `model`, a `provider/model`."""

    async def propose(title: str, changes: tuple[FileChange, ...]) -> str:
        id = ls.session.new_id("changes")
        uris = _Uris(ls)

        def document_of(change: FileChange) -> Document:
            uri = uris.of(change.path)
            if (now := part_files.opened(ls, uri)) is not None and now.text == change.before:
                return now
            return Document(uri, "", None, tuple(split_lines(change.before)))

        def new_uri_of(change: FileChange) -> str:
            return uris.of(change.new_path) if change.new_path else ""

        parts = change_sets.proposed(id, title, model, changes, document_of, new_uri_of)
        landing.present(ls, parts)
        return ", ".join(map(change_sets.told, parts))

    return propose


class _Uris:
    """Uris of files as the client writes them: of what it has open, and below the folders that it has named."""

    def __init__(self, ls: LlmLanguageServer) -> None:
        paths = ((uri, workspace_files.path_of(uri)) for uri in ls.documents.open_uris if uri.startswith("file:"))
        self._open = {os.path.realpath(path): uri for uri, path in paths if path}
        self._folders = [(Path(os.path.realpath(folder)), folder) for folder in workspace_files.folders(ls)]

    def of(self, path: Path) -> str:
        if (uri := self._open.get(str(path))) is not None:
            return uri
        for real, folder in self._folders:
            if path.is_relative_to(real):
                return (folder / path.relative_to(real)).as_uri()
        return path.as_uri()
