"""What counts as a mention in a message."""

import pytest

from llm_ls.prompts import mentions
from llm_ls.prompts.mentions import Name


def kinds(text: str) -> list[tuple[str, str]]:
    return [(mention.kind, mention.written) for mention in mentions.found(text)]


def names(text: str) -> list[tuple[str, tuple[int, int] | None]]:
    """Of the only mention."""
    (mention,) = mentions.found(text)
    return [(name.path, name.lines) for name in mention.names]


def test_words_are_mentions_wherever_a_word_may_begin() -> None:
    text = "@selection: why? (see @diagnostics, *@diff* and @diff:staged.)\n@open @diff"

    assert kinds(text) == [
        ("selection", "@selection"),
        ("diagnostics", "@diagnostics"),
        ("diff", "@diff"),
        ("staged", "@diff:staged"),
        ("open", "@open"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "mail me@example.com, or git@github.com:me/it.git",
        "https://example.com/@me and a/@b, \\@selection",
        "`@selection` and ``@diff ` @open``",
        "```python\n@property\n@selection\n```",
        "~~~\n@open\n~~~\n",
        "```\n@diff\nnever closed",
        "> a\n   ````md\n```\n@open\n```\n````",
        "@ selection, @, @\nopen",
    ],
)
def test_these_are_none(text: str) -> None:
    assert mentions.found(text) == ()


def test_what_follows_code_is_one() -> None:
    assert kinds("```py\n@a\n```\n@open") == [("open", "@open")]
    assert kinds("`a` @open `b`") == [("open", "@open")]
    assert kinds("a ` alone @open\n\nb ` c") == [("open", "@open")]


def test_a_path_may_end_a_sentence() -> None:
    assert names("Look at @src/app.py.") == [("src/app.py.", None), ("src/app.py", None)]
    assert names("(in @app/[id]/page.tsx)?") == [
        ("app/[id]/page.tsx)?", None),
        ("app/[id]/page.tsx)", None),
        ("app/[id]/page.tsx", None),
    ]
    assert names("@Makefile") == [("Makefile", None)]


def test_lines_of_a_file() -> None:
    assert names("@src/app.py:10-20,") == [
        ("src/app.py:10-20,", None),
        ("src/app.py:10-20", None),
        ("src/app.py", (10, 20)),
    ]
    assert names("@a.py:7") == [("a.py:7", None), ("a.py", (7, 7))]
    assert names("@a.py:20-0") == [("a.py:20-0", None), ("a.py", (1, 20))]


def test_quotes_hold_any_name() -> None:
    assert names('@"with spaces.md"') == [("with spaces.md", None)]
    assert names('@file:"my file.py":3-4') == [("my file.py", (3, 4))]
    assert kinds('@symbols:"a b.py" x') == [("symbols", '@symbols:"a b.py"')]


@pytest.mark.parametrize(
    "path",
    ["nosuch.py", "notes.MD", "src/data.xyz", "../a/b.txt", "app/[id]/page.tsx", "src/app.py:10-20", "a.py.", "(a.c)"],
)
def test_what_looks_like_a_path_is_meant_as_one(path: str) -> None:
    (mention,) = mentions.found(f"Explain @{path}, please" if path[0] != "(" else "Explain (@a.c)")

    assert mention.certain


@pytest.mark.parametrize(
    "word",
    [
        *("app.get", "app.route('/a')", "app.get(x)", "f(a/b.py)", "pytest.fixture", "functools.cache", "property"),
        *("scope/name", "types/node", "angular/common/http", "babel/core@7.1"),
        *("example.com", "v1.2", "somebody@site.md", "Makefile"),
    ],
)
def test_what_may_be_a_word_is_none_unless_there_is_such_a_file(word: str) -> None:
    (mention,) = mentions.found(f"Why @{word}?")

    assert not mention.certain


def test_a_prefix_makes_a_name_certain() -> None:
    certain = {mention.written: mention.certain for mention in mentions.found("@property @file:a @symbols:b @open")}

    assert certain == {"@property": False, "@file:a": True, "@symbols:b": True, "@open": True}
    assert mentions.found("@file:selection")[0].names == (Name("selection"),)


def test_a_mention_counts_once() -> None:
    assert kinds("@a.py and @a.py") == [("file", "@a.py")]


def test_a_long_message_is_looked_through_at_once() -> None:
    hostile = ("`" * 5 + "@a " + "```" + "\n") * 3_000 + "@" * 20_000 + "@x" + "." * 50_000

    assert mentions.found(hostile)
