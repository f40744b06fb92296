"""Another model answers where the one that was meant cannot, and the user is told why."""

import contextlib
from typing import Any

import pytest

from llm_ls import errors
from llm_ls.messages import MessageEnd, MessageStart, Notice, TextDelta
from llm_ls.models import Model
from llm_ls.routing.balance import Loads
from llm_ls.routing.circuit import Circuit
from llm_ls.routing.fallback import Candidate, Fallback
from llm_ls.routing.retry import Retry
from llm_ls.settings import RetrySettings
from tests.rigs.models import Scripted
from tests.routing.rig import HELLO, InTurn, Time, answer, failure, heard, notices, text

DOWN = errors.Unavailable("acme failed")
ONCE = RetrySettings(max_retries=0)


def candidate(model: Model, *, window: int | None = None, circuit: Circuit | None = None) -> Candidate[Any]:
    circuit = circuit or Circuit()
    return Candidate(model.name, lambda: Retry(model, ONCE, circuit, alone=False), circuit, lambda: window)


def missing(name: str) -> Candidate[Any]:
    def find() -> Model:
        raise errors.MissingCredentials("ACME_API_KEY is not set", hint="set it")

    return Candidate(name, find, Circuit())


def chain(*candidates: Candidate[Any]) -> Fallback[Any]:
    return Fallback(tuple((each,) for each in candidates))


async def test_the_model_that_was_meant_answers_as_if_alone() -> None:
    other = Scripted("beta/n", "no")
    events = await answer(chain(candidate(Scripted("acme/m", "yes")), candidate(other)))

    assert events == [MessageStart("m"), TextDelta("yes"), MessageEnd("end_turn")]
    assert other.requests == []


async def test_asks_the_next_and_says_why_and_who_answers() -> None:
    events = await answer(chain(candidate(Scripted("acme/m", DOWN)), candidate(Scripted("beta/n", "ok"))))

    assert events == [
        Notice("fallback", "acme/m: acme failed; asking beta/n instead"),
        MessageStart("n", answering="beta/n"),
        TextDelta("ok"),
        MessageEnd("end_turn"),
    ]


async def test_never_asks_another_once_content_was_handed_on() -> None:
    other = Scripted("beta/n", "no")
    events, error = await heard(chain(candidate(Scripted("acme/m", "Once", DOWN)), candidate(other)))

    assert (text(events), error, other.requests) == ("Once", DOWN, [])


@pytest.mark.parametrize(
    ("error", "answered"),
    [
        (errors.Authentication("no"), True),
        (errors.QuotaExceeded("pay"), True),
        (errors.RateLimited("often"), True),
        (errors.NotFound("no such model"), True),
        (errors.TimedOut("late"), True),
        (errors.ProtocolViolation("odd"), True),
        (errors.Unsupported("no images"), True),
        (errors.SettingsInvalid("disabled"), True),
        (errors.StreamTruncated("cut", partial=True), False),
        (errors.InvalidRequest("no"), False),
        (errors.ContentFiltered("withheld"), False),
        (errors.BudgetExceeded("spent"), False),
        (errors.StorageFailed("no ledger"), False),
        (errors.StorageFailed("the keyring is locked", provider="acme"), True),
    ],
)
async def test_goes_on_only_where_another_model_may_do_better(error: errors.LlmLsError, answered: bool) -> None:
    other = Scripted("beta/n", "ok")
    _, failed = await heard(chain(candidate(Scripted("acme/m", error)), candidate(other)))

    assert bool(other.requests) is answered
    assert failed is (None if answered else error)


@pytest.mark.parametrize(("window", "asked"), [(8_000, False), (4_000, False), (8_001, True), (None, True)])
async def test_a_prompt_too_long_goes_to_a_model_that_reads_more(window: int | None, asked: bool) -> None:
    long = errors.ContextWindowExceeded("too long")
    other = Scripted("beta/n", "ok")
    await heard(chain(candidate(Scripted("acme/m", long), window=8_000), candidate(other, window=window)))

    assert bool(other.requests) is asked


async def test_where_none_reads_more_the_failure_is_that_of_the_model_that_was_meant() -> None:
    long = errors.ContextWindowExceeded("too long")
    model = chain(candidate(Scripted("acme/m", long), window=8), candidate(Scripted("beta/n", "ok"), window=8))

    assert await heard(model) == ([], long)


async def test_a_model_that_cannot_be_asked_at_all_is_passed_over() -> None:
    events = await answer(chain(missing("acme/m"), missing("acme/o"), candidate(Scripted("beta/n", "ok"))))

    assert notices(events) == [
        "acme/m: ACME_API_KEY is not set; asking acme/o instead",
        "acme/o: ACME_API_KEY is not set; asking beta/n instead",
    ]
    assert text(events) == "ok"


async def test_when_all_fail_the_failure_is_the_first_and_names_the_others() -> None:
    busy = errors.Overloaded("acme is busy", hint="try again soon", provider="acme", model="acme/m", status=529)
    error = await failure(chain(candidate(Scripted("acme/m", busy)), missing("beta/n"), missing("gamma/o")))

    assert (error.kind, error.status, error.model, error.hint) == ("overloaded", 529, "acme/m", "try again soon")
    assert error.message == str(error)
    assert error.message == "acme is busy; beta/n: ACME_API_KEY is not set; gamma/o: ACME_API_KEY is not set"


async def test_passes_over_a_failing_provider_and_tries_it_again_later(time: Time) -> None:
    circuit = Circuit(time.clock)
    first, second = InTurn("acme/m", DOWN, DOWN, DOWN, "back"), Scripted("beta/n", "ok")
    model = chain(candidate(first, circuit=circuit), candidate(second))
    for _ in range(3):
        await answer(model)
    passed_over = await answer(model)
    asked = first.requests
    time.now += 30
    back = await answer(model)

    assert asked == 3
    assert notices(passed_over) == ["acme/m: it has failed again and again; asking beta/n instead"]
    assert (text(passed_over), text(back), notices(back)) == ("ok", "back", [])


async def test_a_failing_provider_is_asked_where_no_other_answers(time: Time) -> None:
    circuit = Circuit(time.clock)
    for _ in range(3):
        circuit.failed(DOWN)
    events = await answer(chain(candidate(Scripted("acme/m", "back"), circuit=circuit), missing("beta/n")))

    assert notices(events)[-1] == "beta/n: ACME_API_KEY is not set; asking acme/m instead"
    assert text(events) == "back"


async def test_where_all_are_failing_the_one_that_was_meant_is_asked_first(time: Time) -> None:
    circuit = Circuit(time.clock)
    for _ in range(3):
        circuit.failed(DOWN)
    models = [Scripted("acme/m", "first"), Scripted("beta/n", "second")]
    events = await answer(chain(*(candidate(model, circuit=circuit) for model in models)))

    assert (text(events), notices(events)) == ("first", [])


async def test_equal_deployments_are_asked_in_turn() -> None:
    deployments = [Scripted(f"azure-{number}/m", "ok") for number in (1, 2, 3)]
    model = Fallback((tuple(map(candidate, deployments)),))
    for _ in range(6):
        await answer(model)

    assert [len(each.requests) for each in deployments] == [2, 2, 2]


async def test_the_deployment_with_the_fewest_running_requests_is_asked() -> None:
    busy, idle = Scripted("azure-1/m", "ok"), Scripted("azure-2/m", "ok")
    loads = Loads()
    model = Fallback(((candidate(busy), candidate(idle)),), loads)
    with loads.asking("azure-1/m"):
        for _ in range(3):
            await answer(model)

    assert (len(busy.requests), len(idle.requests)) == (0, 3)


async def test_what_is_left_early_runs_no_longer() -> None:
    deployments = [Scripted(f"azure-{number}/m", "a", "b") for number in (1, 2)]
    model = Fallback((tuple(map(candidate, deployments)),))
    for _ in range(4):
        async with contextlib.aclosing(model.stream(HELLO)) as events:
            await anext(events)

    assert [len(each.requests) for each in deployments] == [2, 2]
    assert [each.open_streams for each in deployments] == [0, 0]


async def test_a_deployment_that_fails_is_replaced_by_its_equal_and_then_by_a_fallback() -> None:
    deployments = tuple(candidate(Scripted(f"azure-{number}/m", DOWN)) for number in (1, 2))
    events = await answer(Fallback((deployments, (candidate(Scripted("beta/n", "ok")),))))

    assert notices(events) == [
        "azure-1/m: acme failed; asking azure-2/m instead",
        "azure-2/m: acme failed; asking beta/n instead",
    ]


async def test_an_equal_deployment_that_answers_is_named() -> None:
    loads = Loads()
    model = Fallback(((candidate(Scripted("azure-1/m", "a")), candidate(Scripted("azure-2/m", "b"))),), loads)
    with loads.asking("azure-1/m"):
        events = await answer(model)

    assert events[0] == MessageStart("m", answering="azure-2/m")
