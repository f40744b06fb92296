"""What helps to fill a gap from other documents that are open, and from what changed lately in them."""

from llm_ls import errors
from llm_ls.documents import Document, Position
from llm_ls.features.recent_edits import RecentEdit
from llm_ls.prompts.neighbours import Neighbour
from llm_ls.protocol import workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer

_LINES_AROUND_A_CHANGE = 2


async def nearest(ls: LlmLanguageServer, document: Document, position: Position) -> tuple[Neighbour, ...]:
    """The most relevant first; nothing of what must not be shown to a model."""
    others = [uri for uri in ls.documents.open_uris if uri != document.uri]
    names = await workspace_files.not_excluded(ls, others)
    documents = {uri: other for uri in names if (other := _open(ls, uri)) is not None}
    changes = [
        Neighbour(names[edit.uri], _changed(documents[edit.uri], edit))
        for edit in ls.documents.recent_edits.recent()
        if edit.uri in documents and edit.after
    ]
    named = [(names[uri], other) for uri, other in documents.items()]
    return ls.session.neighbourhood.nearest(document, position, named, changes)


def _open(ls: LlmLanguageServer, uri: str) -> Document | None:
    try:
        return ls.document(uri)
    except errors.NotFound:  # closed meanwhile
        return None


def _changed(document: Document, edit: RecentEdit) -> str:
    first = max(0, edit.start - _LINES_AROUND_A_CHANGE)
    return "".join(document.lines[first : edit.end + _LINES_AROUND_A_CHANGE])
