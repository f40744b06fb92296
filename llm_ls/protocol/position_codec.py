"""Columns of one line: code points, as ours, to and from the code units a client counts in."""

from typing import Literal

from llm_ls import documents

PositionEncoding = Literal["utf-8", "utf-16", "utf-32"]


def to_column(line: str, units: int, encoding: PositionEncoding) -> int:
    """The code points before `units` code units of `line`.

    Beyond the line's content it is the content's end; inside a character it is the character's start.
    """
    content = documents.content_length(line)
    if units <= 0:
        return 0
    if encoding == "utf-32" or line.isascii():
        return min(units, content)
    codec, unit_bytes = _CODECS[encoding]
    # No code point is shorter than a unit: what follows that many code points need not be encoded.
    encoded = line[: min(units, content)].encode(codec, "surrogatepass")
    return len(encoded[: units * unit_bytes].decode(codec, "ignore"))


def to_units(line: str, column: int, encoding: PositionEncoding) -> int:
    """The code units that the first `column` code points of `line` take."""
    before = line[: min(column, documents.content_length(line))]
    if encoding == "utf-32" or before.isascii():
        return len(before)
    codec, unit_bytes = _CODECS[encoding]
    return len(before.encode(codec, "surrogatepass")) // unit_bytes


def cut(line: str, units: int, encoding: PositionEncoding) -> tuple[str, str]:
    """`line` before and after `units` code units, both as the client has them.

    In UTF-16 a cut through a character leaves half a surrogate pair on either side, since clients do edit one
    half: VS Code's minimal edits do (microsoft/vscode#248268, open in 2026). `rejoined` undoes it.
    """
    if encoding != "utf-16" or line.isascii():
        column = to_column(line, units, encoding)
        return line[:column], line[column:]
    content = documents.content_length(line)
    encoded = line[:content].encode("utf-16-le", "surrogatepass")
    at = 2 * max(units, 0)
    before, after = (part.decode("utf-16-le", "surrogatepass") for part in (encoded[:at], encoded[at:]))
    return before, after + line[content:]


def rejoined(text: str) -> str:
    """`text` with the halves of surrogate pairs that meet in it made characters again."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def has_lone_surrogates(text: str) -> bool:
    """Whether `text` holds half a surrogate pair, which is no text and cannot be sent to anybody."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def without_lone_surrogates(line: str) -> str:
    """`line` with U+FFFD for every half: as wide as the half in each encoding, so columns stay."""
    if not has_lone_surrogates(line):
        return line
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in line)


_CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2)}
