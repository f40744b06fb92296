"""Routed models as a client gets them: real vendors on loopback, the user's settings, the ledger."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from llm_ls import errors, messages
from llm_ls.messages import MessageStart, StreamEvent
from llm_ls.models import Model, ModelRequest
from llm_ls.providers.registry import Registry
from llm_ls.routing.routes import Routes, Use
from llm_ls.settings import (
    BudgetSettings,
    ModelRoles,
    ProviderSettings,
    RateLimitSettings,
    ResponseCacheSettings,
    RetrySettings,
    Settings,
)
from llm_ls.store.ledger import Entry, Ledger, Outcome
from tests.rigs.openai import chunk, whole, words
from tests.rigs.vendor import CUT, PAUSE, LoopbackVendor, sse
from tests.routing.client import CHAT, Make, row
from tests.routing.rig import HELLO, Time, answer, failure, heard, notices, rows, text


@pytest.fixture
async def second() -> AsyncGenerator[LoopbackVendor]:
    async with LoopbackVendor() as loopback:
        yield loopback


async def test_a_vendor_is_killed_in_mid_conversation_and_the_user_is_still_answered(
    second: LoopbackVendor, make: Make
) -> None:
    second.says(*whole("Bern."))
    async with LoopbackVendor() as first:
        first.says(*whole("Paris."))
        providers = {"first": row(first), "second": row(second)}
        client = make(providers, fallbacks={"first/m": ("second/n",)})
        turns = [messages.user("The capital of France?")]
        before = await client.ask("first/m", request=ModelRequest(tuple(turns)))
    turns += [messages.Message("assistant", (messages.Text("Paris."),)), messages.user("Of Switzerland?")]
    after = await client.ask("first/m", request=ModelRequest(tuple(turns)))

    assert (text(before), text(after)) == ("Paris.", "Bern.")
    assert MessageStart("gpt-test", answering="second/n") in after
    (notice,) = notices(after)
    assert notice.startswith("first/m: no connection to 127.0.0.1:")
    assert notice.endswith("; asking second/n instead")
    assert [message["content"] for message in second.requests[0].json["messages"]] == [
        "The capital of France?",
        "Paris.",
        "Of Switzerland?",
    ]
    assert await client.written("model", "outcome") == [
        ("first/m", "ok"),
        ("first/m", "connection"),
        ("second/n", "ok"),
    ]


async def test_a_vendor_that_dies_after_the_first_word_is_a_failure_and_no_second_answer(
    vendor: LoopbackVendor, second: LoopbackVendor, make: Make
) -> None:
    vendor.says(*words("Par"), CUT)
    client = make({"first": row(vendor), "second": row(second)}, fallbacks={"*": ("second/n",)})
    events, error = await heard(client.composition.model("first/m", CHAT))

    assert (text(events), error and error.kind, second.requests) == ("Par", "stream_truncated", [])


async def test_retries_are_those_of_the_provider_that_is_asked(
    vendor: LoopbackVendor, second: LoopbackVendor, make: Make, time: Time
) -> None:
    vendor.refuses(529, {"error": {"message": "Overloaded"}})
    second.refuses(529, {"error": {"message": "Overloaded"}})
    impatient, patient = RetrySettings(max_retries=0), RetrySettings(max_retries=3, initial_delay_s=0)
    providers = {"first": row(vendor, retry=impatient), "second": row(second, retry=patient)}
    client = make(providers, fallbacks={"first/m": ("second/n",)})
    error = await failure(client.composition.model("first/m", CHAT))

    assert (len(vendor.requests), len(second.requests)) == (1, 3)  # the circuit opens at the third
    assert error.model == "first/m"
    assert await client.written("model") == [("first/m",)] + [("second/n",)] * 3


@pytest.mark.parametrize(
    ("fallbacks", "asked"),
    [
        ({"first/m": ("second/a",), "best": ("second/b",), "*": ("second/c",)}, "a"),
        ({"best": ("second/b",), "*": ("second/c",)}, "b"),
        ({"fast": ("second/b",), "*": ("second/c",)}, "c"),
        ({"*": ("first/m", "second/c")}, "c"),
    ],
)
@pytest.mark.parametrize("name", ["first/m", "best"])
async def test_fallbacks_are_those_of_the_model_then_of_its_tier_then_of_all(
    name: str, fallbacks: dict[str, Any], asked: str, vendor: LoopbackVendor, second: LoopbackVendor, make: Make
) -> None:
    vendor.refuses(401, {"error": {"message": "no"}})
    second.says(*whole("ok"))
    providers = {"first": row(vendor), "second": row(second)}
    client = make(providers, fallbacks=fallbacks, models=ModelRoles(best="first/m"))
    await client.ask(name)

    assert [request.json["model"] for request in second.requests] == [asked]
    assert len(vendor.requests) == 1


async def test_a_model_without_fallbacks_fails_when_it_is_wanted(vendor: LoopbackVendor, make: Make) -> None:
    client = make({"first": row(vendor)}, fallbacks={"first/m": ()})

    with pytest.raises(errors.MissingCredentials, match="ANTHROPIC_API_KEY"):
        client.composition.model("anthropic/claude-sonnet-5-5", CHAT)
    with pytest.raises(errors.NotFound):
        client.composition.model("fist/m", CHAT)


@pytest.mark.parametrize("name", ["anthropic/claude-sonnet-5-5", "fist/m"])
async def test_a_name_that_means_nothing_usable_is_answered_by_its_fallback(
    name: str, vendor: LoopbackVendor, make: Make
) -> None:
    vendor.says(*whole("ok"))
    client = make({"first": row(vendor)}, fallbacks={name: ("first/m",)})
    model = client.composition.model(name, CHAT)
    events = await answer(model)

    assert model.name == name
    assert text(events) == "ok"
    assert notices(events)[0].startswith(f"{name}: ")
    assert notices(events)[0].endswith("; asking first/m instead")


async def test_requests_are_spread_over_equal_deployments(
    vendor: LoopbackVendor, second: LoopbackVendor, make: Make
) -> None:
    for each in (vendor, second):
        each.says(*whole("ok"))
    client = make({"first": row(vendor), "second": row(second)}, deployments={"first/m": ("second/m",)})
    for _ in range(4):
        await client.ask("first/m")

    assert (len(vendor.requests), len(second.requests)) == (2, 2)


async def test_the_rate_limit_of_the_user_sends_on_to_the_next_model(
    vendor: LoopbackVendor, second: LoopbackVendor, make: Make, time: Time
) -> None:
    usage = sse({"choices": [], "usage": {"prompt_tokens": 40, "completion_tokens": 200}}, "[DONE]")
    vendor.says(*words("first"), chunk({}, "stop"), usage)
    second.says(*whole("second"))
    limited = row(vendor, rate_limit=RateLimitSettings(tokens_per_minute=100))
    client = make({"first": limited, "second": row(second)}, fallbacks={"first/m": ("second/n",)})
    await client.ask("first/m")
    await client.composition.aclose()
    events = await client.ask("first/m")

    assert (text(events), time.slept) == ("second", [])
    assert notices(events)[0].startswith("first/m: the rate limit that is set for 'first' is reached for another ")


async def test_no_more_at_once_than_the_provider_may_be_asked(vendor: LoopbackVendor, make: Make) -> None:
    vendor.says(*whole("ok"))
    client = make({"first": row(vendor, rate_limit=RateLimitSettings(concurrent_requests=1))})
    answers = await asyncio.gather(*(client.ask("first/m") for _ in range(4)))

    assert sum(bool(notices(events)) for events in answers) == 3


async def test_completion_while_typing_does_not_queue_behind_all_chats(vendor: LoopbackVendor, make: Make) -> None:
    vendor.says(PAUSE, *whole("ok"))
    vendor.says(*whole("ok"))
    client = make({"first": row(vendor, rate_limit=RateLimitSettings(concurrent_requests=1))})
    held = asyncio.create_task(client.ask("first/held"))
    await vendor.paused()
    waiting: list[asyncio.Task[Any]] = []
    uses = {"chat-1": CHAT, "chat-2": Use("edit"), "typing": Use("inlineCompletion")}
    for model, use in uses.items():
        events = client.composition.model(f"first/{model}", use).stream(HELLO)
        await anext(events)
        waiting.append(asyncio.create_task(rest(events)))
        await asyncio.sleep(0)
    vendor.go_on()
    await asyncio.gather(held, *waiting)

    assert [request.json["model"] for request in vendor.requests] == ["held", "typing", "chat-1", "chat-2"]


async def rest(events: AsyncGenerator[StreamEvent]) -> None:
    async for _ in events:
        pass


async def test_a_spent_budget_stops_what_costs_money_and_nothing_else(vendor: LoopbackVendor, make: Make) -> None:
    vendor.says(*whole("ok"))
    nearby = ProviderSettings(kind="vllm", base_url=f"{vendor.url}/v1")
    client = make({"first": row(vendor), "mine": nearby}, budget=BudgetSettings(daily_usd=1.0))
    await client.ask("first/m")
    id = await client.ledger.begin(Entry("first/m", "chat"))
    await client.ledger.end(id, Outcome("ok", messages.Usage(cost_usd=1.0)))
    error = await failure(client.composition.model("first/m", CHAT))

    assert error.kind == "budget_exceeded"
    assert text(await client.ask("mine/m")) == "ok"
    assert len(vendor.requests) == 2


async def test_a_spent_budget_does_not_lead_to_another_model(
    vendor: LoopbackVendor, second: LoopbackVendor, make: Make
) -> None:
    providers = {"first": row(vendor), "second": row(second)}
    client = make(providers, fallbacks={"*": ("second/n",)}, budget=BudgetSettings(daily_usd=0.0))

    assert (await failure(client.composition.model("first/m", CHAT))).kind == "budget_exceeded"
    assert second.requests == []


async def test_a_fallback_that_costs_money_is_held_to_the_budget_too(
    vendor: LoopbackVendor, second: LoopbackVendor, make: Make
) -> None:
    vendor.refuses(400, {"error": {"message": "m is not loaded", "code": "model_not_found"}})
    providers = {"mine": ProviderSettings(kind="vllm", base_url=f"{vendor.url}/v1"), "second": row(second)}
    client = make(providers, fallbacks={"*": ("second/n",)}, budget=BudgetSettings(daily_usd=0.0))
    error = await failure(client.composition.model("mine/m", CHAT))

    assert "second/n: $0.00 of the $0.00 allowed for today are spent" in error.message
    assert second.requests == []


async def test_answers_are_kept_where_the_user_wants_that(vendor: LoopbackVendor, make: Make) -> None:
    vendor.says(*whole("ok"))
    client = make({"first": row(vendor)}, response_cache=ResponseCacheSettings(max_entries=10))
    for _ in range(3):
        await client.ask("first/m")
    await client.ask("first/m", Use("edit", fresh=True))

    assert len(vendor.requests) == 2
    assert await client.written("purpose") == [("chat",), ("edit",)]


async def test_settings_count_from_the_next_question(
    vendor: LoopbackVendor, second: LoopbackVendor, make: Make
) -> None:
    vendor.refuses(401, {"error": {"message": "no"}})
    second.says(*whole("ok"))
    providers = {"first": row(vendor), "second": row(second)}
    client = make(providers)
    before = await failure(client.composition.model("first/m", CHAT))
    client.composition.configure(Settings(providers=providers, fallbacks={"first/m": ("second/n",)}))

    assert before.kind == "authentication"
    assert text(await client.ask("first/m")) == "ok"


async def test_an_answer_of_a_provider_that_was_changed_is_not_given_again(
    vendor: LoopbackVendor, second: LoopbackVendor, make: Make
) -> None:
    vendor.says(*whole("old"))
    second.says(*whole("new"))
    kept = ResponseCacheSettings(max_entries=5)
    client = make({"first": row(vendor)}, response_cache=kept)
    await client.ask("first/m")
    moved = Settings(providers={"first": row(second)}, response_cache=kept)
    client.registry.configure(moved)
    client.composition.configure(moved)

    assert text(await client.ask("first/m")) == "new"


async def test_a_provider_that_was_corrected_is_no_longer_passed_over(
    vendor: LoopbackVendor, second: LoopbackVendor, make: Make
) -> None:
    vendor.says(*whole("back"))
    second.says(*whole("ok"))
    nowhere = ProviderSettings(kind="openai", base_url="http://127.0.0.1:1/v1")
    fallbacks = {"first/m": ("second/n",)}
    client = make({"first": nowhere, "second": row(second)}, fallbacks=fallbacks)
    for _ in range(3):
        await client.ask("first/m")
    corrected = Settings(providers={"first": row(vendor), "second": row(second)}, fallbacks=fallbacks)
    client.registry.configure(corrected)
    client.composition.configure(corrected)

    assert text(await client.ask("first/m")) == "back"


async def test_an_answer_says_what_it_cost_where_the_price_is_known(vendor: LoopbackVendor, make: Make) -> None:
    vendor.says(*whole("ok"))
    client = make({}, {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": f"{vendor.url}/v1"})
    await client.ask("openai/gpt-6.1-terra")

    assert await client.written("input_tokens", "output_tokens", "cost_usd") == [
        (12, 5, pytest.approx((12 * 1 + 5 * 5) / 1e6))
    ]


async def test_routes_give_the_default_model_and_keep_the_users_ledger(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("ok"))
    settings = Settings(model="first/m", providers={"first": row(vendor)})
    registry = Registry(settings, {})
    routes = Routes(registry, settings)
    model: Model = routes.default_model("edit", conversation="c1")
    await answer(model)
    await routes.aclose()
    await registry.aclose()
    again = Ledger()

    assert model.name == "first/m"
    assert await rows(again, "model", "purpose", "conversation") == [("first/m", "edit", "c1")]
    await again.aclose()


async def test_routes_say_that_nothing_is_configured() -> None:
    registry = Registry(Settings(), {})

    with pytest.raises(errors.MissingCredentials, match="no model is configured"):
        Routes(registry, Settings()).default_model("chat")
