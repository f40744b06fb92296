r"""A chat as a Markdown document: front matter, then turns under `## You` and `## Assistant`; read and written.

What a person or a model writes cannot forge a turn: a line that would begin one, be a note or open a fence that nothing
closes is written with a backslash before it, which reading takes away again.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, cast

import attrs

from llm_ls.features import front_matter
from llm_ls.features.front_matter import Front

Role = Literal["user", "assistant", "summary"]
Mark = Literal["tool", "thinking", "notice", "footer"]

HEADINGS: dict[Role, str] = {"user": "## You", "assistant": "## Assistant", "summary": "## Summary"}
MARKS: dict[Mark, str] = {"tool": "→", "thinking": "…", "notice": "⚠", "footer": "—"}
NEXT = "## You\n\n\n"
"""What a document ends with that waits for a question, which belongs on its last line but one."""

_ROLES: dict[str, Role] = {heading: role for role, heading in HEADINGS.items()}
_KINDS: dict[str, Mark] = {sign: mark for mark, sign in MARKS.items()}
_HEADING = re.compile(r"(## (?:You|Assistant|Summary))[ \t]*")
_NOTE = re.compile(rf"> ([{''.join(MARKS.values())}])(?: (.*))?")
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,}).*")
_ESCAPED = re.compile(r"( {0,3})(\\+)(.*)")
_NOTE_CHARS = 160
_NEXT_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z`/])")


@attrs.frozen
class Note:
    """One line that is not what was said: a call of a tool, what a model thought, what went wrong, what it cost."""

    mark: Mark
    text: str


Piece = str | Note


@attrs.frozen
class Section:
    """A turn as it stands in the document.

    Attributes:
        pieces: Its texts, without blank lines at their edges, and the notes between them.
        line: Of its heading, from 0.
    """

    role: Role
    pieces: tuple[Piece, ...]
    line: int = attrs.field(default=0, eq=False)

    @property
    def text(self) -> str:
        """What was said, without the notes."""
        return "\n\n".join(piece for piece in self.pieces if isinstance(piece, str))


@attrs.frozen
class Chat:
    """A whole document; text before the first turn is not part of it."""

    front: Front
    sections: tuple[Section, ...]


def parse(text: str) -> Chat:
    """The chat that a document holds, whatever it holds."""
    lines = _unix(text).split("\n")
    front, first = front_matter.parse(lines)
    return Chat(front, tuple(_sections(lines, first)))


def render(chat: Chat) -> str:
    """The document of `chat`; it ends with a place for the next question, unless one is there."""
    sections = list(chat.sections)
    if sections and sections[-1].role == "user" and not sections[-1].pieces:
        del sections[-1]
    parts = [front_matter.render(chat.front)]
    parts += [f"{HEADINGS[section.role]}\n\n{body(section.role, section.pieces)}" for section in sections]
    waits = bool(sections) and sections[-1].role == "user"
    return "\n".join(parts if waits else (*parts, NEXT))


def body(role: Role, pieces: Sequence[Piece]) -> str:
    """What stands below the heading of a turn, with a line end after it; empty if there is nothing."""
    out, after_note = "", False
    for piece in pieces:
        is_note = isinstance(piece, Note)
        written = f"> {MARKS[piece.mark]} {one_line(piece.text)}".rstrip() if is_note else written_text(piece, role)
        if written:
            out += f"\n{written}\n" if out and not (after_note and is_note) else f"{written}\n"
            after_note = is_note
    return out


def written_text(text: str, role: Role = "assistant") -> str:
    """A text as it stands in the document."""
    return "\n".join(_escaped(without_blank_edges(_unix(text)).split("\n"), role))


def one_line(text: str) -> str:
    """`text` as a note holds it."""
    line = " ".join(text.split())
    return line if len(line) <= _NOTE_CHARS else f"{line[: _NOTE_CHARS - 1]}…"


def told(text: str) -> tuple[Note, ...]:
    """What a person is told, a sentence a line: what to do must not be behind the edge of the screen."""
    return tuple(Note("notice", one_line(sentence)) for sentence in _NEXT_SENTENCE.split(text.strip()))


def complete(text: str) -> int:
    """How much of a text that is still coming is whole paragraphs and fenced blocks: what is written of it stays."""
    fence, at, whole = "", 0, 0
    lines = text.split("\n")
    for line in lines[:-1]:  # the last one may go on
        at += len(line) + 1
        if fence:
            if _closes(line, fence):
                fence, whole = "", at
        elif opening := _FENCE.fullmatch(line):
            fence = opening[1]
        elif not line.strip():
            whole = at
    return whole


def unclosed(text: str) -> str:
    """The fence that would close a text which ends within one; else empty."""
    fence = ""
    for line in _unix(text).split("\n"):
        if fence:
            fence = "" if _closes(line, fence) else fence
        elif opening := _FENCE.fullmatch(line):
            fence = opening[1]
    return fence


def without_blank_edges(text: str) -> str:
    """`text` without blank lines at its start and end, and without spaces at the end."""
    return re.sub(r"\A(?:[ \t]*\n)+", "", text.rstrip())


def _sections(lines: Sequence[str], first: int) -> Iterator[Section]:
    """Read on from the line `first`."""
    role: Role | None = None
    begun, fence = 0, ""
    pieces: list[list[str] | Note] = []
    for number in range(first, len(lines)):
        line = lines[number]
        inside = bool(fence)
        if fence:
            fence = "" if _closes(line, fence) else fence
        elif opening := _FENCE.fullmatch(line):
            inside, fence = True, opening[1]
        elif heading := _HEADING.fullmatch(line):
            if role is not None:
                yield _section(role, pieces, begun)
            role, begun, pieces = _ROLES[heading[1]], number, []
            continue
        if role is None:
            continue
        if not inside and (note := _note(line, role)) is not None:
            pieces.append(note)
            continue
        if not pieces or isinstance(pieces[-1], Note):
            pieces.append([])
        cast("list[str]", pieces[-1]).append(line if inside else _unescaped(line, role))
    if role is not None:
        yield _section(role, pieces, begun)


def _section(role: Role, pieces: Sequence[list[str] | Note], line: int) -> Section:
    read = (piece if isinstance(piece, Note) else without_blank_edges("\n".join(piece)) for piece in pieces)
    return Section(role, tuple(piece for piece in read if piece), line)


def _note(line: str, role: Role) -> Note | None:
    """The note that a line is. A person has none but what they are told: they may quote what looks like others."""
    found = _NOTE.fullmatch(line)
    if found is None or (role == "user" and _KINDS[found[1]] != "notice"):
        return None
    return Note(_KINDS[found[1]], (found[2] or "").strip())


def _escaped(lines: Sequence[str], role: Role) -> Iterator[str]:
    fence = ""
    for number, line in enumerate(lines):
        if fence:
            fence = "" if _closes(line, fence) else fence
            yield line
            continue
        opening = _FENCE.fullmatch(line)
        if opening and any(_closes(later, opening[1]) for later in lines[number + 1 :]):
            fence = opening[1]
            yield line
        elif _is_special(_bare(line), role):
            indent = line[: len(line) - len(line.lstrip(" "))]
            yield f"{indent}\\{line[len(indent) :]}"
        else:
            yield line


def _unescaped(line: str, role: Role) -> str:
    found = _ESCAPED.fullmatch(line)
    return f"{found[1]}{found[2][1:]}{found[3]}" if found and _is_special(found[1] + found[3], role) else line


def _bare(line: str) -> str:
    """`line` without backslashes at its start."""
    found = _ESCAPED.fullmatch(line)
    return found[1] + found[3] if found else line


def _is_special(line: str, role: Role) -> bool:
    return bool(_HEADING.fullmatch(line) or _FENCE.fullmatch(line)) or _note(line, role) is not None


def _closes(line: str, fence: str) -> bool:
    """Whether a line closes the block that `fence` opened (CommonMark 0.31, 4.5)."""
    bare = line.strip(" \t")
    return len(bare) >= len(fence) and set(bare) == {fence[0]} and len(line) - len(line.lstrip(" ")) <= 3


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
