"""Filling falls back on chat, but never in the middle of an answer."""

from llm_ls import errors
from llm_ls.messages import MessageEnd, MessageStart, TextDelta
from llm_ls.models import Answering, InfillRequest
from llm_ls.routing.filling import ElseByChat
from tests.rigs.models import Scripted
from tests.routing.rig import answer, failure, text

GAP = InfillRequest("a", "c")


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
