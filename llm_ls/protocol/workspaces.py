"""The workspace of a client as what may be read of it, with the texts that its editor holds."""

import os
from pathlib import Path

from llm_ls import errors
from llm_ls.documents import Diagnostic
from llm_ls.protocol import workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.workspace.workspace import Workspace


def of(ls: LlmLanguageServer) -> Workspace:
    """As it is now; what is open is looked up when it is read."""
    context = ls.session.settings.context
    opened = _OpenTexts(ls)
    return Workspace(
        tuple(workspace_files.folders(ls)), context.exclude, context.max_file_bytes, opened.text, opened.paths
    )


def diagnostics(ls: LlmLanguageServer) -> dict[Path, tuple[Diagnostic, ...]]:
    """What the client has told of problems, by resolved file; for a thread."""
    told = ls.session.diagnostics
    found = ((workspace_files.path_of(uri), told.of(uri)) for uri in told)
    return {Path(os.path.realpath(path)): problems for path, problems in found if path}


class _OpenTexts:
    """The documents that are open, by the resolved path of their file."""

    def __init__(self, ls: LlmLanguageServer) -> None:
        self._ls = ls
        self._paths: dict[str, Path | None] = {}

    def paths(self) -> tuple[Path, ...]:
        return tuple(self._by_path())

    def text(self, path: Path) -> str | None:
        uri = self._by_path().get(path)
        try:
            return self._ls.document(uri).text if uri is not None else None
        except errors.NotFound:
            return None

    def _by_path(self) -> dict[Path, str]:
        by_path: dict[Path, str] = {}
        for uri in reversed(self._ls.documents.open_uris):
            if uri not in self._paths:
                path = workspace_files.path_of(uri) if uri.startswith("file:") else None
                self._paths[uri] = Path(os.path.realpath(path)) if path else None
            if (path := self._paths[uri]) is not None:
                by_path[path] = uri
        return by_path
