"""Which lines belong together, in any language: by indentation and the words that definitions begin with."""

import re

from llm_ls.documents import Document
from llm_ls.features import indentation

_MODIFIERS = (
    r"(?:(?:export|default|public|private|protected|internal|static|final|abstract|async|unsafe|const|override"
    r"|virtual|inline|sealed|open|data|suspend|local|partial|readonly|declare|pub(?:\([\w ]+\))?|extern(?: \"C\")?)"
    r"\s+)*"
)
_DEFINITION = re.compile(
    rf"\s*{_MODIFIERS}(?:def|class|func|fn|fun|function|sub|proc|struct|interface|enum|impl|trait|module|namespace"
    r"|record|protocol|extension|defn|defmodule|defmacro)\b"
    rf"|\s*{_MODIFIERS}(?:const|let|var)\s+\w+\s*(?::[^=]+)?=\s*(?:async\s*)?(?:function\b|\(.*=>|\w+\s*=>)"
)
_CALLABLE = re.compile(rf"\s*{_MODIFIERS}[A-Za-z_~][\w:<>,&*~\[\].? ]*\([^;]*")
_CONTROL = re.compile(
    r"\s*(?:\}\s*)?(?:if|else|elif|for|foreach|while|switch|match|case|try|catch|except|finally|with|do|return|loop"
    r"|unless|until|select|using|lock|synchronized|guard|defer|when|throw|await|yield|new|assert|print)\b"
)
_CONTINUES = re.compile(r"\s*(?:[)\]{]|begin\b)")
_CLOSES = re.compile(r"\s*(?:\}|end\b|fi\b|done\b|esac\b)")
_BELONGS_BELOW = re.compile(r"\s*(?:@|#\[|\[\w|template\s*<|//|\*|/\*|#(?!!|include|define|if|endif)|--|;)")
_MOST_ABOVE = 60
_LONGEST_HEADER = 1_000
_LONGEST_STUB = 20_000
MOST_LINES = 150
_LLM_COMMENT = re.compile(r"\s*\W{1,4}\s*llm\s*:", re.IGNORECASE)
_STUB = re.compile(
    r"\b(?:TODO|FIXME|NotImplemented(?:Error|Exception)?|unimplemented!|todo!|not implemented)"
    r"|^\s*(?:pass|\.\.\.)\s*(?:#.*)?$|\{\s*\}\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_COMMENT = re.compile(r"\s*(?:#(?![!\[])|//|--|;|%|/\*|<!--)\s*\w")


def enclosing(document: Document, line: int, most_lines: int) -> tuple[int, int] | None:
    """First and last line of the innermost definition around `line`, with its decorators and doc comment.

    `None` where there is none, or where it is longer than `most_lines`.
    """
    lines = document.lines
    for start in range(_below_what_belongs_above(lines, line), max(-1, line - most_lines), -1):
        if _is_header(lines, start):
            end = _end_of(lines, start, start + most_lines)
            if end is not None and end >= line:
                return _with_what_belongs_above(lines, start), end
    return None


def is_stub(text: str) -> bool:
    """Whether something is still to be written there."""
    return bool(_STUB.search(text, 0, _LONGEST_STUB))


def is_comment(line: str) -> bool:
    return bool(_COMMENT.match(line))


def paragraph(document: Document, line: int, most_lines: int) -> tuple[int, int]:
    """First and last line around `line` up to the nearest blank ones."""
    first = last = line
    while first > 0 and line - first < most_lines // 2 and document.lines[first - 1].strip():
        first -= 1
    end = len(document.lines) - 1
    while last < end and last - first < most_lines and document.lines[last + 1].strip():
        last += 1
    return first, last


def _width(line: str) -> int:
    return len(indentation.of_line(line).expandtabs(4))


def _is_header(lines: tuple[str, ...], number: int) -> bool:
    text = lines[number]
    if len(text) > _LONGEST_HEADER or _CONTROL.match(text):
        return False
    if _DEFINITION.match(text):
        return True
    if not _CALLABLE.match(text):
        return False
    following = next((line for line in lines[number + 1 : number + 3] if line.strip()), "")
    return text.rstrip().endswith("{") or (text.rstrip().endswith(")") and following.lstrip().startswith("{"))


def _end_of(lines: tuple[str, ...], start: int, limit: int) -> int | None:
    """The last line of the block that begins at `start`; `None` if it goes on past `limit`."""
    width, last = _width(lines[start]), start
    for number in range(start + 1, min(len(lines), limit + 1)):
        text = lines[number]
        if not text.strip():
            continue
        if _width(text) > width or (_width(text) == width and _CONTINUES.match(text)):
            last = number
        elif _width(text) == width and _CLOSES.match(text):
            return number
        else:
            return last
    return last if limit >= len(lines) - 1 else None


def _with_what_belongs_above(lines: tuple[str, ...], start: int) -> int:
    width, first = _width(lines[start]), start
    while first > 0 and _belongs_below(lines[first - 1]) and _width(lines[first - 1]) - width in (0, 1):
        first -= 1
    return first


def _below_what_belongs_above(lines: tuple[str, ...], line: int) -> int:
    """The definition that a comment or decorator on `line` belongs to; `line` itself if it belongs to none."""
    at = line
    while at < len(lines) - 1 and at - line < _MOST_ABOVE and _belongs_below(lines[at]):
        at += 1
    return at if _is_header(lines, at) else line


def _belongs_below(line: str) -> bool:
    return bool(_BELONGS_BELOW.match(line)) and not _LLM_COMMENT.match(line)
