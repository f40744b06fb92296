"""What can go on at the cursor of a chat document: a mention after `@`, a prompt after `/` where a question begins."""

import re
from collections.abc import Iterable, Sequence

import attrs

from llm_ls.features import chat_document

MOST = 100
_MENTION = re.compile(r"""(?<![\w@./\\+=:%&\#~$-])@(?:(file|symbols):)?(?:"[^"\n]*|[^\s"'`<>|]*)$""")
_PROMPT = re.compile(r"[ \t]*(/[\w-]*)$")
_NEEDS_QUOTES = re.compile(r"""[\s'`<>|:]""")


@attrs.frozen
class Completion:
    """One way to go on.

    Attributes:
        text: Takes the place of what is being written.
        about: What it stands for, in a few words.
    """

    text: str
    about: str = ""
    is_file: bool = False


KEYWORDS = (
    Completion("@selection", "what is selected, or around the cursor"),
    Completion("@diagnostics", "the problems that are reported"),
    Completion("@diff", "what has changed since the last commit"),
    Completion("@diff:staged", "what is staged"),
    Completion("@open", "the open documents"),
    Completion("@symbols:", "the definitions in a file"),
)


@attrs.frozen
class Writing:
    """What is being written.

    Attributes:
        column: Where it begins in its line, in code points.
        text: From there to the cursor.
    """

    column: int
    text: str

    @property
    def is_prompt(self) -> bool:
        return self.text.startswith("/")


def writing(lines: Sequence[str], line: int, column: int) -> Writing | None:
    """What is being written at a place of a question, if it is a mention or the name of a prompt."""
    above = "".join(lines[:line])
    sections = chat_document.parse(f"{above}{lines[line][:column]}").sections
    if not sections or sections[-1].role != "user":
        return None
    if chat_document.unclosed("".join(lines[sections[-1].line : line])):
        return None
    before = lines[line][:column]
    if mention := _MENTION.search(before):
        return Writing(mention.start(), mention[0])
    prompt = _PROMPT.fullmatch(before)
    is_first = not "".join(lines[sections[-1].line + 1 : line]).strip()
    return Writing(prompt.start(1), prompt[1]) if prompt and is_first else None


def mentions(written: str, names: Iterable[str]) -> tuple[tuple[Completion, ...], bool]:
    """What a mention that begins so can become, the likeliest first; and whether there are more.

    Args:
        names: Of the files that may be read.
    """
    found = re.match(r"@(?:(?:file|symbols):)?\"?", written)
    prefix = found[0] if found else "@"
    typed = written[len(prefix) :].lower()
    keywords = [one for one in KEYWORDS if prefix == "@" and one.text[1:].startswith(typed)]
    ranked = [(rank, len(name), name) for name in names if (rank := _rank(name.lower(), typed)) is not None]
    ranked.sort()
    prefix = prefix.removesuffix('"')
    files = [Completion(mention(name, prefix), is_file=True) for _, _, name in ranked[:MOST]]
    return (*keywords, *files), len(ranked) > MOST


def mention(name: str, prefix: str = "@") -> str:
    """How a file is mentioned."""
    return f'{prefix}"{name}"' if _NEEDS_QUOTES.search(name) else f"{prefix}{name}"


def _rank(name: str, typed: str) -> int | None:
    """How well a file fits, 0 the best; `None`: its name does not have all that is typed, in that order."""
    last = name.rpartition("/")[2]
    if last.startswith(typed) or name.startswith(typed):
        return 0
    if typed in last:
        return 1
    if typed in name:
        return 2
    at = -1
    for letter in typed:
        at = name.find(letter, at + 1)
        if at < 0:
            return None
    return 3
