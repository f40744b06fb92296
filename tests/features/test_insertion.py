"""The text to insert, out of what a chat model writes, in whatever pieces it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_ls.features.insertion import Insertion
from llm_ls.models import InfillRequest

RETURN = "def add(a, b):\n    return "
DEFINED = "def add(a, b):"
BLANK = "def add(a, b):\n    "


def heard(request: InfillRequest, answer: str, size: int) -> list[str]:
    """What is handed on after each piece of this size, and at the end."""
    insertion = Insertion(request)
    pieces = [answer[start : start + size] for start in range(0, len(answer), size)]
    return [*(insertion.feed(piece) for piece in pieces), insertion.finish()]


def check(prefix: str, answer: str, inserted: str, suffix: str = "\n", *, stop: tuple[str, ...] = ()) -> None:
    for size in (1, 2, 3, 7, 1000):
        assert "".join(heard(InfillRequest(prefix, suffix, stop=stop), answer, size)) == inserted, size


@pytest.mark.parametrize(
    "answer",
    [
        "a + b",
        "<fill>a + b</fill>",
        "<fill>a + b",
        "<fill>a + b\n</fill>\n\nThis adds them.",
        "\n<fill>a + b</fill>",
        "```python\na + b\n```",
        "```\na + b\n```\nThis adds them.",
        "<fill>```python\na + b\n```</fill>",
        "Here is the code:\n\n```python\na + b\n```\n",
        "Sure! Here you go:\n<fill>a + b</fill>",
        "Sure! I can do that.\na + b",
        "`a + b`",
        "```a + b```",
        "a + b\n```\n",
        "    return a + b",
        "return a + b",
        "<fill>    return a + b</fill>",
        "<fill>\n    return a + b\n</fill>",
        "```python\n    return a + b\n```",
        "```python\ndef add(a, b):\n    return a + b\n```",
        "<fill>    return <|cursor|>a + b</fill>",
        "a + b<|cursor|>\n\n\n",
        "a + b\n\n\n",
    ],
)
def test_hands_on_just_the_text(answer: str) -> None:
    check(RETURN, answer, "a + b")


@pytest.mark.parametrize(
    "answer",
    [
        "<fill>\n    return a + b</fill>",
        "\n    return a + b\n",
        "    return a + b",
        "```python\n    return a + b\n```",
        "def add(a, b):\n    return a + b",
    ],
)
def test_a_new_line_begins_on_a_line_of_its_own(answer: str) -> None:
    check(DEFINED, answer, "\n    return a + b")


@pytest.mark.parametrize(
    "answer",
    [
        "<fill>return a + b</fill>",
        "<fill>    return a + b</fill>",
        "<fill>\n    return a + b\n</fill>",
        "```python\n    return a + b\n```",
        "def add(a, b):\n    return a + b",
    ],
)
def test_what_the_line_is_indented_by_is_not_doubled(answer: str) -> None:
    check(BLANK, answer, "return a + b")


@pytest.mark.parametrize(
    ("prefix", "answer", "inserted"),
    [
        ("total = self.it", "self.items", "ems"),
        ("total = self.it", "items", "ems"),
        ("total = self.it", "ems", "ems"),
        ("x = 10", "10", "10"),
        ("foo(1)", "\nfoo(2)", "\nfoo(2)"),
        ("a\r\nreturn ", "return b", "b"),
        (")", ")", ")"),
    ],
)
def test_a_word_that_has_begun_is_not_repeated(prefix: str, answer: str, inserted: str) -> None:
    check(prefix, answer, inserted)


def test_a_remark_stays_on_the_line() -> None:
    check("x = 1", "  # one", "  # one")
    check("def add(a, b):", "  # adds", "\n  # adds")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "<fill></fill>",
        "<fill>\n</fill>",
        "\n",
        "```python\n```",
        "<fi",
        "Here is the code:",
        "I'm sorry, I cannot.",
    ],
)
def test_nothing_to_insert_inserts_nothing(answer: str) -> None:
    check(RETURN, answer, "")


def test_a_text_may_begin_like_a_remark_to_the_user() -> None:
    check("# ", "Here is the rest", "Here is the rest")
    check('print("', "<fill>Sorry, no</fill>", "Sorry, no", '")\n')
    check("", "i = 0", "i = 0")


def test_line_end_stays_where_another_line_follows_at_once() -> None:
    check("", "<fill>import os\n\n</fill>", "import os\n", "import sys\n")
    check("f(", "<fill>a, </fill>", "a, ", "b)\n")


def test_fences_and_quotes_of_the_file_are_not_taken_for_the_answers() -> None:
    check("const a = `x`;\nconst b = ", "`y`;", "`y`;")
    check("# Use\n\n```sh\nls\n```\n\n", "More:\n\n```sh\npwd\n```", "More:\n\n```sh\npwd\n```", "")


def test_what_was_asked_for_ends_the_text() -> None:
    check(RETURN, "<fill>a + b\n\nprint(1)</fill>", "a + b", stop=("\n\n",))


def test_another_mark_is_looked_for_where_the_file_holds_the_usual_one() -> None:
    check('MARK = "<|cursor|>"\nprint(', "MARK, '<|cursor|>'<|cursor2|>)", "MARK, '<|cursor|>'")


def test_hands_on_as_early_as_it_can() -> None:
    """Only what may be a tag, an echo or a blank end waits, until it is known."""
    pieces = heard(InfillRequest(RETURN, "\n"), "<fill>a + b\n    c < d</fill>", 1)

    assert [piece for piece in pieces if piece] == ["a", " +", " b", "\n    c", " <", " d"]
    assert pieces.index("a") == len("<fill>")


PIECES = (
    "<fill>",
    "</fill>",
    "```",
    "```python\n",
    "\n",
    "    ",
    " ",
    "`",
    "return ",
    "a",
    "b",
    "<",
    "<|cursor|>",
    "Here is",
    ":",
    "Sure!",
)


@given(
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
    st.sampled_from((RETURN, DEFINED, BLANK, "", "x = `", "a", "```\nb")),
    st.sampled_from(("\n", "", ")\n", "b")),
    st.integers(1, 5),
)
def test_pieces_make_no_difference(answer: str, prefix: str, suffix: str, size: int) -> None:
    request = InfillRequest(prefix, suffix)

    assert "".join(heard(request, answer, size)) == "".join(heard(request, answer, 1000))
