"""Documents written down with their selection: `«` and `»` mark it, `‸` is a cursor."""

from llm_ls.documents import Document, Position, Span, split_lines


def document(text: str, language_id: str = "python", uri: str = "file:///project/app.py") -> Document:
    return Document(uri, language_id, 1, tuple(split_lines(text)))


def marked(text: str, language_id: str = "python", uri: str = "file:///project/app.py") -> tuple[Document, Span]:
    """The document without its marks, and what they mark; without marks, its start."""
    if "‸" in text:
        start = end = text.index("‸")
    elif "«" in text:
        start, end = text.index("«"), text.index("»") - 1
    else:
        start = end = 0
    plain = text.replace("«", "").replace("»", "").replace("‸", "")
    return document(plain, language_id, uri), Span(_position(plain, start), _position(plain, end))


def _position(text: str, offset: int) -> Position:
    lines = split_lines(text[:offset])
    return Position(len(lines) - 1, len(lines[-1]))
