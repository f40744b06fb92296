"""Pending edits: kept, found, accepted in part, forgotten."""

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


def test_the_diff_names_the_file() -> None:
    assert proposal().diff.startswith("--- a/app.py\n+++ b/app.py\n@@ -1,5 +1,6 @@\n-a\n+A\n b\n")
