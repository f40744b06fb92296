"""The next edit out of a model's answer: on histories of this repository, in every form that models choose."""

import contextlib
import difflib
from collections.abc import Callable

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_ls import errors
from llm_ls.documents import Document, Position, split_lines
from llm_ls.features import hunks, next_edit, next_edit_answers
from llm_ls.features.next_edit import Question
from llm_ls.features.next_edits import NextEdit
from llm_ls.features.recent_edits import RecentEdits
from llm_ls.prompts.likely_places import Place
from tests.evaluation.histories import History, histories

HISTORIES = histories()


@attrs.frozen
class Wanted:
    """What a model has to say: a place, its text as it is and as it is to be."""

    place: Place
    before: str
    after: str

    @property
    def fenced(self) -> str:
        return f"```python\n{self.after}```"


def wanted(history: History, question: Question) -> Wanted:
    lines, expected = question.document.lines, history.expected
    first = expected.line - 1
    last = first + expected.before.count("\n")
    place = next(place for place in question.places if place.start <= first and last <= place.end)
    after = "".join((*lines[place.start : first], expected.after, *lines[last : place.end]))
    return Wanted(place, "".join(lines[place.start : place.end]), after)


def changed_lines(said: Wanted) -> str:
    """The lines that change, and one on each side."""
    old, new = said.before.splitlines(), said.after.splitlines()
    head = next(at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
    tail = next(at for at, (a, b) in enumerate(zip(old[::-1], new[::-1], strict=False)) if a != b)
    tail = min(tail, min(len(old), len(new)) - head)
    return "\n".join(new[max(0, head - 1) : len(new) - max(0, tail - 1)])


def patch(said: Wanted) -> str:
    lines = difflib.unified_diff(said.before.splitlines(), said.after.splitlines(), lineterm="", n=1)
    return "\n".join([*lines][2:])


def search_and_replace(said: Wanted) -> str:
    body = [line for line in patch(said).split("\n") if not line.startswith("@@")]
    old = "\n".join(line[1:] for line in body if line[0] != "+")
    new = "\n".join(line[1:] for line in body if line[0] != "-")
    return f"<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE"


FORMS: dict[str, Callable[[Wanted], str]] = {
    "as it was asked": lambda said: f"PLACE {said.place.number}\n{said.fenced}",
    "with thoughts and talk": lambda said: (
        f"<think>\nThe caller, I guess.\n</think>\nThe next edit is in **Place {said.place.number}**:\n\n"
        f"{said.fenced}\n\nThis uses the new name.\n"
    ),
    "without the number": lambda said: said.fenced,
    "with a wrong number": lambda said: f"PLACE 9\n{said.fenced}",
    "in the tags of the question": lambda said: f'<place number="{said.place.number}">\n{said.after}</place>',
    "in tags within the fence": lambda said: (
        f'```\n<place number="{said.place.number}" lines="1-9">\n{said.after}</place>\n```'
    ),
    "without a fence": lambda said: f"PLACE {said.place.number}\n{said.after}",
    "with a fence that is not closed": lambda said: f"PLACE {said.place.number}\n```\n{said.after}",
    "with CRLF": lambda said: f"PLACE {said.place.number}\n{said.fenced}".replace("\n", "\r\n"),
    "as a patch": lambda said: f"PLACE {said.place.number}\n```diff\n{patch(said)}\n```",
    "as search and replace": lambda said: f"PLACE {said.place.number}\n```\n{search_and_replace(said)}\n```",
    "only the lines around": lambda said: f"PLACE {said.place.number}\n```\n{changed_lines(said)}\n```",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", HISTORIES)
def test_finds_the_edit_in_every_form(name: str, form: str) -> None:
    history = HISTORIES[name]
    question = history.question
    hunk = next_edit.edit_in(FORMS[form](wanted(history, question)), question)

    assert hunk is not None
    assert hunks.apply(question.document, (hunk,)) == history.text_after


@pytest.mark.parametrize("name", HISTORIES)
def test_nothing_is_no_edit_and_neither_is_what_is_there(name: str) -> None:
    question = HISTORIES[name].question
    place = question.places[-1]
    text = "".join(question.document.lines[place.start : place.end])

    for answer in (
        "NOTHING",
        "NOTHING.",
        "```\nNOTHING\n```",
        "No edit clearly follows.",
        "",
        "<think>x</think>\nnothing",
    ):
        assert next_edit.edit_in(answer, question) is None
    assert next_edit.edit_in(f"PLACE {place.number}\n```\n{text}```", question) is None
    assert next_edit.edit_in(f"PLACE {place.number}\n```\n{text.rstrip()}  \n\n\n```", question) is None


@pytest.mark.parametrize("name", [name for name, one in HISTORIES.items() if one.edits[-1].file == one.expected.file])
def test_takes_no_edit_back(name: str) -> None:
    history = HISTORIES[name]
    question, last = history.question, history.edits[-1]
    first = last.line - 1
    place = next(place for place in question.places if place.start <= first < place.end)
    lines = question.document.lines
    taken_back = (*lines[place.start : first], last.before, *lines[first + last.after.count("\n") : place.end])

    assert next_edit.edit_in(f"PLACE {place.number}\n```\n{''.join(taken_back)}```", question) is None


def document(text: str, version: int = 1) -> Document:
    return Document("file:///a.py", "python", version, tuple(split_lines(text)))


def question(text: str, line: int = 0, *changes: tuple[int, list[str], list[str]]) -> Question:
    """About a text in which lines have become others; by default the line of the cursor was empty."""
    now = document(text)
    recent = RecentEdits()
    for start, old, new in changes or ((line, ["\n"], [now.lines[line]]),):
        recent.changed(now.uri, start, old, new)
    asked = next_edit.question(now, Position(line, 0), "a.py", [("a.py", edit) for edit in recent.recent()])
    assert asked is not None
    return asked


TEXT = "".join(f"line_{number} = {number}\n" for number in range(12))


def check(asked: Question, answer: str, after: str | None) -> None:
    hunk = next_edit.edit_in(answer, asked)

    assert (None if hunk is None else hunks.apply(asked.document, (hunk,))) == after


def test_of_several_edits_the_one_next_to_the_cursor_is_made() -> None:
    asked = question(TEXT, 6)
    answer = TEXT.replace("line_1 ", "new_1 ").replace("line_8 ", "new_8 ")

    check(asked, f"PLACE 1\n```\n{answer}```", TEXT.replace("line_8 ", "new_8 "))


def test_edits_close_together_are_one() -> None:
    asked = question(TEXT, 6)
    answer = TEXT.replace("line_8 ", "new_8 ").replace("line_10 ", "new_10 ")
    hunk = next_edit.edit_in(f"PLACE 1\n```\n{answer}```", asked)

    assert hunk is not None
    assert (hunk.start, len(hunk.before)) == (8, 3)
    assert hunks.apply(asked.document, (hunk,)) == answer


def test_a_revert_beside_a_good_edit_is_left_out() -> None:
    asked = question(TEXT, 6, (6, ["line_6 = 5\n"], ["line_6 = 6\n"]))
    answer = TEXT.replace("line_6 = 6", "line_6 = 5").replace("line_10 ", "new_10 ")

    check(asked, f"PLACE 1\n```\n{answer}```", TEXT.replace("line_10 ", "new_10 "))


def test_what_was_just_added_is_not_added_again() -> None:
    asked = question(TEXT, 6, (6, [], ["line_6 = 6\n"]))

    twice = TEXT.replace("line_6 = 6\n", "line_6 = 6\n" * 2)

    check(asked, f"PLACE 1\n```\n{twice}```", None)


def test_the_document_keeps_its_line_ends() -> None:
    windows = TEXT.replace("\n", "\r\n")
    asked = question(windows, 6)

    check(asked, f"```\n{TEXT.replace('line_8 ', 'new_8 ')}```", windows.replace("line_8 ", "new_8 "))


def test_a_text_without_a_final_line_end_keeps_it_so() -> None:
    asked = question(TEXT.rstrip(), 6)

    check(asked, f"```\n{TEXT.replace('line_11 ', 'new_11 ')}```", TEXT.rstrip().replace("line_11 ", "new_11 "))


def test_a_deletion_is_an_edit() -> None:
    after = TEXT.replace("line_8 = 8\n", "")

    check(question(TEXT, 6), f"```\n{after}```", after)


@pytest.mark.parametrize(
    ("old", "new", "column", "replaced", "text"),
    [
        ("print(total)\n", "print(tally)\n", 6, "total", "tally"),
        ("x = total\n", "x = subtotal\n", 4, "total", "subtotal"),
        ("f(a)\n", "f(a, b)\n", 3, "", ", b"),
        ("f(a)\n", "f(a) + 1\n", 4, "", " + 1"),
        ("a b\n", "a  b\n", 2, "", " "),
        ("a\n", "", 0, "a\n", ""),
    ],
)
def test_is_shown_in_whole_words(old: str, new: str, column: int, replaced: str, text: str) -> None:
    now = document(f"x\n{old}y\n")
    hunk = hunks.Hunk("1", 1, (old,), (new,) if new else ())
    replacement = NextEdit("1", now, hunk, "m").replacement

    assert (replacement.span.start.column, now.slice(replacement.span), replacement.text) == (column, replaced, text)
    assert now.replaced(replacement) == f"x\n{new}y\n"


@pytest.mark.parametrize(
    "answer",
    [
        "I would rename the variable, but I cannot see the whole file. Please show me more of it.",
        "PLACE 1\n```\nsomething(entirely, different)\nand_more = 3\n```",
        "PLACE 1\n```python\n# ... rest of the code unchanged ...\nline_3 = 4\n```",
        "PLACE 1\n```diff\n-line_77 = 1\n+line_77 = 2\n```",
        "I'm sorry, but I can't help with that.",
    ],
)
def test_an_answer_that_fits_nothing_is_refused(answer: str) -> None:
    with pytest.raises((errors.ProtocolViolation, errors.ContentFiltered)):
        next_edit.edit_in(answer, question(TEXT, 6))


@pytest.mark.parametrize(
    ("answer", "complete"),
    [
        ("PLACE 1\n```python\nx = 1\n```\n", True),
        ("PLACE 1\n```python\nx = 1\n```", False),
        ("PLACE 1\n```python\nx = 1\n", False),
        ("PLACE 1\n````markdown\n```python\n", False),
        ("<think>\nPerhaps\n```\nx = 1\n```\n", False),
        ("<think>\nPerhaps\n```\nx = 1\n```\n</think>\nPLACE 1\n```\nx = 2\n```\n", True),
        ("NOTHING\n", False),
    ],
)
def test_the_answer_is_complete_once_its_block_is_closed(answer: str, complete: bool) -> None:
    assert next_edit_answers.is_complete(answer) is complete


_PIECES = (
    *(
        "PLACE 1",
        "PLACE 7",
        "NOTHING",
        "```",
        "```diff",
        "````python",
        "<place",
        "</place>",
        ">",
        "@@ -1 +1 @@",
        "-",
        "+",
    ),
    *(
        "<<<<<<< SEARCH",
        "=======",
        ">>>>>>> REPLACE",
        "<think>",
        "</think>",
        "\n",
        "\r\n",
        " ",
        "line_3 = 3",
        "line_3 = 4",
    ),
    *("line_4 = 4", "line_5", "# ... rest unchanged ...", "é", "\t"),
)


@settings(deadline=None, max_examples=1_000)
@given(pieces=st.lists(st.sampled_from(_PIECES), max_size=30))
def test_any_answer_is_an_edit_that_fits_or_none_or_refused(pieces: list[str]) -> None:
    asked = question(TEXT, 6)
    with contextlib.suppress(errors.LlmLsError):
        hunk = next_edit.edit_in("".join(pieces), asked)
        if hunk is not None:
            edit = NextEdit("1", asked.document, hunk, "m")
            assert asked.document.replaced(edit.replacement) == hunks.apply(asked.document, (hunk,)) != TEXT


def test_nothing_is_asked_where_nothing_has_changed() -> None:
    assert next_edit.question(document(TEXT), Position(3, 0), "a.py", []) is None


@pytest.mark.parametrize("text", ["", "x" * 5_000 + "\n"])
def test_nothing_is_asked_of_a_text_with_nothing_to_rewrite(text: str) -> None:
    recent = RecentEdits()
    recent.changed("file:///b.py", 0, ["a\n"], ["b\n"])

    assert next_edit.question(document(text), Position(0, 0), "a.py", [("b.py", recent.recent()[0])]) is None
