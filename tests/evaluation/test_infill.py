"""That the evaluation measures what it says, without a model."""

from collections.abc import Iterable

import pytest

from tests.evaluation import answers, holes, scoring
from tests.evaluation.corpus import Source
from tests.evaluation.holes import Hole, Kind
from tests.evaluation.served import Suggested
from tests.evaluation.syntax import Syntax

TEXT = """\
import os


def total(order):
    # what it costs
    basket = load_basket(order)
    if basket.empty:
        return Money.zero(order.currency)

        raise Empty(order)
    return basket.total
"""
SOURCE = Source("python", "shop", "shop.py", TEXT)


def hole(missing: str, kind: Kind = "line") -> Hole:
    start = TEXT.index(missing)
    return Hole(SOURCE, kind, start, start + len(missing))


def pieces(cut: Iterable[Hole]) -> set[str]:
    return {one.missing for one in cut}


def test_the_same_seed_cuts_the_same_holes() -> None:
    sources = [Source("python", "shop", f"{number}.py", TEXT) for number in range(20)]
    first = [(one.source.name, one.start, one.end) for one in holes.cut(sources, 30, 7)]

    assert first == [(one.source.name, one.start, one.end) for one in holes.cut(sources, 30, 7)]
    assert first != [(one.source.name, one.start, one.end) for one in holes.cut(sources, 30, 8)]


def test_a_hole_is_the_rest_of_a_line_a_line_or_a_block() -> None:
    assert pieces(holes.cut([SOURCE], 200, 1, ["line"])) == {
        "def total(order):",
        "basket = load_basket(order)",
        "if basket.empty:",
        "return Money.zero(order.currency)",
        "raise Empty(order)",
        "return basket.total",
    }
    assert "load_basket(order)" in pieces(holes.cut([SOURCE], 200, 1, ["rest"]))
    assert pieces(holes.cut([SOURCE], 200, 1, ["block"])) == {
        "return Money.zero(order.currency)\n\n        raise Empty(order)"
    }


def test_a_hole_knows_its_place() -> None:
    cut = hole("load_basket(order)")
    line = cut.document.lines[cut.position.line]

    assert (line, cut.position.column) == ("    basket = \n", 13)
    assert cut.before + cut.missing + cut.after == TEXT


@pytest.mark.parametrize(
    ("text", "exact", "valid"),
    [
        ("load_basket(order)", True, True),
        ("load_basket(order)\n    print(basket)", True, True),
        ("load_basket(", False, False),
        ("other", False, True),
    ],
)
def test_a_suggestion_is_scored(text: str, exact: bool, valid: bool) -> None:
    with Syntax() as syntax:
        score = scoring.score(hole("load_basket(order)"), text, 0, syntax)

    assert (score.exact, score.valid) == (exact, valid)
    assert (score.similarity == 1.0) is exact


def test_what_a_suggestion_replaces_is_taken_out() -> None:
    cut = Hole(SOURCE, "rest", TEXT.index("(order)\n    if") + 1, TEXT.index(")\n    if"))
    with Syntax() as syntax:
        assert scoring.score(cut, "order)", 1, syntax).valid
        assert not scoring.score(cut, "order)", 0, syntax).valid


def test_the_best_of_several_counts() -> None:
    with Syntax() as syntax:
        best = scoring.best(hole("return basket.total"), Suggested(("x", "return basket.total"), (0, 0), 0.1), syntax)

    assert best.exact


def test_the_oracle_knows_a_hole_by_what_is_shown_around_it() -> None:
    cut = hole("return basket.total")
    body = {"input_prefix": cut.before[-40:], "input_suffix": cut.after}

    assert answers.oracle([cut])(body) == "return basket.total"
    assert answers.oracle([cut])({"input_prefix": "else", "input_suffix": ""}) == ""


def test_the_copying_stand_in_goes_on_as_elsewhere() -> None:
    extra = [{"filename": "a.py", "text": "basket = load_basket(order)\n"}]
    body = {"input_prefix": "x = 1\nbasket = ", "input_suffix": "\n", "input_extra": extra}

    assert answers.copying()(body) == "load_basket(order)"
