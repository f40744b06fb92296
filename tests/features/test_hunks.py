"""Hunks: minimal, movable, never forced."""

import random
import time

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from llm_ls import errors
from llm_ls.documents import Document, Position, Replacement, Span
from llm_ls.features import hunks
from llm_ls.features.hunks import Hunk
from tests.rigs.marked import document

line = st.sampled_from(["", "a", "b", "c", "d = 1", "    }", "😀"])
ends = st.sampled_from(["\n", "\r\n", "\r"])
texts = st.lists(st.tuples(line, ends), max_size=12).flatmap(
    lambda lines: st.sampled_from(["", "tail"]).map(lambda tail: "".join(map("".join, lines)) + tail)
)


def after_replacements(before: Document, found: tuple[Hunk, ...]) -> str:
    """What a client makes of the replacements: last one first."""
    now = before
    for hunk in reversed(found):
        now = document(now.replaced(hunks.replacement(hunk)))
    return now.text


@given(texts, texts)
def test_applying_the_diff_gives_the_other_text(before: str, after: str) -> None:
    base = document(before)
    found = hunks.diff(base, after)

    assert hunks.apply(base, found) == after
    assert hunks.apply(document(after), hunks.inverse(found)) == before


@given(texts, texts)
def test_replacements_of_all_hunks_give_the_other_text(before: str, after: str) -> None:
    base = document(before)

    assert after_replacements(base, hunks.diff(base, after)) == after


@given(texts, texts)
def test_a_replacement_never_splits_a_line_end(before: str, after: str) -> None:
    base = document(before)
    for hunk in hunks.diff(base, after):
        span = hunks.replacement(hunk).span
        assert (span.start, span.end) == (base.clamp(span.start), base.clamp(span.end))


@given(st.lists(line, max_size=6), st.lists(line, max_size=6), st.lists(line, max_size=4))
def test_an_edit_elsewhere_moves_the_hunks_and_both_edits_stay(
    edited: list[str], typed: list[str], middle: list[str]
) -> None:
    fence = ["def one():", "    first", *middle, "    second", "class Two:"]
    base = document("\n".join(["HEAD", *fence, "TAIL", ""]))
    found = hunks.diff(base, "\n".join(["HEAD", *fence, *edited, "TAIL!", ""]))
    now = document("\n".join([*typed, "HEAD!", *fence, "TAIL", ""]))
    fitting, stale = hunks.reanchor(found, base, now)

    assert stale == ()
    assert hunks.apply(now, fitting) == "\n".join([*typed, "HEAD!", *fence, *edited, "TAIL!", ""])


@given(texts, texts, texts)
def test_what_fits_applies_and_nothing_is_lost(base_text: str, after: str, now_text: str) -> None:
    base, now = document(base_text), document(now_text)
    found = hunks.diff(base, after)
    fitting, stale = hunks.reanchor(found, base, now)

    hunks.apply(now, fitting)
    assert sorted(hunk.id for hunk in (*fitting, *stale)) == sorted(hunk.id for hunk in found)


def test_hunks_are_minimal() -> None:
    found = hunks.diff(document("a\nb\nc\nd\n"), "a\nB\nc\nd\ne\n")

    assert found == (Hunk("1", 1, ("b\n",), ("B\n",)), Hunk("2", 4, (), ("e\n",)))


def test_a_rewritten_passage_stays_one_hunk() -> None:
    found = hunks.diff(document("a\n\nb\n"), "x\n\ny\n")

    assert found == (Hunk("1", 0, ("a\n", "\n", "b\n"), ("x\n", "\n", "y\n")),)


def test_a_line_that_stays_within_a_hunk_is_not_counted() -> None:
    (hunk,) = hunks.diff(document("a\n\nb\n"), "x\n\ny\nz\n")
    (inserted,) = hunks.diff(document("a\n"), "a\n\nb\n")

    assert (hunk.added, hunk.removed) == (3, 2)
    assert (inserted.added, inserted.removed) == (2, 0)


def test_parts_that_two_blank_lines_set_apart_stay_apart() -> None:
    found = hunks.diff(document("a\n\n\nb\n"), "x\n\n\ny\n")

    assert found == (Hunk("1", 0, ("a\n",), ("x\n",)), Hunk("2", 3, ("b\n",), ("y\n",)))


def test_a_replacement_is_trimmed_to_the_characters_that_change() -> None:
    (hunk,) = hunks.diff(document("x = foo(1)\r\n"), "x = foo(2)\r\n")

    assert hunks.replacement(hunk) == Replacement(Span(Position(0, 8), Position(0, 9)), "2")


def test_a_hunk_whose_lines_were_typed_in_is_stale() -> None:
    base = document("a\nb\nc\n")
    found = hunks.diff(base, "a\nB\nc\n")

    assert hunks.reanchor(found, base, document("a\nb!\nc\n")) == ((), found)


def test_a_hunk_never_lands_at_the_other_copy() -> None:
    base = document("f()\nx = 1\n\nf()\nx = 1\n\n")
    found = hunks.diff(base, "f()\nx = 1\n\nf()\nx = 2\n\n")
    one_copy_left = document("f()\nx = 1\n\n")
    a_third_copy = document("f()\nx = 1\n\nf()\nx = 1\n\nf()\nx = 1\n\n")

    assert hunks.reanchor(found, base, one_copy_left) == ((), found)
    assert hunks.reanchor(found, base, a_third_copy) == ((), found)


def test_an_insertion_needs_both_its_neighbours() -> None:
    base = document("def f():\n    return 1\n")
    found = hunks.diff(base, 'def f():\n    """One."""\n    return 1\n')
    moved = attrs.evolve(found[0], start=3)

    assert hunks.reanchor(found, base, document("import os\n\ndef f():\n    return 1\n")) == ((moved,), ())
    assert hunks.reanchor(found, base, document("def f():\n    x = 1\n    return 1\n")) == ((), found)


def test_a_stale_hunk_is_refused_not_forced() -> None:
    with pytest.raises(errors.StaleDocument):
        hunks.apply(document("other\n"), (Hunk("1", 0, ("a\n",), ("b\n",)),))


def test_the_hunks_left_over_fit_once_others_are_applied() -> None:
    base = document("a\nb\nc\nd\ne\n")
    first, second = hunks.diff(base, "a\nx\ny\nb\nc\nd\nE\n")
    now = document(hunks.apply(base, (first,)))

    assert hunks.apply(now, hunks.shifted((second,), (first,))) == "a\nx\ny\nb\nc\nd\nE\n"


def test_a_unified_diff_reads_as_usual() -> None:
    base = document("".join(f"line {number}\r\n" for number in range(1, 21)) + "end")
    after = base.text.replace("line 3\r\n", "line three\r\n").replace("line 15\r\n", "").replace("end", "end\r\n")

    assert hunks.unified(base, hunks.diff(base, after), "a/app.py", "b/app.py") == snapshot("""\
--- a/app.py
+++ b/app.py
@@ -1,6 +1,6 @@
 line 1
 line 2
-line 3
+line three
 line 4
 line 5
 line 6
@@ -12,10 +12,9 @@
 line 12
 line 13
 line 14
-line 15
 line 16
 line 17
 line 18
 line 19
 line 20
-end
\\ No newline at end of file
+end
""")


def test_no_hunks_are_no_diff() -> None:
    assert hunks.unified(document("a\n"), (), "a/app.py", "b/app.py") == ""


def test_fifty_thousand_lines_are_diffed_in_bounded_time() -> None:
    old = document("".join(f"{number % 7}\n" for number in range(50_000)))
    new = "".join(f"{number % 11}\n" for number in range(50_000))
    started = time.perf_counter()
    found = hunks.diff(old, new)
    elapsed_s = time.perf_counter() - started

    assert hunks.apply(old, found) == new
    assert elapsed_s < 5


def test_a_large_text_without_a_single_line_of_its_own_has_small_hunks() -> None:
    draw = random.Random(1)
    lines = [f"{draw.randrange(1_000)}\n" for _ in range(20_000)]
    old = document("".join(lines))
    lines[5_000:5_001] = []
    lines[15_000:15_000] = ["new\n"]
    found = hunks.diff(old, "".join(lines))

    assert [(hunk.removed, hunk.added) for hunk in found] == [(1, 0), (0, 1)]


def test_one_line_of_fifty_thousand_moves_fast() -> None:
    lines = [f"{number}\n" for number in range(50_000)]
    base = document("".join(lines))
    found = hunks.diff(base, base.text.replace("49000\n", "changed\n"))
    now = document("typed\n" + base.text)
    started = time.perf_counter()
    fitting, stale = hunks.reanchor(found, base, now)
    elapsed_s = time.perf_counter() - started

    assert (fitting[0].start, stale) == (49_001, ())
    assert elapsed_s < 0.5
