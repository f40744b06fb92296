"""What a client attaches to a question: the `ContextItem`s of `editors/PROTOCOL.md`."""

from typing import Literal

import attrs
from lsprotocol import types


@attrs.frozen(eq=False, repr=False)
class FileContext:
    uri: str
    type: Literal["file"] = "file"


@attrs.frozen(eq=False, repr=False)
class RangeContext:
    uri: str
    range: types.Range
    type: Literal["range"] = "range"


@attrs.frozen(eq=False, repr=False)
class ContextDiagnostic:
    """The members of an LSP `Diagnostic` that a model can use."""

    range: types.Range
    message: str
    severity: int = 1
    source: str | None = None
    code: str | int | None = None


@attrs.frozen(eq=False, repr=False)
class DiagnosticsContext:
    """Without `diagnostics`, those that the client has told of."""

    uri: str
    diagnostics: tuple[ContextDiagnostic, ...] | None = None
    type: Literal["diagnostics"] = "diagnostics"


@attrs.frozen(eq=False, repr=False)
class DiffContext:
    """What has changed since the last commit; or of that what is `staged`."""

    staged: bool = False
    type: Literal["diff"] = "diff"


@attrs.frozen(eq=False, repr=False)
class SymbolsContext:
    """The definitions in a document."""

    uri: str
    type: Literal["symbols"] = "symbols"


@attrs.frozen(eq=False, repr=False)
class OpenDocumentsContext:
    type: Literal["openDocuments"] = "openDocuments"


@attrs.frozen(eq=False, repr=False)
class TextContext:
    title: str
    text: str
    type: Literal["text"] = "text"


ContextItem = (
    FileContext | RangeContext | DiagnosticsContext | DiffContext | SymbolsContext | OpenDocumentsContext | TextContext
)
