"""The definitions of a text, by the lines that begin them: no language is parsed, and none is needed to be known.

A line counts whose first words, after what may modify them, are those with which some language defines a name. Where
that is no language's word, as of methods in C and Java, the shape of the line is looked at.
"""

import itertools
import re
from collections.abc import Iterable, Iterator

import attrs

_MODIFIERS = (
    r"(?:(?:export|default|public|private|protected|internal|static|final|abstract|async|override|virtual|inline|const|"
    r"unsafe|extern|open|sealed|data|partial|readonly|declare|pub(?:\([\w: ]+\))?|local|global|suspend|companion|"
    r"mutating|implicit|lazy|case|constexpr|@\w+)\s+)*"
)
_NAME = r"(?P<name>[^\W\d][\w$?!]*(?:(?:::|[.:])[^\W\d][\w$?!]*)*)"
_WORD = re.compile(
    rf"\s*{_MODIFIERS}(?P<word>def|defp|defmodule|defmacro|class|interface|struct|enum|union|trait|module|mod|namespace|"
    r"type|protocol|extension|object|record|function\*?|func|fun|fn|sub|proc|macro_rules!|macro|message|service|rpc|contract|"
    rf"typedef|newtype|instance|actor|component)\s+(?:\([^)]*\)\s*)?{_NAME}"
)
_IMPL = re.compile(r"\s*impl(?:<[^>]*>)?\s+(?P<name>[^{]+?)\s*(?:where\b.*)?\{?\s*$")
_ARROW = re.compile(
    rf"\s*{_MODIFIERS}(?:let|var|val|const)?\s*{_NAME}\s*(?::[^=]+)?=\s*(?:async\s+)?(?:function\b|(?:\([^)]*\)|\w+)\s*(?::[^=]+)?=>)"
)
_CALLABLE = re.compile(rf"\s*(?:[A-Za-z_~][\w:<>,&*~\[\].?]*[ \t]+)*[*&]*{_NAME}\s*\([^;={{]*\{{\s*$")
_HEAD = re.compile(rf"(?:[A-Za-z_~][\w:<>,&*~]*[ \t]+)*[*&]*{_NAME}\s*\([^;={{]*\)\s*$")
_RESOURCE = re.compile(r'(?P<word>resource|data|variable|output|provider)\s+"(?P<name>[^"]+(?:"\s+"[^"]+)?)"')
_SQL = re.compile(
    r"\s*create\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+)?(?:table|view|function|procedure|trigger|index|type|schema)\s+"
    r"(?:if\s+not\s+exists\s+)?(?P<name>[\w.\"`]+)",
    re.IGNORECASE,
)
_HEADING = re.compile(r"#{1,6}\s+(?P<name>.*\S)")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_CONTROL = re.compile(
    r"\s*(?:if|for|while|switch|catch|return|else|do|try|with|match|using|lock|foreach|elif|unless|until|sizeof|when|await"
    r"|yield|new|throw|function|synchronized)\b"
)
_COMMENT = re.compile(r"\s*(?:#(?!\[)|//|--|\*|/\*|;|%|<!--|\"\"\"|''')")
_PROSE = (".md", ".markdown", ".mdx", ".rmd")
_LONGEST_LINE = 400


@attrs.frozen
class Symbol:
    """A definition.

    Attributes:
        line: Where it begins, from 1.
        text: That line, without what opens a body.
    """

    name: str
    line: int
    text: str


def symbols(lines: Iterable[str], name: str) -> Iterator[Symbol]:
    """The definitions in `lines` of a file called `name`, in order; of Markdown, the headings."""
    headings, fence = name.lower().endswith(_PROSE), ""
    for number, (line, next_line) in enumerate(itertools.pairwise((*lines, "")), 1):
        if len(line) > _LONGEST_LINE:
            continue
        if not headings:
            found = _defined(line, next_line)
        elif opened := _FENCE.match(line):
            fence, found = ("" if fence == opened[1] else fence or opened[1]), None
        else:
            found = None if fence else _HEADING.match(line)
        if found:
            yield Symbol(found["name"].strip('"`'), number, line.rstrip().rstrip("{").rstrip())


def _defined(line: str, next_line: str) -> re.Match[str] | None:
    if not line or _COMMENT.match(line):
        return None
    for pattern in (_WORD, _IMPL, _ARROW, _RESOURCE, _SQL):
        if found := pattern.match(line):
            return found
    called = _HEAD.match(line) if next_line.rstrip() == "{" else _CALLABLE.match(line)  # as C is written by many
    return called if called and not _CONTROL.match(line) and not _CONTROL.fullmatch(called["name"]) else None


def rendered(found: Iterable[Symbol]) -> str:
    """A line each, with its number; indented as in the text."""
    return "\n".join(f"{symbol.line}: {symbol.text}" for symbol in found)
