"""Prompts that people keep as Markdown files: a head of `key: value` lines, and what is asked, with variables in it."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal, cast, get_args

import attrs

Variable = Literal["selection", "file", "language", "input", "diagnostics", "diff"]
Origin = Literal["user", "workspace", "built-in"]
Kind = Literal["quickfix", "refactor.rewrite", "source"]
AppliesTo = Literal["selection", "diagnostic", "document"]
Answer = Literal["edit", "show", "chat"]

_CHOICES = {"kind": get_args(Kind), "appliesTo": get_args(AppliesTo), "answer": get_args(Answer)}
_KEYS = ("title", "description", "languages", "model", "menu", *_CHOICES)
_LINE = re.compile(r"([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*?)[ \t]*")
_VARIABLE = re.compile(r"\{\{[ \t]*([A-Za-z]\w*)[ \t]*\}\}")
_COMMAND = re.compile(r"/([^\s/]+)(?:[ \t]+|(?=\n)|\Z)")


@attrs.frozen(eq=False, repr=False)
class Prompt:
    """A prompt of the library.

    Attributes:
        name: Without blanks: what it is called by, after a slash.
        body: What is asked, with variables such as `{{selection}}`.
        kind: The LSP code action kind it is offered as.
        answer: `edit` replaces the code by the answer, `show` opens the answer beside it, `chat` begins a chat.
        applies_to: What must be there for it to be offered.
        languages: Language ids it is offered in; empty is all.
        model: `provider/model` or a tier; empty leaves it to the settings.
        menu: Whether it is offered as a code action.
    """

    name: str
    title: str
    body: str
    origin: Origin
    description: str = ""
    kind: Kind = "refactor.rewrite"
    answer: Answer = "show"
    applies_to: AppliesTo = "selection"
    languages: tuple[str, ...] = ()
    model: str = ""
    menu: bool = False

    @property
    def variables(self) -> frozenset[str]:
        """Those that are in it."""
        return frozenset(_VARIABLE.findall(self.body)) & frozenset(get_args(Variable))


def parse(stem: str, text: str, origin: Origin) -> tuple[Prompt, tuple[str, ...]]:
    """The prompt in the file called `stem`, and what is wrong with it: the rest of it applies."""
    name = re.sub(r"[\s/]+", "-", stem)
    values, body = _head(text)
    known = {key: value for key, value in values.items() if key in _KEYS and value in _CHOICES.get(key, (value,))}
    languages = (item.strip().strip("\"'") for item in known.get("languages", "").strip("[]").split(","))
    prompt = Prompt(
        name=name,
        title=known.get("title") or re.sub(r"[-_]+", " ", name).strip().capitalize(),
        body=body.strip(),
        origin=origin,
        description=known.get("description", ""),
        languages=tuple(filter(None, languages)),
        model=known.get("model", ""),
        menu=known.get("menu", "").lower() in ("true", "yes", "on"),
        kind=cast(Kind, known.get("kind", "refactor.rewrite")),
        answer=cast(Answer, known.get("answer", "show")),
        applies_to=cast(AppliesTo, known.get("appliesTo", "selection")),
    )
    return prompt, tuple(_problems(values, body))


def _head(text: str) -> tuple[dict[str, str], str]:
    """The lines between two of `---` at the top, as keys and values; and the rest."""
    lines = text.removeprefix("\ufeff").splitlines()
    if not lines or lines[0].rstrip() != "---":
        return {}, text
    end = next((number for number, line in enumerate(lines) if number and line.rstrip() in ("---", "...")), None)
    if end is None:
        return {}, text
    found = filter(None, (_LINE.fullmatch(line) for line in lines[1:end]))
    return {match[1]: _plain(match[2]) for match in found}, "\n".join(lines[end + 1 :])


def _plain(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _problems(values: Mapping[str, str], body: str) -> Iterator[str]:
    for key, value in values.items():
        if key not in _KEYS:
            yield f"has {key!r}, which is none of {', '.join(sorted(_KEYS))}"
        elif value not in _CHOICES.get(key, (value,)):
            yield f"has {value!r} as {key!r}, which may be {' or '.join(_CHOICES[key])}"
    for name in dict.fromkeys(_VARIABLE.findall(body)):
        if name not in get_args(Variable):
            yield f"has the variable {{{{{name}}}}}, which is none of {', '.join(get_args(Variable))}"
    if not body.strip():
        yield "asks nothing"


def called(text: str) -> tuple[str, str] | None:
    """The name and the rest, if a message begins with a slash and a name."""
    match = _COMMAND.match(text)
    return (match[1], text[match.end() :].strip()) if match else None


def expand(prompt: Prompt, values: Mapping[str, str]) -> str:
    """What is asked, with the values of its variables; words that it has no place for come at its end.

    Args:
        values: By variable; what is not there is empty, and what is no variable stays as it is written.
    """
    known = get_args(Variable)
    text = _VARIABLE.sub(lambda found: values.get(found[1], "") if found[1] in known else found[0], prompt.body)
    words = values.get("input", "") if "input" not in prompt.variables else ""
    return f"{text}\n\n{words}" if words else text
