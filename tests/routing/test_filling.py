"""Filling falls back on chat, but never in the middle of an answer."""

from collections.abc import AsyncGenerator

import attrs

from llm_ls import errors, messages
from llm_ls.messages import MessageEnd, MessageStart, StreamEvent, TextDelta
from llm_ls.models import Answering, InfillRequest, Model, ModelRequest
from llm_ls.routing.filling import ElseByChat
from llm_ls.routing.routes import Use
from llm_ls.settings import ProviderSettings
from tests.rigs.models import Scripted
from tests.rigs.openai import whole
from tests.rigs.vendor import LoopbackVendor, sse
from tests.routing.client import Make, row
from tests.routing.rig import answer, failure, text

GAP = InfillRequest("a", "c")
FILLING = Use("inlineCompletion")


@attrs.frozen
class ByChat:
    """Fills by asking a model that can only be talked with."""

    model: Model

    @property
    def name(self) -> str:
        return self.model.name

    def stream(self, request: InfillRequest, /) -> AsyncGenerator[StreamEvent]:
        return self.model.stream(ModelRequest((messages.user(f"fill: {request.prefix} | {request.suffix}"),)))


def filling(fill: Scripted, chat: Scripted) -> Answering[InfillRequest]:
    return ElseByChat(fill, lambda: chat)  # pyright: ignore[reportArgumentType] - it plays its script to any request


async def test_a_model_that_fills_is_not_talked_with() -> None:
    fill, chat = Scripted("acme/m", "b"), Scripted("acme/m", "chatted")

    assert await answer(filling(fill, chat), GAP) == [MessageStart("m"), TextDelta("b"), MessageEnd("end_turn")]
    assert chat.requests == []


async def test_a_refusal_leads_to_chat() -> None:
    fill, chat = Scripted("acme/m", errors.Unsupported("no")), Scripted("acme/m", "b")

    assert text(await answer(filling(fill, chat), GAP)) == "b"


async def test_no_other_failure_does() -> None:
    fill, chat = Scripted("acme/m", errors.RateLimited("wait")), Scripted("acme/m", "b")

    assert (await failure(filling(fill, chat), GAP)).kind == "rate_limited"
    assert chat.requests == []


async def test_what_was_handed_on_is_not_said_again() -> None:
    fill, chat = Scripted("acme/m", "b", errors.Unsupported("no")), Scripted("acme/m", "b")

    assert (await failure(filling(fill, chat), GAP)).kind == "unsupported"
    assert chat.requests == []


async def test_filling_in_the_middle_is_routed_too(vendor: LoopbackVendor, make: Make) -> None:
    vendor.says(sse({"content": "b", "stop": False}, {"content": "", "stop": True, "stop_type": "eos"}))
    client = make({"mine": ProviderSettings(kind="llamacpp", base_url=vendor.url)})
    events = await answer(client.composition.infill_model("mine/m", FILLING, ByChat), GAP)

    assert TextDelta("b") in events
    assert await client.written("model", "purpose", "outcome") == [("mine/m", "inlineCompletion", "ok")]


async def test_a_model_without_a_way_to_fill_is_talked_with(vendor: LoopbackVendor, make: Make) -> None:
    vendor.says(*whole("b"))
    client = make({"first": row(vendor)})
    events = await answer(client.composition.infill_model("first/m", FILLING, ByChat), GAP)

    assert text(events) == "b"
    assert vendor.requests[0].json["messages"][-1]["content"] == "fill: a | c"
    assert await client.written("model", "purpose", "outcome") == [("first/m", "inlineCompletion", "ok")]


async def test_a_model_that_refuses_to_fill_is_talked_with_in_the_same_request(
    vendor: LoopbackVendor, make: Make
) -> None:
    vendor.refuses(501, {"error": {"code": 501, "message": "This server does not support infill", "type": "x"}})
    vendor.says(*whole("b"))
    client = make({"mine": ProviderSettings(kind="llamacpp", base_url=f"{vendor.url}/v1")})
    events = await answer(client.composition.infill_model("mine/m", FILLING, ByChat), GAP)

    assert text(events) == "b"
    assert [request.path for request in vendor.requests] == ["/infill", "/v1/chat/completions"]
    assert await client.written("model", "outcome") == [("mine/m", "unsupported"), ("mine/m", "ok")]


async def test_where_a_model_cannot_fill_its_fallback_fills(vendor: LoopbackVendor, make: Make) -> None:
    vendor.refuses(401, {"error": {"message": "no"}})
    vendor.says(*whole("b"))
    client = make(
        {"mine": ProviderSettings(kind="llamacpp", base_url=f"{vendor.url}/v1"), "first": row(vendor)},
        fallbacks={"*": ("first/m",)},
    )
    events = await answer(client.composition.infill_model("mine/m", FILLING, ByChat), GAP)

    assert text(events) == "b"
    assert [request.path for request in vendor.requests] == ["/infill", "/v1/chat/completions"]
