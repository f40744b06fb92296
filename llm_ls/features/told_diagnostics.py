"""What the client has told of the problems in its documents: each question has those around it, and no more."""

from collections.abc import Iterator

from llm_ls.documents import Diagnostic, Span


class ToldDiagnostics:
    """By uri, as a client writes it. A later word on the same lines of the same text takes the place of an earlier."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[int | None, tuple[Diagnostic, ...]]] = {}

    def tell(self, uri: str, version: int | None, diagnostics: tuple[Diagnostic, ...], about: Span | None) -> None:
        """Of the text at `version`: what there is on the lines of `about`, or in all of it."""
        known_version, known = self._told.pop(uri, (version, ()))
        if about is None or known_version != version:
            known = ()
        kept = (
            one
            for one in known
            if about is not None and (one.span.end.line < about.start.line or one.span.start.line > about.end.line)
        )
        found = dict.fromkeys((*kept, *diagnostics))
        self._told[uri] = (version, tuple(sorted(found, key=lambda one: one.span.start)))

    def of(self, uri: str) -> tuple[Diagnostic, ...]:
        """Those of one document; none if none are known."""
        return self._told.get(uri, (None, ()))[1]

    def forget(self, uri: str) -> None:
        """The document is closed."""
        self._told.pop(uri, None)

    def __iter__(self) -> Iterator[str]:
        """The documents of which something has been told."""
        return iter(tuple(self._told))
