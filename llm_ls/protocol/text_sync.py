"""The client's open documents, kept in lines: an edit costs its own size and not the document's.

pygls's own document splits and joins its whole text on every change, ends lines at U+2028, U+0085, form feed
and others that are none in LSP, and takes a place past a line's end for another (2.1.1, 2026-11).
"""

import asyncio
import logging
from collections.abc import Sequence
from urllib.parse import unquote, urlparse

from lsprotocol import types
from pygls.workspace import TextDocument, Workspace

from llm_ls import documents, errors
from llm_ls.documents import Document
from llm_ls.features.recent_edits import RecentEdits
from llm_ls.protocol import position_codec
from llm_ls.protocol.position_codec import PositionEncoding

logger = logging.getLogger(__name__)


class LspWorkspace(Workspace):
    """What the client has open. Documents are known by URI, whatever its scheme and percent-encoding.

    Attributes:
        recent_edits: What changed lately in them, of files too that must not be shown to a model.
    """

    def __init__(
        self,
        root_uri: str | None,
        sync_kind: types.TextDocumentSyncKind = types.TextDocumentSyncKind.Incremental,
        workspace_folders: Sequence[types.WorkspaceFolder] | None = None,
        position_encoding: types.PositionEncodingKind | str | None = types.PositionEncodingKind.Utf16,
    ) -> None:
        super().__init__(_parsable(root_uri), sync_kind, workspace_folders, position_encoding)
        self.recent_edits = RecentEdits()
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}

    @property
    def encoding(self) -> PositionEncoding:
        """The unit that columns on the wire are counted in."""
        return _encoding(self.position_encoding)

    @property
    def open_uris(self) -> tuple[str, ...]:
        """As the client writes them; the last opened, changed or touched first."""
        return tuple(document.uri for document in reversed(self._text_documents.values()))

    def snapshot(self, uri: str) -> Document:
        """The document as it is now; the same object until it changes.

        Raises:
            NotFound: It is not open.
        """
        document = self._opened(uri)
        if document is None:
            raise errors.NotFound(f"{uri!r} is not open", hint="open the document in the editor and try again")
        return document.snapshot()

    def touch(self, uri: str) -> None:
        """Remember `uri` as the document the user looks at, if it is open."""
        key = unquote(uri)
        if (document := self._text_documents.pop(key, None)) is not None:
            self._text_documents[key] = document

    async def wait_for_change(self, uri: str, after_version: int | None, timeout_s: float) -> bool:
        """Whether the document has another version than `after_version`, or gets a change in time.

        A client's word that it applied an edit proves nothing (Neovim 0.12.4 drops stale edits and says
        `true`); the change it sends does. Note the version before sending the edit.

        Args:
            after_version: `None` stands for a document that is not open: being opened is its change.
            timeout_s: How long to wait for it.
        """
        document = self._opened(uri)
        if document is not None and document.version != after_version:
            return True
        change: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(unquote(uri), [])
        waiting.append(change)
        try:
            async with asyncio.timeout(timeout_s):
                await change
        except TimeoutError:
            return False
        finally:
            waiting.remove(change)
            if not waiting and self._waiting.get(unquote(uri)) is waiting:
                del self._waiting[unquote(uri)]
        return self._opened(uri) is not None

    def get_text_document(self, doc_uri: str) -> TextDocument:
        """The open document, or an empty one: this workspace never reads a file."""
        return self._opened(doc_uri) or self._create_text_document(doc_uri)

    def put_text_document(self, text_document: types.TextDocumentItem, notebook_uri: str | None = None) -> None:
        before = self._opened(text_document.uri)  # copilot.vim opens a document again and again (2026-11)
        super().put_text_document(text_document, notebook_uri)
        if before is not None:
            self.recent_edits.rewritten(text_document.uri, before.lines, self.snapshot(text_document.uri).lines)
        self._changed(text_document.uri)

    def put_unopened(self, uri: str, language_id: str, text: str) -> None:
        """Take `text` for a document that the client has not opened; one that it keeps up stays as it is."""
        document = self._opened(uri)
        if document is None or document.version is None:
            self._text_documents[unquote(uri)] = self._create_text_document(uri, text, None, language_id)
            self._changed(uri)

    def update_text_document(
        self, text_doc: types.VersionedTextDocumentIdentifier, change: types.TextDocumentContentChangeEvent
    ) -> None:
        document = self._opened(text_doc.uri)
        if document is None:
            logger.warning("ignored a change of %s, which is not open", text_doc.uri)
            return
        if document.version is not None and text_doc.version < document.version:
            # Messages arrive in order: the text is right and the number is not. Dropping it loses text.
            logger.warning("%s went from version %d to %d", text_doc.uri, document.version, text_doc.version)
        document.apply_change(change)
        document.version = text_doc.version
        self._changed(text_doc.uri)

    def remove_text_document(self, doc_uri: str) -> None:
        if (document := self._opened(doc_uri)) is not None:
            self.recent_edits.closed(document.uri)
        super().remove_text_document(doc_uri)
        self._wake(doc_uri)

    def update_notebook_document(self, params: types.DidChangeNotebookDocumentParams) -> None:
        if self.get_notebook_document(notebook_uri=params.notebook_document.uri) is None:
            logger.warning("ignored a change of %s, which is not open", params.notebook_document.uri)
            return
        super().update_notebook_document(params)

    def _create_text_document(
        self,
        doc_uri: str,
        source: str | None = None,
        version: int | None = None,
        language_id: str | None = None,
    ) -> "LspTextDocument":
        return LspTextDocument(doc_uri, source or "", version, language_id, self.encoding, self.recent_edits)

    def _opened(self, uri: str) -> "LspTextDocument | None":
        document = self._text_documents.get(unquote(uri))
        return document if isinstance(document, LspTextDocument) else None

    def _changed(self, uri: str) -> None:
        self.touch(uri)
        self._wake(uri)

    def _wake(self, uri: str) -> None:
        if not self._waiting:
            return
        for change in self._waiting.get(unquote(uri), ()):
            if not change.done():
                change.set_result(None)


class LspTextDocument(TextDocument):
    """One open text, as lines with their ends; what changes in it is told to `recent_edits`."""

    version: int | None

    def __init__(
        self,
        uri: str,
        text: str,
        version: int | None,
        language_id: str | None,
        encoding: PositionEncoding,
        recent_edits: RecentEdits,
    ) -> None:
        super().__init__(_parsable(uri) or "", "", version, language_id)
        self.uri = uri
        self._encoding: PositionEncoding = encoding
        self._recent_edits = recent_edits
        self._snapshot: Document | None = None
        self._lines: list[str] = []
        self._has_lone_surrogates = False
        self._set_text(text)

    @property
    def source(self) -> str:
        return self.snapshot().text

    @property
    def lines(self) -> Sequence[str]:
        return self.snapshot().lines

    def snapshot(self) -> Document:
        """The text as it is now. Half a surrogate pair, which a client can leave behind, is U+FFFD in it."""
        if self._snapshot is None or self._snapshot.version != self.version:
            lines = tuple(self._clean(self._lines))
            self._snapshot = Document(self.uri, self.language_id or "", self.version, lines)
        return self._snapshot

    def apply_change(self, change: types.TextDocumentContentChangeEvent) -> None:
        self._snapshot = None
        if isinstance(change, types.TextDocumentContentChangePartial):
            self._replace(change.range, change.text)
        else:
            before = self._clean(self._lines)
            self._set_text(change.text)
            self._recent_edits.rewritten(self.uri, before, self._clean(self._lines))

    def _set_text(self, text: str) -> None:
        self._lines = documents.split_lines(text)
        self._has_lone_surrogates = position_codec.has_lone_surrogates(text)

    def _replace(self, where: types.Range, text: str) -> None:
        """Put `text` where the client's `where` is; only the lines it touches are split anew."""
        lines = self._lines
        start, end = self._clamped(where.start), self._clamped(where.end)
        if end < start:
            start, end = end, start
        (first, start_units), (last, end_units) = start, end
        before, rest = position_codec.cut(lines[first], start_units, self._encoding)
        if start != end:
            rest = position_codec.cut(lines[last], end_units, self._encoding)[1]
        touched = before + text + rest
        if not touched.isascii():
            touched = position_codec.rejoined(touched) if self._encoding == "utf-16" else touched
            self._has_lone_surrogates |= position_codec.has_lone_surrogates(touched)
        if first and touched.startswith("\n") and lines[first - 1].endswith("\r"):
            first -= 1  # a CR and an LF that meet are one line end
            touched = lines[first] + touched
        elif first == last and "\n" not in text and "\r" not in text:
            self._put(first, last, [touched])
            return
        pieces = documents.split_lines(touched)
        if last < len(lines) - 1:
            del pieces[-1]  # empty: `touched` ends with the line end of `last`
        self._put(first, last, pieces)

    def _put(self, first: int, last: int, pieces: list[str]) -> None:
        before = self._lines[first : last + 1]
        self._lines[first : last + 1] = pieces
        self._recent_edits.changed(self.uri, first, self._clean(before), self._clean(pieces))

    def _clean(self, lines: list[str]) -> list[str]:
        """The lines as they can be sent to anybody."""
        if not self._has_lone_surrogates:
            return lines
        return [position_codec.without_lone_surrogates(line) for line in lines]

    def _clamped(self, position: types.Position) -> tuple[int, int]:
        """`position` on an existing line; its column, in the client's units, may still be too large."""
        if position.line < 0:
            return 0, 0
        if position.line >= len(self._lines):
            return len(self._lines) - 1, len(self._lines[-1]) * _MAX_UNITS
        return position.line, position.character


_MAX_UNITS = 4
"""The most code units a code point takes in any encoding."""


def _encoding(kind: types.PositionEncodingKind | str | None) -> PositionEncoding:
    if kind == types.PositionEncodingKind.Utf8:
        return "utf-8"
    return "utf-32" if kind == types.PositionEncodingKind.Utf32 else "utf-16"


def _parsable(uri: str | None) -> str | None:
    """`uri`, or `None` where pygls could not take it apart (`urlparse` refuses a lone bracket in a host)."""
    try:
        urlparse(uri or "")
    except ValueError:
        return None
    return uri
