"""Places, diagnostics and edits on their way between the client's units and our code points."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types

from llm_ls import documents
from llm_ls.documents import Document, Position, Replacement, Span, split_lines
from llm_ls.protocol import convert, position_codec
from llm_ls.protocol.position_codec import PositionEncoding
from llm_ls.protocol.text_sync import LspWorkspace
from tests.protocol.plain_text import CODECS, offset, place, texts, units

ENCODINGS: tuple[PositionEncoding, ...] = ("utf-8", "utf-16", "utf-32")


def document(text: str) -> Document:
    return Document("file:///a.py", "python", 1, tuple(split_lines(text)))


def lsp_range(start: tuple[int, int], end: tuple[int, int]) -> types.Range:
    return types.Range(types.Position(*start), types.Position(*end))


def span(start: tuple[int, int], end: tuple[int, int]) -> Span:
    return Span(Position(*start), Position(*end))


@pytest.mark.parametrize(("encoding", "character"), [("utf-8", 6), ("utf-16", 3), ("utf-32", 2)])
def test_columns_are_counted_in_the_units_agreed_on(encoding: PositionEncoding, character: int) -> None:
    text = document("x\né\U0001f600b")

    assert convert.to_lsp_position(text, Position(1, 2), encoding) == types.Position(1, character)
    assert convert.from_lsp_position(text, types.Position(1, character), encoding) == Position(1, 2)


@pytest.mark.parametrize(("encoding", "inside"), [("utf-8", 3), ("utf-8", 5), ("utf-16", 2)])
def test_place_inside_a_character_is_its_start(encoding: PositionEncoding, inside: int) -> None:
    assert convert.from_lsp_position(document("é\U0001f600b"), types.Position(0, inside), encoding) == Position(0, 1)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("sent", "nearest"),
    [((0, 99), (0, 2)), ((1, 5), (1, 1)), ((9, 9), (2, 0)), ((-1, 5), (0, 0)), ((0, -5), (0, 0))],
)
def test_places_that_do_not_exist_are_clamped(
    sent: tuple[int, int], nearest: tuple[int, int], encoding: PositionEncoding
) -> None:
    text = document("aé\r\nb\n")

    assert convert.from_lsp_position(text, place(*sent), encoding) == Position(*nearest)


def test_our_places_that_do_not_exist_are_clamped() -> None:
    text = document("aé\r\nb")

    assert convert.to_lsp_range(text, span((0, 3), (7, 0)), "utf-8") == lsp_range((0, 3), (1, 1))


def test_selection_made_backwards_is_turned() -> None:
    assert convert.from_lsp_range(document("ab\ncd"), lsp_range((1, 1), (0, 1)), "utf-16") == span((0, 1), (1, 1))


@settings(deadline=None)
@given(texts(), st.integers(-1, 9), st.integers(-1, 15), st.sampled_from(ENCODINGS))
def test_any_place_is_where_the_encoded_text_has_it(
    text: str, line: int, character: int, encoding: PositionEncoding
) -> None:
    value = document(text)
    found = convert.from_lsp_position(value, place(line, character), encoding)
    before = value.slice(Span(Position(0, 0), found))
    inside_a_pair = offset(text, place(line, character), encoding) - units(before, encoding)

    assert inside_a_pair == 0 or (inside_a_pair == 1 and encoding == "utf-16")
    assert convert.from_lsp_position(value, convert.to_lsp_position(value, found, encoding), encoding) == found


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_converting_costs_what_lies_before_the_column(encoding: PositionEncoding) -> None:
    line = "é" * 100 + "x" * 10_000_000  # encoding all of it takes milliseconds

    started = time.perf_counter()
    columns = {position_codec.to_column(line, 100, encoding) for _ in range(1_000)}

    assert columns == {50 if encoding == "utf-8" else 100}
    assert time.perf_counter() - started < 1


def test_lone_surrogates_are_no_failure() -> None:
    assert position_codec.to_units("\ud83d!", 2, "utf-8") == 4
    assert position_codec.to_column("\ud83d!", 9, "utf-16") <= 2


def test_diagnostic_keeps_code_and_source_as_text() -> None:
    sent = types.Diagnostic(
        lsp_range((0, 2), (0, 3)), "undefined name", types.DiagnosticSeverity.Warning, code=821, source="ruff"
    )

    assert convert.from_lsp_diagnostic(document("\U0001f600b"), sent, "utf-16") == documents.Diagnostic(
        span((0, 1), (0, 2)), "undefined name", 2, "ruff", "821"
    )


def test_diagnostic_that_says_little_is_an_error_without_code_and_source() -> None:
    sent = types.Diagnostic(lsp_range((0, 0), (0, 1)), "wrong")

    assert convert.from_lsp_diagnostics(document("ab"), [sent], "utf-16") == (
        documents.Diagnostic(span((0, 0), (0, 1)), "wrong", 1, "", ""),
    )


@pytest.mark.parametrize("code", [0, "0"])
def test_code_zero_is_a_code(code: int | str) -> None:
    sent = types.Diagnostic(lsp_range((0, 0), (0, 1)), "wrong", code=code)

    assert convert.from_lsp_diagnostic(document("ab"), sent, "utf-16").code == "0"


def test_replacements_become_edits_of_the_text_before_any_of_them() -> None:
    replacements = [
        Replacement(span((0, 0), (0, 1)), "x"),
        Replacement(span((1, 1), (2, 0)), "y\n"),
    ]

    assert convert.text_edits(document("\U0001f600\n\U0001f600b\nc"), replacements, "utf-16") == [
        types.TextEdit(lsp_range((0, 0), (0, 2)), "x"),
        types.TextEdit(lsp_range((1, 2), (2, 0)), "y\n"),
    ]


@pytest.mark.parametrize("encoding", CODECS)
@settings(deadline=None)
@given(text=texts(), data=st.data())
def test_an_edit_we_send_comes_back_as_the_change_we_meant(
    text: str, data: st.DataObject, encoding: PositionEncoding
) -> None:
    before = document(text)
    numbers = st.tuples(st.integers(0, 9), st.integers(0, 9))
    start, end = sorted(before.clamp(Position(*data.draw(numbers))) for _ in range(2))
    replacement = Replacement(Span(start, end), data.draw(texts()))
    (edit,) = convert.text_edits(before, [replacement], encoding)
    store = LspWorkspace(None, position_encoding=encoding)
    store.put_text_document(types.TextDocumentItem(before.uri, "", 1, text))
    store.update_text_document(
        types.VersionedTextDocumentIdentifier(2, before.uri),
        types.TextDocumentContentChangePartial(edit.range, edit.new_text),
    )

    assert store.snapshot(before.uri).text == before.replaced(replacement)


@pytest.mark.parametrize(
    ("start", "end", "marked"),
    [
        ((0, 1), (0, 2), span((0, 1), (0, 1))),
        ((0, 3), (1, 0), span((0, 3), (0, 3))),
        ((0, 1), (0, 1), span((0, 1), (0, 1))),
        ((0, 1), (0, 3), span((0, 1), (0, 3))),
        ((0, 2), (1, 0), span((0, 2), (1, 0))),
        ((0, 0), (2, 0), span((0, 0), (2, 0))),
    ],
)
def test_one_character_is_a_cursor(start: tuple[int, int], end: tuple[int, int], marked: Span) -> None:
    assert convert.from_lsp_selection(document("abc\r\nd\r\n"), lsp_range(start, end), "utf-16") == marked
