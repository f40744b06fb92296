"""Pending edits: kept, found, accepted in part, forgotten."""

import time

import pytest

from llm_ls import errors
from llm_ls.documents import Document
from llm_ls.features import hunks, plans
from llm_ls.features.proposals import Proposal, Proposals
from tests.rigs.marked import document

BASE = document("a\nb\nc\nd\ne\n")
AFTER = "A\nb\nc\nd\nE\nf\n"


def proposal(proposal_id: str = "1", base: Document = BASE, after: str = AFTER) -> Proposal:
    return Proposal(proposal_id, "test/model", plans.plan("fix", base, base.whole), base, hunks.diff(base, after))


def test_the_summary_counts_lines() -> None:
    assert proposal().summary == "+3 −2"
    assert proposal(after="a\nb\nc\nd\ne\nf").summary == "+1 −0"


def test_the_newest_comes_first_and_the_oldest_goes() -> None:
    pending = Proposals(limit=2)
    for number in "123":
        pending.add(proposal(number))

    assert [each.id for each in pending] == ["3", "2"]
    assert [each.id for each in pending.of(BASE.uri)] == ["3", "2"]
    assert pending.of("file:///other") == ()


def test_an_unknown_proposal_is_not_found() -> None:
    with pytest.raises(errors.NotFound, match="no pending edit '9'"):
        Proposals().get("9")


def test_an_unknown_hunk_is_not_found() -> None:
    pending = Proposals()
    pending.add(proposal())

    with pytest.raises(errors.NotFound, match="no hunk '9'"):
        pending.accept("1", BASE, ("9",))


def test_accepting_all_leaves_nothing() -> None:
    pending = Proposals()
    pending.add(proposal())
    acceptance = pending.accept("1", BASE)
    still_there = list(pending)
    pending.settle(acceptance)

    assert hunks.apply(BASE, acceptance.hunks) == AFTER
    assert [each.id for each in still_there] == ["1"]
    assert list(pending) == []


def test_accepting_one_hunk_leaves_the_other_ready() -> None:
    pending = Proposals()
    pending.add(proposal())
    first = pending.accept("1", BASE, ("1",))
    now = document(hunks.apply(BASE, first.hunks))
    pending.settle(first)
    second = pending.accept("1", now)

    assert now.text == "A\nb\nc\nd\ne\n"
    assert hunks.apply(now, second.hunks) == AFTER


def test_stale_hunks_are_said_and_the_others_move() -> None:
    pending = Proposals()
    pending.add(proposal())
    now = document("new\na\nb\nc\nd\ne!\n")
    acceptance = pending.accept("1", now)

    assert hunks.apply(now, acceptance.hunks) == "new\nA\nb\nc\nd\ne!\n"
    assert [hunk.id for hunk in acceptance.stale] == ["2"]


def test_an_edit_that_the_client_applied_by_itself_is_settled() -> None:
    pending = Proposals()
    pending.add(proposal())

    assert pending.settle_landed(BASE) == ()
    assert [each.id for each in pending.settle_landed(document("typed since\n" + AFTER))] == ["1"]
    assert list(pending) == []


def test_a_hunk_that_the_client_applied_by_itself_is_settled_and_the_other_stays() -> None:
    pending = Proposals()
    pending.add(proposal())
    now = document("typed since\nA\nb\nc\nd\ne\n")

    assert [each.id for each in pending.settle_landed(now)] == ["1"]
    assert pending.get("1").summary == "+2 −1"
    assert pending.get("1").fitting(now)[1] == ()
    assert hunks.apply(now, pending.accept("1", now).hunks) == f"typed since\n{AFTER}"


def test_a_hunk_whose_lines_became_others_is_not_settled() -> None:
    pending = Proposals()
    pending.add(proposal())
    now = document("A!\nb\nc\nd\ne\n")

    assert pending.settle_landed(now) == ()
    assert [hunk.id for hunk in pending.get("1").fitting(now)[1]] == ["1"]


def test_the_diff_names_the_file() -> None:
    assert proposal().diff.startswith("--- a/app.py\n+++ b/app.py\n@@ -1,5 +1,6 @@\n-a\n+A\n b\n")


def test_what_was_discarded_meanwhile_stays_away() -> None:
    pending = Proposals()
    pending.add(proposal())
    acceptance = pending.accept("1", BASE, ("1",))
    pending.discard("1")
    pending.settle(acceptance)

    assert list(pending) == []


def test_of_two_accepted_at_once_neither_comes_back() -> None:
    pending = Proposals()
    pending.add(proposal())
    first, second = pending.accept("1", BASE, ("1",)), pending.accept("1", BASE, ("2",))
    pending.settle(first)
    pending.settle(second)

    assert list(pending) == []


def test_of_three_the_one_that_nobody_accepted_stays_ready() -> None:
    base, after = document("a\nb\nc\nd\ne\n"), "A\nA\nb\nC\nC\nd\nE\n"
    pending = Proposals()
    pending.add(proposal(base=base, after=after))
    first, third = pending.accept("1", base, ("1",)), pending.accept("1", base, ("3",))
    pending.settle(third)
    pending.settle(first)
    now = document("A\nA\nb\nc\nd\nE\n")
    left = pending.accept("1", now)

    assert [hunk.id for hunk in left.hunks] == ["2"]
    assert hunks.apply(now, left.hunks) == after


def test_a_proposal_that_took_its_place_is_left_alone() -> None:
    pending = Proposals()
    pending.add(proposal())
    acceptance = pending.accept("1", BASE)
    other = proposal(after="a\nb\nnew\nd\ne\n")
    pending.add(other)
    pending.settle(acceptance)

    assert list(pending) == [other]


def test_the_text_an_edit_was_made_for_does_not_hold_it() -> None:
    again = document(BASE.text)

    assert not proposal(after="a\nb\nc\nd\n").landed(again)


def test_one_text_is_aligned_once() -> None:
    now = document("new\n" + BASE.text)
    one = proposal()

    assert one.fitting(now)[0] is one.fitting(now)[0]
    assert [hunk.start for hunk in one.fitting(BASE)[0]] == [0, 4]


def test_in_a_large_text_every_keystroke_is_cheap() -> None:
    lines = [f"x = {number}\n" if number % 3 else "    return a\n" for number in range(50_000)]
    base = document("".join(lines))
    edited = [*lines[:5_000], "one\n", *lines[5_001:25_000], "two\n", *lines[25_001:]]
    pending = Proposals()
    pending.add(
        Proposal("1", "test/model", plans.plan("fix", BASE, BASE.whole), base, hunks.diff(base, "".join(edited)))
    )
    now = document("".join([*lines[:40_000], "typed\n", *lines[40_000:]]))
    pending.settle_landed(base)
    started = time.perf_counter()
    landed = pending.settle_landed(now)
    fitting, stale = pending.get("1").fitting(now)
    elapsed_s = time.perf_counter() - started

    assert (landed, [hunk.start for hunk in fitting], stale) == ((), [5_000, 25_000], ())
    assert elapsed_s < 0.1
