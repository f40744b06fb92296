"""What a message names with `@`: files, and what the editor and the repository know. Found in the text alone."""

import re
from collections.abc import Iterator
from typing import Literal

import attrs

Kind = Literal["file", "symbols", "selection", "diagnostics", "diff", "staged", "open"]

_WORDS: dict[str, Kind] = {
    "selection": "selection",
    "diagnostics": "diagnostics",
    "diff": "diff",
    "diff:staged": "staged",
    "open": "open",
}
_OPENING = re.compile(r" {0,3}(?:(`{3,})[^`]*$|(~{3,}))")
_CLOSING = re.compile(r" {0,3}(`+|~+)[ \t]*$")
_BACKTICKS = re.compile(r"`+")
_MENTION = re.compile(
    r"""(?<![\w@./\\+=:%&\#~$-])@(?:(?P<prefix>file|symbols):)?(?:"(?P<quoted>[^"\n]+)"(?::(?P<lines>\d+(?:-\d+)?)(?!\w))?"""
    r"""|(?P<plain>[^\s"'`<>|]+))"""
)
_LINES = re.compile(r"(.+):(\d+)(?:-(\d+))?")
_MOST_NAMES = 6
_PATH = re.compile(r"(?:[\w.+~\[\]-]*/)*[\w.+~\[\]-]*\.(?P<ending>[A-Za-z]{1,5})")
_FILES = re.compile(
    r"""(?xi) astro|bash|bat|c|cc|cfg|cjs|cpp|cs|css|csv|cts|cxx|dart|erl|exs|go|gql|h|hcl|hpp|hs|htm|html|hxx|ini|ipynb
    |java|jl|js|json|jsonc|jsonl|jsx|kt|kts|lua|md|mdx|mjs|ml|mli|mm|mts|nim|nix|php|pl|proto|py|pyi|pyx|rb|rs|rst|sass
    |scala|scss|sh|sql|svg|swift|tex|tf|toml|ts|tsv|tsx|txt|vb|vim|vue|xml|yaml|yml|zig|zsh"""
)
"""Ends of names that nobody gives to a decorator: `@app.get` and `@pytest.mark` are words of the question."""


@attrs.frozen
class Name:
    """A path as somebody may have meant it; `lines` are the first and the last of a part of it, from 1."""

    path: str
    lines: tuple[int, int] | None = None


@attrs.frozen
class Mention:
    """Something that is to be attached.

    Attributes:
        written: As it stands in the text.
        names: Of a file, the likeliest first: the end of a sentence may stand directly behind it.
        certain: Whether nothing else is likely to be meant. Any other `@name` is a mention only of a file that exists.
    """

    kind: Kind
    written: str
    names: tuple[Name, ...] = ()
    certain: bool = True


def found(text: str) -> tuple[Mention, ...]:
    """What `text` mentions outside of code, in order, each once."""
    return tuple(dict.fromkeys(_found(_without_code(text))))


def _found(text: str) -> Iterator[Mention]:
    for match in _MENTION.finditer(text):
        kind: Kind = "symbols" if match["prefix"] == "symbols" else "file"
        if match["quoted"]:
            names = (Name(match["quoted"], _range(*match["lines"].split("-"))),) if match["lines"] else ()
            names = names or (Name(match["quoted"]),)
            yield Mention(kind, match[0], names)
            continue
        endings = tuple(_endings(match["plain"]))
        word = _WORDS.get(endings[-1]) if not match["prefix"] else None
        if word:
            yield Mention(word, f"@{endings[-1]}")
        elif endings[-1]:
            names = tuple(dict.fromkeys(name for ending in endings for name in _names(ending)))
            yield Mention(
                kind,
                f"@{match['prefix']}:{endings[-1]}" if match["prefix"] else f"@{endings[-1]}",
                names,
                bool(match["prefix"]) or _is_path(names[-1].path),
            )


def _is_path(name: str) -> bool:
    """Whether it can hardly be anything but a file's; `@scope/package` is npm's, and `@app.get` a decorator."""
    found = _PATH.fullmatch(name)
    return found is not None and ("/" in name or _FILES.fullmatch(found["ending"]) is not None)


def _endings(written: str) -> Iterator[str]:
    """`written`, and without the signs that may belong to the sentence around it, one less at a time."""
    for _ in range(_MOST_NAMES):
        yield written
        if not written or written[-1].isalnum() or written[-1] in "_/":
            return
        written = written[:-1]
    yield written.rstrip(".,:;!?)]}*'»”’")


def _names(written: str) -> Iterator[Name]:
    yield Name(written)
    if match := _LINES.fullmatch(written):
        yield Name(match[1], _range(match[2], match[3] or match[2]))


def _range(first: str, last: str | None = None) -> tuple[int, int]:
    start, end = sorted((int(first), int(last or first)))
    return max(start, 1), max(end, 1)


def _without_code(text: str) -> str:
    """`text` with blanks in place of code."""
    kept: list[str] = []
    paragraph: list[str] = []
    fence = ""
    for line in text.splitlines(keepends=True):
        if fence:
            closing = _CLOSING.match(line)
            fence = "" if closing and closing[1].startswith(fence) else fence
            kept.append("\n")
        elif opening := _OPENING.match(line):
            fence = opening[1] or opening[2]
            kept += (*_without_spans(paragraph), "\n")
            paragraph = []
        else:
            paragraph.append(line)
            if not line.strip():  # no span goes over a blank line
                kept += _without_spans(paragraph)
                paragraph = []
    return "".join((*kept, *_without_spans(paragraph)))


def _without_spans(paragraph: list[str]) -> Iterator[str]:
    """The paragraph with a blank in place of each span of code: between two runs of as many backticks."""
    text = "".join(paragraph)
    runs = list(_BACKTICKS.finditer(text))
    nearest: dict[int, re.Match[str]] = {}
    closing: dict[int, re.Match[str]] = {}
    for run in reversed(runs):
        if (later := nearest.get(len(run[0]))) is not None:
            closing[run.start()] = later
        nearest[len(run[0])] = run
    end = 0
    for run in runs:
        if run.start() >= end and run.start() in closing:
            yield text[end : run.start()]
            yield " "
            end = closing[run.start()].end()
    yield text[end:]
