"""Documents as values: text in lines, places in it, and replacements. Columns count code points."""

import io

import attrs


@attrs.frozen(order=True)
class Position:
    """A place between two characters; both numbers start at 0, `column` counts code points."""

    line: int
    column: int


@attrs.frozen
class Span:
    """A range; `end` is exclusive and not before `start`."""

    start: Position
    end: Position

    @property
    def empty(self) -> bool:
        return self.start == self.end


@attrs.frozen
class Replacement:
    """Put `text` where `span` is."""

    span: Span
    text: str


@attrs.frozen
class Diagnostic:
    """A problem somebody reported.

    Attributes:
        source: Who reported it, such as `pyright`; may be empty.
        code: The reporter's name for it; may be empty.
        severity: 1 error, 2 warning, 3 information, 4 hint.
    """

    span: Span
    message: str
    severity: int = 1
    source: str = ""
    code: str = ""


@attrs.frozen
class Document:
    """A text as it was at one version.

    Attributes:
        uri: As the client writes it.
        language_id: The client's name for the language; may be empty.
        version: The client's version; `None` for a text the client has not opened.
        lines: With their line ends, which are CRLF, LF or CR and nothing else. The last line has none, so a
            text that ends in a line end has an empty last line, and an empty text is one empty line.
    """

    uri: str
    language_id: str
    version: int | None
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(self.lines)

    @property
    def line_end(self) -> str:
        """The line end this document uses, judged by its first line."""
        for end in ("\r\n", "\n", "\r"):
            if self.lines[0].endswith(end):
                return end
        return "\n"

    @property
    def whole(self) -> Span:
        return Span(Position(0, 0), Position(len(self.lines) - 1, len(self.lines[-1])))

    def clamp(self, position: Position) -> Position:
        """The nearest place that exists; a line end is never inside."""
        if position.line < 0:
            return Position(0, 0)
        if position.line >= len(self.lines):
            return self.whole.end
        length = content_length(self.lines[position.line])
        return Position(position.line, max(0, min(position.column, length)))

    def slice(self, span: Span) -> str:
        """The text within `span`."""
        start, end = span.start, span.end
        if start.line == end.line:
            return self.lines[start.line][start.column : end.column]
        inner = self.lines[start.line + 1 : end.line]
        return "".join((self.lines[start.line][start.column :], *inner, self.lines[end.line][: end.column]))

    def replaced(self, replacement: Replacement) -> str:
        """The whole text after `replacement`."""
        before = self.slice(Span(Position(0, 0), replacement.span.start))
        after = self.slice(Span(replacement.span.end, self.whole.end))
        return before + replacement.text + after


def split_lines(text: str) -> list[str]:
    r"""The lines of `text` with their ends, split at `\r\n`, `\n` and `\r` only (LSP 3.17, "Text Documents").

    The result is never empty: its last element is the line without an end, empty if the text ends in one.
    """
    lines = list(io.StringIO(text, newline=""))  # unlike `str.splitlines`, knows no other line ends
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return lines


def content_length(line: str) -> int:
    """The length of `line` without its line end."""
    if line.endswith("\r\n"):
        return len(line) - 2
    return len(line) - line.endswith(("\n", "\r"))
