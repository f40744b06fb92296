"""What a client attaches to a question: files, ranges, diagnostics and texts, read."""

from collections.abc import Iterable

from llm_ls.documents import Diagnostic, Document, Position, Span
from llm_ls.messages import Attachment
from llm_ls.protocol import convert
from llm_ls.protocol.attached import Attached
from llm_ls.protocol.ext_context import (
    ContextDiagnostic,
    ContextItem,
    DiagnosticsContext,
    DiffContext,
    FileContext,
    OpenDocumentsContext,
    RangeContext,
    SymbolsContext,
    TextContext,
)
from llm_ls.protocol.language_server import LlmLanguageServer


async def read(ls: LlmLanguageServer, item: ContextItem) -> Attached:
    """What `item` stands for. Of what is several documents, those that may not be sent are left out.

    Raises:
        errors.NotFound: There is no such document.
        errors.InvalidRequest: It may not be sent.
    """
    from llm_ls.protocol import attaching

    match item:
        case TextContext(title, text):
            return Attached((Attachment(title, text),))
        case FileContext(uri):
            document = await attaching.document(ls, uri)
            return attaching.text(attaching.name_of(ls, uri), document.text, document.language_id)
        case RangeContext(uri, lsp_range):
            document = await attaching.document(ls, uri)
            span = convert.from_lsp_range(document, lsp_range, ls.client.position_encoding)
            title = f"{attaching.name_of(ls, uri)}, lines {span.start.line + 1} to {span.end.line + 1}"
            return attaching.text(title, document.slice(span), document.language_id)
        case DiagnosticsContext(uri, diagnostics):
            await attaching.refuse(ls, uri)
            told = ls.session.diagnostics.of(uri) if diagnostics is None else map(_placed, diagnostics)
            return attaching.problems(attaching.name_of(ls, uri), told)
        case SymbolsContext(uri):
            return attaching.definitions(attaching.name_of(ls, uri), (await attaching.document(ls, uri)).text)
        case DiffContext(staged):
            return await attaching.diff(ls, staged=staged)
        case OpenDocumentsContext():
            return await attaching.open_documents(ls)


def to_diagnostics(
    ls: LlmLanguageServer, document: Document, items: Iterable[ContextDiagnostic]
) -> tuple[Diagnostic, ...]:
    """Diagnostics that came with a command."""
    return tuple(
        Diagnostic(
            convert.from_lsp_range(document, item.range, ls.client.position_encoding),
            item.message,
            item.severity,
            item.source or "",
            "" if item.code is None else str(item.code),
        )
        for item in items
    )


def _placed(item: ContextDiagnostic) -> Diagnostic:
    """A diagnostic of a document that need not be there, with the line alone as its place."""
    place = Position(item.range.start.line, 0)
    return Diagnostic(Span(place, place), item.message, item.severity, item.source or "")
