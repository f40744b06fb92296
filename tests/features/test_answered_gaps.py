"""An answer is said again as long as nothing but its beginning was typed."""

import pytest

from llm_ls.documents import Document, Position, split_lines
from llm_ls.features.answered_gaps import Answer, AnsweredGaps


def place(marked: str, uri: str = "file:///a.py") -> tuple[Document, Position]:
    before, _, after = marked.partition("│")
    lines = split_lines(before)
    return Document(uri, "python", 1, tuple(split_lines(before + after))), Position(len(lines) - 1, len(lines[-1]))


@pytest.mark.parametrize(
    ("then", "text", "now", "left"),
    [
        pytest.param("x = │\n", "f(a)", "x = │\n", "f(a)", id="nothing typed"),
        pytest.param("x = │\n", "f(a)", "x = f│\n", "(a)", id="a character"),
        pytest.param("x = │\n", "f(a)", "x = f(│)\n", "a)", id="a bracket closed by the editor"),
        pytest.param("x = │\n", 'f("a")', 'x = f("│")\n', 'a")', id="two of them"),
        pytest.param("if a:│\nz\n", "\n    b\n    c", "if a:\n    b│\nz\n", "\n    c", id="over a line end"),
        pytest.param("if a:│\r\nz\r\n", "\n    b", "if a:\r\n    │\r\nz\r\n", "b", id="over CRLF"),
        pytest.param("x = │", "f", "x = f│", None, id="all of it"),
        pytest.param("x = │\n", "f(a)", "x = g│\n", None, id="something else"),
        pytest.param("x = │\n", "f(a)", "y = f│\n", None, id="another line before"),
        pytest.param("x = │\n", "f(a)", "x = f│ + 1\n", None, id="another line after"),
        pytest.param("a\nx = │\n", "f", "b\nx = │\n", None, id="another line above"),
        pytest.param("x = │\na\n", "f", "x = │\nb\n", None, id="another line below"),
        pytest.param("x = │\na\n", "f", "x = │\n", None, id="a line less"),
        pytest.param("x = │\n", "f", "x =│ \n", None, id="before it"),
        pytest.param("\n\nx = │", "f", "x = │", None, id="lines above gone"),
    ],
)
def test_left(then: str, text: str, now: str, left: str | None) -> None:
    gaps = AnsweredGaps()
    gaps.keep(Answer(*place(then), (("id", text),), "acme/m"))
    answer = gaps.along(*place(now))

    assert (answer.texts if answer else None) == (None if left is None else (("id", left),))


def test_only_of_the_same_document() -> None:
    gaps = AnsweredGaps()
    gaps.keep(Answer(*place("x = │\n"), (("id", "f"),), "acme/m"))

    assert gaps.along(*place("x = │\n", "file:///b.py")) is None


def test_nothing_to_say_is_an_answer_where_it_was_said() -> None:
    gaps = AnsweredGaps()
    gaps.keep(Answer(*place("x = │\n"), (), "acme/m"))
    answer = gaps.along(*place("x = │\n"))

    assert answer is not None
    assert answer.texts == ()
    assert gaps.along(*place("x = f│\n")) is None


def test_the_newest_counts_and_one_will_not_do_for_several() -> None:
    gaps = AnsweredGaps()
    gaps.keep(Answer(*place("x = │\n"), (("1", "f"),), "acme/m"))
    gaps.keep(Answer(*place("x = │\n"), (("2", "g"),), "acme/m"))
    answer = gaps.along(*place("x = │\n"))

    assert answer is not None
    assert answer.texts == (("2", "g"),)
    assert gaps.along(*place("x = │\n"), several=True) is None
