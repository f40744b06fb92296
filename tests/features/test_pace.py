"""Suggestions wait for the typing to rest, and rest themselves after a failure."""

import pytest

from llm_ls import errors
from llm_ls.features.pace import Pace


def after(*gaps_s: float) -> Pace:
    """Of a user who has typed with those gaps."""
    pace, now = Pace(), 100.0
    pace.typed(now)
    for gap in gaps_s:
        now += gap
        pace.typed(now)
    return pace


@pytest.mark.parametrize(
    ("gaps_s", "wait_s"),
    [
        pytest.param((), 0.15, id="not known yet"),
        pytest.param((0.08,) * 8, 0.1, id="fast typing is soon known to rest"),
        pytest.param((0.03,) * 8, 0.075, id="never less than half"),
        pytest.param((0.1, 0.28) * 8, 0.3, id="slow typing takes longer, never more than twice"),
        pytest.param((0.25,) * 8, 0.075, id="a client that has waited itself is not kept waiting"),
        pytest.param((5.0,) * 8, 0.15, id="pauses say nothing"),
    ],
)
def test_waits(gaps_s: tuple[float, ...], wait_s: float) -> None:
    assert after(*gaps_s).wait_s(0.15) == pytest.approx(wait_s)


def test_no_debounce_is_no_wait() -> None:
    assert after(*(0.08,) * 8).wait_s(0.0) == 0.0


def test_rests_after_a_failure_and_tells_it_once() -> None:
    pace = Pace()
    news = [pace.failed(errors.RateLimited("slow down", provider="acme", retry_after_s=60), 100.0) for _ in range(2)]

    assert news == [True, False]
    assert pace.rests(159.0)
    assert not pace.rests(161.0)
    assert pace.failed(errors.RateLimited("slow down", provider="other"), 200.0)
    assert pace.rests(205.0)


def test_a_success_ends_the_rest_and_makes_failures_news_again() -> None:
    pace = Pace()
    pace.failed(errors.Overloaded("busy", provider="acme"), 100.0)
    pace.succeeded()

    assert not pace.rests(100.0)
    assert pace.failed(errors.Overloaded("busy", provider="acme"), 101.0)
