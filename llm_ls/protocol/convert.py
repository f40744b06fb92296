"""Places, diagnostics and edits between lsprotocol's types and our values; no feature of its own."""

from collections.abc import Iterable

from lsprotocol import types

from llm_ls import documents
from llm_ls.documents import Document, Position, Replacement, Span
from llm_ls.protocol import position_codec
from llm_ls.protocol.position_codec import PositionEncoding


def from_lsp_position(document: Document, position: types.Position, encoding: PositionEncoding) -> Position:
    """The nearest place that exists: clients send positions past the end of a line and of the text."""
    if not 0 <= position.line < len(document.lines):
        return document.clamp(Position(position.line, 0))
    column = position_codec.to_column(document.lines[position.line], position.character, encoding)
    return Position(position.line, column)


def to_lsp_position(document: Document, position: Position, encoding: PositionEncoding) -> types.Position:
    place = document.clamp(position)
    units = position_codec.to_units(document.lines[place.line], place.column, encoding)
    return types.Position(place.line, units)


def from_lsp_range(document: Document, where: types.Range, encoding: PositionEncoding) -> Span:
    """The span that `where` covers in `document`; a range that runs backwards (a selection can) is turned."""
    start = from_lsp_position(document, where.start, encoding)
    end = from_lsp_position(document, where.end, encoding)
    return Span(min(start, end), max(start, end))


def from_lsp_selection(document: Document, where: types.Range, encoding: PositionEncoding) -> Span:
    """What the user has marked; one character is a cursor, since a cursor in Helix (25.07) is one character."""
    span = from_lsp_range(document, where, encoding)
    is_short = span.end.line - span.start.line <= 1
    if is_short and (len(marked := document.slice(span)) == 1 or marked == "\r\n"):
        return Span(span.start, span.start)
    return span


def to_lsp_range(document: Document, span: Span, encoding: PositionEncoding) -> types.Range:
    return types.Range(to_lsp_position(document, span.start, encoding), to_lsp_position(document, span.end, encoding))


def from_lsp_diagnostic(
    document: Document, diagnostic: types.Diagnostic, encoding: PositionEncoding
) -> documents.Diagnostic:
    """Ours of theirs; a diagnostic without a severity counts as an error."""
    return documents.Diagnostic(
        span=from_lsp_range(document, diagnostic.range, encoding),
        message=diagnostic.message,
        severity=int(diagnostic.severity or types.DiagnosticSeverity.Error),
        source=diagnostic.source or "",
        code="" if diagnostic.code is None else str(diagnostic.code),
    )


def from_lsp_diagnostics(
    document: Document, diagnostics: Iterable[types.Diagnostic], encoding: PositionEncoding
) -> tuple[documents.Diagnostic, ...]:
    return tuple(from_lsp_diagnostic(document, diagnostic, encoding) for diagnostic in diagnostics)


def text_edits(
    document: Document, replacements: Iterable[Replacement], encoding: PositionEncoding
) -> list[types.TextEdit]:
    """One edit each, in the order given; all count from `document` as it is before any of them."""
    return [
        types.TextEdit(to_lsp_range(document, replacement.span, encoding), replacement.text)
        for replacement in replacements
    ]
