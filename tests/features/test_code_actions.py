"""What is offered where, from memory."""

import time

import attrs
import pytest

from llm_ls.documents import Diagnostic, Position, Span
from llm_ls.features import hunks, plans
from llm_ls.features.action_table import ACTIONS
from llm_ls.features.code_actions import Offer, OfferContext, Running, offered
from llm_ls.features.proposals import Proposal
from llm_ls.settings import CustomAction
from tests.rigs.marked import document, marked

NONE: set[str] = set()
CHAT = "AI: Chat about this"
STUB = "def f(a):\n    ‸pass\n"
CODE = "def f(a):\n    ‸return a\n"
SELECTED = "def f(a):\n«    return a\n»"


def problem(message: str, line: int = 1, severity: int = 1) -> Diagnostic:
    return Diagnostic(Span(Position(line, 0), Position(line, 3)), message, severity, "pyright")


def context(text: str, language_id: str = "python", **more: object) -> OfferContext:
    return attrs.evolve(OfferContext(*marked(text, language_id)), **more)


def titles(offers: tuple[Offer, ...]) -> list[str]:
    return [offer.title for offer in offers]


def pending(before: str, after: str) -> Proposal:
    base = document(before)
    return Proposal("p1", "test/m", plans.plan("fix", base, base.whole), base, hunks.diff(base, after))


@pytest.mark.parametrize(
    ("text", "language_id", "menu"),
    [
        (CODE, "python", ["AI: Edit…", "AI: Explain", "AI: Document", "AI: Write tests", CHAT]),
        (SELECTED, "python", ["AI: Edit…", "AI: Explain", "AI: Document", "AI: Write tests", CHAT]),
        (STUB, "python", ["AI: Edit…", "AI: Implement", "AI: Explain", "AI: Document", "AI: Write tests", CHAT]),
        ("x = ‸1\n", "python", ["AI: Edit…", "AI: Explain", "AI: Write tests", CHAT]),
        ("x = 1\n‸\n", "python", ["AI: Edit…", CHAT]),
        ("# llm: simplify\n‸x = 1\n", "python", ["AI: Edit: simplify", "AI: Explain", "AI: Write tests", CHAT]),
        ("# Titl‸e\n", "markdown", ["AI: Edit…", "AI: Explain", CHAT]),
        ('{"a": «1»}\n', "json", ["AI: Edit…", "AI: Explain", CHAT]),
        ("‸", "python", ["AI: Edit…"]),
        ("a\0b‸\n", "python", []),
    ],
)
def test_the_menu(text: str, language_id: str, menu: list[str]) -> None:
    assert titles(offered(context(text, language_id))) == menu


def test_problems_come_first_the_worst_before_the_others() -> None:
    problems = (problem("unused\n  variable a", severity=2), problem('"(" was never closed'))
    offers = offered(context(CODE, diagnostics=problems))

    assert titles(offers)[:3] == [
        'AI: Fix ""(" was never closed"',
        'AI: Fix "unused variable a"',
        "AI: Fix all 2 problems here",
    ]
    assert (offers[0].kind, offers[0].command, offers[0].diagnostics) == ("quickfix", "llm-ls.fix", problems[1:])
    assert not any(offer.is_preferred for offer in offers)


def test_a_long_problem_is_cut_at_a_word() -> None:
    (title, *_) = titles(offered(context(CODE, diagnostics=(problem("word " * 40),))))

    assert title == 'AI: Fix "word word word word word word word word word word word…"'


def test_each_offer_says_what_and_where() -> None:
    _, explain, *_ = offered(context(SELECTED))

    assert explain == Offer(
        "AI: Explain",
        "refactor.rewrite",
        "file:///project/app.py",
        "llm-ls.explain",
        span=Span(Position(1, 0), Position(2, 0)),
    )


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        (("quickfix",), {"quickfix"}),
        (("refactor",), {"refactor.rewrite"}),
        (("refactor.rewrite",), {"refactor.rewrite"}),
        (("refactor.rewrite.move",), NONE),
        (("refactor.extract",), NONE),
        (("source",), {"source"}),
        (("source.organizeImports",), NONE),
        (("quickfix", "refactor"), {"quickfix", "refactor.rewrite"}),
        (("",), {"quickfix", "refactor.rewrite"}),
        ((), {"quickfix", "refactor.rewrite"}),
    ],
)
def test_only_the_kinds_asked_for(only: tuple[str, ...], kinds: set[str]) -> None:
    offers = offered(context(CODE, only=only, diagnostics=(problem("bad"),)))

    assert {offer.kind for offer in offers} == kinds


def test_unasked_nothing_but_at_a_selection_or_a_problem() -> None:
    assert offered(context(CODE, automatic=True)) == ()
    assert offered(context(CODE, automatic=True), running=(Running("o1", "a/m", 7.2),)) == ()
    assert offered(context(SELECTED, automatic=True))
    assert offered(context(CODE, automatic=True, diagnostics=(problem("bad"),)))
    assert offered(context(CODE, automatic=True, lightbulb=True))


def test_nothing_is_offered_in_a_file_that_must_not_be_shown() -> None:
    assert offered(context(SELECTED, excluded=True)) == ()


CUSTOM = (
    CustomAction("Translate", "Translate it."),
    CustomAction("AI: Why", "Explain it.", "quickfix", applies_to="diagnostic", answer="show"),
    CustomAction("Review", "Review it.", "source", applies_to="document", languages=("python",)),
)


def test_the_users_own_actions_are_offered_where_they_apply() -> None:
    own = [
        titles(offered(each, CUSTOM))
        for each in (
            context(SELECTED),
            context(CODE, diagnostics=(problem("bad"),)),
            context("x‸", "c"),
        )
    ]

    assert own[0][-2:] == ["AI: Translate", "AI: Review"]
    assert own[1][-2:] == ["AI: Why", "AI: Review"]
    assert own[2][-1] == CHAT


def test_the_users_own_action_carries_its_title() -> None:
    offer = offered(context(SELECTED), CUSTOM)[-1]

    assert (offer.command, offer.arguments, offer.kind) == ("llm-ls.prompt", {"prompt": "Review"}, "source")
    assert offer.span == Span(Position(0, 0), Position(2, 0))


def test_a_running_operation_can_be_stopped() -> None:
    (stop, *_) = offered(context(CODE), running=(Running("o1", "openrouter/meta/llama-4", 7.4),))

    assert (stop.title, stop.command, stop.arguments) == (
        "AI: Stop (llama-4, 7 s)",
        "llm-ls.cancel",
        {"operation": "o1"},
    )


def test_a_pending_edit_comes_first_as_a_literal_edit() -> None:
    proposal = pending("a\nb\nc\n", "A\nb\nC\n")
    offers = offered(context("a\nb\n‸c\n"), pending=(proposal,))
    apply, apply_hunk, diff, retry, discard = offers[:5]

    assert titles(offers[:5]) == [
        "✓ Apply AI edit (+2 −2)",
        "✓ Apply this hunk (+1 −1)",
        "≠ Show diff",
        "↻ Retry",
        "✗ Discard",
    ]
    assert apply.edits == tuple(map(hunks.replacement, proposal.hunks))
    assert apply_hunk.edits == (hunks.replacement(proposal.hunks[1]),)
    assert [offer.command for offer in (diff, retry, discard)] == ["llm-ls.diff", "llm-ls.retry", "llm-ls.reject"]
    assert apply_hunk.arguments == {"id": "p1", "hunks": ("2",)}


def test_a_pending_edit_moves_with_the_text() -> None:
    offers = offered(context("‸new\na\nb\nc\n"), pending=(pending("a\nb\nc\n", "A\nb\nC\n"),))

    assert [edit.span.start.line for edit in offers[0].edits] == [1, 3]


def test_what_no_longer_fits_is_said_and_not_offered() -> None:
    proposal = pending("a\nb\nc\n", "A\nb\nC\n")
    one_left = titles(offered(context("a!\nb\nc‸\n"), pending=(proposal,)))
    none_left = titles(offered(context("a!\nb\nc!‸\n"), pending=(proposal,)))

    assert one_left[:2] == ["✓ Apply AI edit (+1 −1, 1 no longer fit)", "≠ Show diff"]
    assert none_left[:3] == ["≠ Show diff", "↻ Retry", "✗ Discard"]


def test_a_pending_edit_that_has_landed_is_gone() -> None:
    assert "✗ Discard" not in titles(offered(context("A\nb\nC‸\n"), pending=(pending("a\nb\nc\n", "A\nb\nC\n"),)))


def test_unasked_a_pending_edit_is_offered_only_at_its_hunk() -> None:
    proposal = pending("a\nb\nc\n", "A\nb\nc\n")

    assert offered(context("a\nb‸\nc\n", automatic=True), pending=(proposal,)) == ()
    assert offered(context("a‸\nb\nc\n", automatic=True), pending=(proposal,))


def test_the_menu_of_a_large_document_is_ready_at_once() -> None:
    large = document("def f(a):\n    return a\n\n\n" * 12_500)
    place = Position(30_001, 4)
    asked = OfferContext(large, Span(place, place), (problem("bad", 30_001),))
    offered(asked)
    started = time.perf_counter()
    for _ in range(20):
        offered(asked)
    elapsed_s = (time.perf_counter() - started) / 20

    assert elapsed_s < 0.002


def test_every_row_has_its_command() -> None:
    assert [action.command for action in ACTIONS.values()] == [
        "llm-ls.fix",
        "llm-ls.edit",
        "llm-ls.complete",
        "llm-ls.explain",
        "llm-ls.document",
        "llm-ls.test",
    ]


FRONT = "---\nllm-ls: chat\n---\n\n"


@pytest.mark.parametrize(
    ("text", "menu"),
    [
        (f"{FRONT}‸## You\n\nWhy?\n", ["AI: Send to sonnet", "AI: Fork here"]),
        (f"{FRONT}## You\n\n‸\n", ["AI: Fork here"]),
        (f"{FRONT}## You\n\nWhy?\n\n## Assistant\n\nSo.\n\n## You\n‸\n", ["AI: Regenerate", "AI: Fork here"]),
        (f"‸{FRONT}## You\n\nWhy?\n\n## Assistant\n\nSo.\n\n## You\nAnd?\n", ["AI: Send to sonnet", "AI: Regenerate"]),
        (f"{FRONT}Nothing yet‸", []),
    ],
)
def test_a_chat_document_is_sent_and_nothing_else(text: str, menu: list[str]) -> None:
    running = (Running("o1", "a/m", 7.2),)

    assert titles(offered(context(text, "markdown", chat="mine/sonnet"))) == menu
    assert titles(offered(context(text, "markdown", chat="mine/sonnet"), running=running))[0] == "AI: Stop (m, 7 s)"
    assert offered(context(text, "markdown", chat="mine/sonnet", automatic=True)) == ()
    assert titles(offered(context(text, "markdown", chat="", automatic=True, lightbulb=True)))[:1] == [
        title.removesuffix(" to sonnet") for title in menu[:1]
    ]
