"""What is remembered of the user's changes: one edit a place, where it is now, and nothing of what was undone."""

from hypothesis import given, settings
from hypothesis import strategies as st

from llm_ls.features import recent_edits
from llm_ls.features.recent_edits import RecentEdits

URI = "file:///a.py"
Change = tuple[int, int, list[str]]
"""From a line, how many lines, become these."""


class Text:
    """A text that tells its changes."""

    def __init__(self, *lines: str, uri: str = URI, edits: RecentEdits | None = None) -> None:
        self.lines = list(lines)
        self.uri = uri
        self.edits = edits or RecentEdits()

    def change(self, start: int, count: int, *new: str) -> None:
        old = self.lines[start : start + count]
        self.lines[start : start + count] = new
        self.edits.changed(self.uri, start, old, new)

    @property
    def recent(self) -> list[tuple[int, str, str]]:
        return [(edit.start, "".join(edit.before), "".join(edit.after)) for edit in self.edits.recent(self.uri)]


def lines(count: int) -> list[str]:
    return [f"{number}\n" for number in range(count)]


def test_typing_in_one_place_is_one_edit() -> None:
    text = Text(*lines(9))
    for typed in ("a\n", "ab\n", "abc\n"):
        text.change(4, 1, typed)
    text.change(4, 1, "abc\n", "\n")
    text.change(5, 1, "d\n")

    assert text.recent == [(4, "4\n", "abc\nd\n")]


def test_places_apart_are_edits_of_their_own_and_the_newest_is_first() -> None:
    text = Text(*lines(9))
    text.change(7, 1, "x\n")
    text.change(2, 1, "y\n")

    assert text.recent == [(2, "2\n", "y\n"), (7, "7\n", "x\n")]


def test_an_edit_follows_what_is_added_and_deleted_above_it() -> None:
    text = Text(*lines(9))
    text.change(7, 1, "x\n")
    text.change(0, 0, "new\n", "new\n")
    text.change(5, 1)

    assert text.recent == [(5, "3\n", ""), (0, "", "new\nnew\n"), (8, "7\n", "x\n")]


def test_coming_back_to_a_place_makes_it_the_newest() -> None:
    text = Text(*lines(9))
    text.change(2, 1, "x\n")
    text.change(7, 1, "y\n")
    text.change(2, 1, "xx\n")

    assert text.recent == [(2, "2\n", "xx\n"), (7, "7\n", "y\n")]


def test_what_joins_two_edits_makes_them_one() -> None:
    text = Text(*lines(9))
    text.change(2, 1, "x\n")
    text.change(5, 1, "y\n")
    text.change(3, 2, "z\n")

    assert text.recent == [(2, "2\n3\n4\n5\n", "x\nz\ny\n")]


def test_what_is_undone_is_no_edit() -> None:
    text = Text(*lines(9))
    text.change(2, 1, "x\n")
    text.change(6, 1)
    text.change(6, 0, "6\n")
    text.change(2, 1, "2\n")

    assert text.recent == []


def test_undoing_a_part_leaves_the_rest() -> None:
    text = Text(*lines(9))
    text.change(2, 3, "x\n", "y\n", "z\n")
    text.change(2, 2, "2\n", "3\n")

    assert text.recent == [(4, "4\n", "z\n")]


def test_old_edits_are_forgotten() -> None:
    text = Text(*lines(200))
    for number in range(recent_edits.MOST_EDITS + 3):
        text.change(number * 3, 1, "x\n")

    assert [start for start, *_ in text.recent] == [number * 3 for number in range(14, 2, -1)]


def test_a_large_change_is_none_and_lines_below_it_still_move() -> None:
    text = Text(*lines(9))
    text.change(8, 1, "x\n")
    text.change(1, 1, *lines(recent_edits.MOST_LINES))
    text.change(0, 1, "long" * recent_edits.MOST_CHARACTERS)

    assert text.recent == [(8 + recent_edits.MOST_LINES - 1, "8\n", "x\n")]


def test_a_rewritten_text_has_changed_where_it_differs() -> None:
    edits = RecentEdits()
    edits.rewritten(URI, ["a\n", "b\n", "b\n", ""], ["a\n", "b\n", ""])
    edits.rewritten(URI, ["a\n", "b\n", ""], ["a\n", "c\n", ""])

    assert [(edit.start, edit.before, edit.after) for edit in edits.recent(URI)] == [(1, ("b\n", "b\n"), ("c\n",))]


def test_all_documents_together_the_newest_first() -> None:
    edits = RecentEdits()
    first, second = Text(*lines(9), edits=edits), Text(*lines(9), uri="file:///b.py", edits=edits)
    first.change(2, 1, "x\n")
    second.change(3, 1, "y\n")
    first.change(6, 1, "z\n")

    assert [(edit.uri, edit.start) for edit in edits.recent()] == [
        (first.uri, 6),
        (second.uri, 3),
        (first.uri, 2),
    ]


def test_a_closed_document_is_forgotten() -> None:
    text = Text(*lines(9))
    text.change(2, 1, "x\n")
    text.edits.closed(URI)

    assert text.edits.recent() == ()


def test_our_own_edit_is_marked_until_the_user_types_in_it() -> None:
    text = Text(*lines(9))
    text.change(2, 1, "x\n")
    text.change(6, 1, "y\n")
    text.edits.mark_ours(URI, 5, 8)
    marked = [edit.ours for edit in text.edits.recent()]
    text.change(6, 1, "yy\n")

    assert marked == [True, False]
    assert [edit.ours for edit in text.edits.recent()] == [False, False]


_lines = st.lists(st.sampled_from(["a\n", "b\n", "c\n"]), max_size=4)
_changes = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 4), _lines), max_size=recent_edits.MOST_EDITS)


@settings(deadline=None, max_examples=500)
@given(changes=_changes)
def test_taking_every_edit_back_gives_the_text_as_it_was(changes: list[Change]) -> None:
    before = lines(30)
    text = Text(*before)
    for start, count, new in changes:
        text.change(min(start, len(text.lines)), count, *new)
    recent = sorted(text.edits.recent(URI), key=lambda edit: -edit.start)
    taken_back = list(text.lines)
    for edit in recent:
        taken_back[edit.start : edit.end] = edit.before

    assert taken_back == before
    assert all(edit.before != edit.after for edit in recent)
