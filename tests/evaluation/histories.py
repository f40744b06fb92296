"""Edits that were made in this repository's own commits, in the order they could have been made, and the next one."""

import functools
import tomllib
from pathlib import Path

import attrs
from lsprotocol import types

from llm_ls import wire
from llm_ls.documents import Document, Position, split_lines
from llm_ls.features import next_edit
from llm_ls.features.next_edit import Question
from llm_ls.protocol.text_sync import LspWorkspace

FOLDER = Path(__file__).parent / "edit_histories"
LANGUAGES = {".py": "python", ".ts": "typescript", ".lua": "lua"}


@attrs.frozen
class File:
    """A file as it was before all edits; `name` is its path in the repository."""

    name: str
    text: str


@attrs.frozen
class Edit:
    """Lines of a file that become others.

    Attributes:
        line: The first of `before`, from 1, in the text as it is then; for an insertion, the line that it goes before.
    """

    file: str
    line: int
    before: str
    after: str


@attrs.frozen
class History:
    """What somebody did.

    Attributes:
        what: In a sentence.
        commit: Of this repository, that all of it is taken from.
        expected: What they did next.
    """

    what: str
    commit: str
    files: tuple[File, ...]
    edits: tuple[Edit, ...]
    expected: Edit

    @functools.cached_property
    def workspace(self) -> LspWorkspace:
        """As the server has it after the edits, each of which came as one change."""
        workspace = LspWorkspace(None, position_encoding=types.PositionEncodingKind.Utf32)
        for file in self.files:
            language = LANGUAGES[Path(file.name).suffix]
            workspace.put_text_document(types.TextDocumentItem(uri(file.name), language, 0, file.text))
        for version, edit in enumerate(self.edits, 1):
            first = edit.line - 1
            last = first + len(split_lines(edit.before)) - 1
            where = types.Range(types.Position(first, 0), types.Position(last, 0))
            workspace.update_text_document(
                types.VersionedTextDocumentIdentifier(version, uri(edit.file)),
                types.TextDocumentContentChangePartial(where, edit.after),
            )
        return workspace

    @property
    def document(self) -> Document:
        """The document that is edited next, as it is before that."""
        return self.workspace.snapshot(uri(self.expected.file))

    @property
    def cursor(self) -> Position:
        """At the end of the last edit; at the start of a document that was only opened."""
        last = self.edits[-1]
        if last.file != self.expected.file:
            return Position(0, 0)
        line = last.line - 1 + max(len(split_lines(last.after)) - 2, 0)
        return self.document.clamp(Position(line, len(self.document.lines[line])))

    @property
    def question(self) -> Question:
        """What a model is asked."""
        recent = [(edit.uri.removeprefix("file:///"), edit) for edit in self.workspace.recent_edits.recent()]
        asked = next_edit.question(self.document, self.cursor, self.expected.file, recent)
        assert asked is not None
        return asked

    @property
    def text_after(self) -> str:
        """The document after the expected edit."""
        lines, first = self.document.lines, self.expected.line - 1
        last = first + len(split_lines(self.expected.before)) - 1
        assert "".join(lines[first:last]) == self.expected.before
        return "".join((*lines[:first], self.expected.after, *lines[last:]))


def uri(name: str) -> str:
    return f"file:///{name}"


@functools.cache
def histories() -> dict[str, History]:
    """All of them by name."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml"))}


def _read(path: Path) -> History:
    return wire.from_json(tomllib.loads(path.read_text(encoding="utf-8")), History, path.name)
