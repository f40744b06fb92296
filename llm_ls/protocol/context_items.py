"""What a client attaches to a question: files, ranges, diagnostics and texts, read."""

from collections.abc import Iterable

from lsprotocol import types

from llm_ls.documents import Diagnostic, Document
from llm_ls.messages import Attachment
from llm_ls.protocol import convert, ext, workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer


async def to_attachment(ls: LlmLanguageServer, item: ext.ContextItem) -> Attachment:
    """`item`, read.

    Raises:
        errors.NotFound: There is no such document.
        errors.InvalidRequest: It may not be sent.
    """
    match item:
        case ext.TextContext(title, text):
            return Attachment(title, text)
        case ext.FileContext(uri):
            document = await workspace_files.document(ls, uri)
            return Attachment(workspace_files.name_of(ls, uri), document.text, document.language_id)
        case ext.RangeContext(uri, lsp_range):
            document = await workspace_files.document(ls, uri)
            span = convert.from_lsp_range(document, lsp_range, ls.client.position_encoding)
            name = workspace_files.name_of(ls, uri)
            title = f"{name}, lines {span.start.line + 1} to {span.end.line + 1}"
            return Attachment(title, document.slice(span), document.language_id)
        case ext.DiagnosticsContext(uri, diagnostics):
            await workspace_files.refuse_excluded(ls, uri)
            title = f"Diagnostics of {workspace_files.name_of(ls, uri)}"
            return Attachment(title, "\n".join(_line(diagnostic) for diagnostic in diagnostics))


def to_diagnostics(
    ls: LlmLanguageServer, document: Document, items: Iterable[ext.ContextDiagnostic]
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


def _line(diagnostic: ext.ContextDiagnostic) -> str:
    known = diagnostic.severity in {severity.value for severity in types.DiagnosticSeverity}
    severity = types.DiagnosticSeverity(diagnostic.severity).name.lower() if known else "problem"
    by = f" ({diagnostic.source})" if diagnostic.source else ""
    return f"line {diagnostic.range.start.line + 1}: {severity}: {diagnostic.message}{by}"
