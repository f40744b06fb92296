"""Documents as values: what a line is, what is inside a span, and what a replacement leaves."""

import itertools
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_ls.documents import Document, Position, Replacement, Span, content_length, split_lines

TEXT = st.text(alphabet=st.sampled_from("ab\n\r\f\v\x85\u2028\u00e9\U0001f600"), max_size=40)
UNHURRIED = settings(deadline=None)


def document(text: str) -> Document:
    return Document("file:///a.py", "python", 1, tuple(split_lines(text)))


def span(start_line: int, start_column: int, end_line: int, end_column: int) -> Span:
    return Span(Position(start_line, start_column), Position(end_line, end_column))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a\n", ""]),
        ("\n\n", ["\n", "\n", ""]),
        ("a\r\nb\rc\nd", ["a\r\n", "b\r", "c\n", "d"]),
        ("\r\r\n\n\r", ["\r", "\r\n", "\n", "\r", ""]),
        ("a\fb\vc\x85d\u2028e\u2029f\x1c", ["a\fb\vc\x85d\u2028e\u2029f\x1c"]),
    ],
)
def test_only_cr_lf_and_crlf_end_a_line(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


@UNHURRIED
@given(TEXT)
def test_lines_are_the_text_cut_after_each_line_end(text: str) -> None:
    lines = split_lines(text)

    assert "".join(lines) == text
    assert all(re.fullmatch(r"[^\r\n]*(\r\n|\r|\n)", line) for line in lines[:-1])
    assert re.fullmatch(r"[^\r\n]*", lines[-1])
    assert all(not (left.endswith("\r") and right.startswith("\n")) for left, right in itertools.pairwise(lines))


def test_one_long_line_without_an_end_is_split_in_linear_time() -> None:
    started = time.perf_counter()
    lines = split_lines("x" * 5_000_000)

    assert len(lines) == 1
    assert time.perf_counter() - started < 2  # a backtracking expression takes hours


@pytest.mark.parametrize(("line", "length"), [("ab\r\n", 2), ("ab\n", 2), ("ab\r", 2), ("ab", 2), ("\n", 0)])
def test_line_end_is_no_content(line: str, length: int) -> None:
    assert content_length(line) == length


@pytest.mark.parametrize(
    ("text", "line_end"),
    [("a\r\nb\n", "\r\n"), ("a\nb\r\n", "\n"), ("a\rb", "\r"), ("a", "\n"), ("", "\n"), ("\r\n", "\r\n")],
)
def test_first_line_says_which_line_end_is_used(text: str, line_end: str) -> None:
    assert document(text).line_end == line_end


@pytest.mark.parametrize(
    ("given_place", "nearest"),
    [
        (Position(0, 1), Position(0, 1)),
        (Position(0, 99), Position(0, 2)),
        (Position(0, -5), Position(0, 0)),
        (Position(-1, 7), Position(0, 0)),
        (Position(1, 9), Position(1, 1)),
        (Position(9, 0), Position(2, 0)),
    ],
)
def test_clamps_to_a_place_that_exists(given_place: Position, nearest: Position) -> None:
    assert document("ab\r\nc\n").clamp(given_place) == nearest


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (span(0, 0, 0, 0), ""),
        (span(0, 1, 0, 2), "b"),
        (span(0, 1, 1, 1), "b\r\nc"),
        (span(0, 1, 3, 0), "b\r\ncd\r\n\r"),
        (span(0, 0, 3, 1), "ab\r\ncd\r\n\re"),
    ],
)
def test_slice_is_the_text_between(where: Span, text: str) -> None:
    assert document("ab\r\ncd\r\n\re").slice(where) == text


def test_whole_spans_the_text() -> None:
    assert document("ab\nc").whole == span(0, 0, 1, 1)
    assert document("ab\n").whole == span(0, 0, 1, 0)
    assert document("").whole == span(0, 0, 0, 0)


def test_replaces_only_the_span() -> None:
    assert document("a = 1\nb = 2\n").replaced(Replacement(span(0, 4, 1, 0), "2\n\n")) == "a = 2\n\nb = 2\n"


@UNHURRIED
@given(TEXT, st.data())
def test_replaced_is_what_was_before_and_after_around_the_new(text: str, data: st.DataObject) -> None:
    before = document(text)
    places = [
        Position(line, column)
        for line, content in enumerate(before.lines)
        for column in range(content_length(content) + 1)
    ]
    start, end = sorted((data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places))))
    offset = [sum(map(len, before.lines[: place.line])) + place.column for place in (start, end)]

    assert before.slice(Span(start, end)) == text[offset[0] : offset[1]]
    assert before.replaced(Replacement(Span(start, end), "new")) == text[: offset[0]] + "new" + text[offset[1] :]
