"""What is known of problems, from what a client says of the lines that it asks about."""

from llm_ls.documents import Diagnostic, Position, Span
from llm_ls.features.told_diagnostics import ToldDiagnostics


def at(line: int, message: str = "wrong") -> Diagnostic:
    return Diagnostic(Span(Position(line, 0), Position(line, 1)), message)


def lines(first: int, last: int) -> Span:
    return Span(Position(first, 0), Position(last, 0))


def test_questions_about_several_places_add_up() -> None:
    told = ToldDiagnostics()
    told.tell("file:///a", 1, (at(7),), lines(7, 7))
    told.tell("file:///a", 1, (at(2),), lines(1, 3))

    assert told.of("file:///a") == (at(2), at(7))
    assert list(told) == ["file:///a"]


def test_what_is_no_longer_told_of_a_line_is_gone() -> None:
    told = ToldDiagnostics()
    told.tell("file:///a", 1, (at(2), at(7)), lines(0, 9))
    told.tell("file:///a", 1, (), lines(2, 2))

    assert told.of("file:///a") == (at(7),)


def test_another_text_has_other_problems() -> None:
    told = ToldDiagnostics()
    told.tell("file:///a", 1, (at(2),), lines(2, 2))
    told.tell("file:///a", 2, (at(7),), lines(7, 7))

    assert told.of("file:///a") == (at(7),)


def test_a_word_on_the_whole_document_is_all_there_is() -> None:
    told = ToldDiagnostics()
    told.tell("file:///a", 1, (at(2),), lines(2, 2))
    told.tell("file:///a", 1, (at(9),), None)

    assert told.of("file:///a") == (at(9),)


def test_closed_documents_are_forgotten() -> None:
    told = ToldDiagnostics()
    told.tell("file:///a", 1, (at(2),), lines(2, 2))
    told.forget("file:///a")

    assert told.of("file:///a") == ()
    assert list(told) == []
