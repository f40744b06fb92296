"""Text edits the plain way: splice the whole encoded text. Slow, and obviously what LSP says."""

import re

from hypothesis import strategies as st
from lsprotocol import types

from llm_ls.protocol.position_codec import PositionEncoding

CODECS: dict[PositionEncoding, tuple[str, int]] = {
    "utf-8": ("utf-8", 1),
    "utf-16": ("utf-16-le", 2),
    "utf-32": ("utf-32-le", 4),
}
Change = types.TextDocumentContentChangePartial | types.TextDocumentContentChangeWholeDocument


def edit(start: tuple[int, int], end: tuple[int, int], text: str) -> Change:
    return types.TextDocumentContentChangePartial(types.Range(place(*start), place(*end)), text)


def place(line: int, character: int) -> types.Position:
    """Any numbers, also those that lsprotocol refuses."""
    position = types.Position(0, 0)
    object.__setattr__(position, "line", line)
    object.__setattr__(position, "character", character)
    return position


def rewrite(text: str) -> Change:
    return types.TextDocumentContentChangeWholeDocument(text)


def units(text: str, encoding: PositionEncoding) -> int:
    codec, width = CODECS[encoding]
    return len(text.encode(codec, "surrogatepass")) // width


def offset(text: str, position: types.Position, encoding: PositionEncoding) -> int:
    """Where `position` is in the encoded text, in code units; inside a pair of surrogates it stays."""
    pieces = re.split(r"(\r\n|\r|\n)", text)  # content, line end, content, line end, ..., content
    if position.line < 0:
        return 0
    if 2 * position.line >= len(pieces):
        return units(text, encoding)
    before, content = "".join(pieces[: 2 * position.line]), pieces[2 * position.line]
    at = units(before, encoding) + max(0, min(position.character, units(content, encoding)))
    if encoding == "utf-8":
        data = text.encode("utf-8", "surrogatepass")
        while at < len(data) and data[at] & 0b1100_0000 == 0b1000_0000:
            at -= 1
    return at


def spliced(text: str, each: Change, encoding: PositionEncoding) -> str:
    """`text` after one change, the plain way."""
    if isinstance(each, types.TextDocumentContentChangeWholeDocument):
        return each.text
    codec, width = CODECS[encoding]
    data = text.encode(codec, "surrogatepass")
    start, end = sorted(width * offset(text, end, encoding) for end in (each.range.start, each.range.end))
    data = data[:start] + each.text.encode(codec, "surrogatepass") + data[end:]
    return data.decode(codec, "surrogatepass")


def texts(*more: str) -> st.SearchStrategy[str]:
    alphabet = ["a", "b", "\n", "\r", "\r\n", "\f", "\u2028", "\x85", "é", "€", "\U0001f600", *more]
    return st.lists(st.sampled_from(alphabet), max_size=12).map(
        lambda parts: "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    )


def notifications(text: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[Change]]]:
    places = st.tuples(st.integers(-1, 9), st.integers(-1, 15))
    edits = st.builds(edit, places, places, text)
    return st.lists(st.lists(st.one_of(edits, edits, edits, text.map(rewrite)), max_size=4), max_size=6)
