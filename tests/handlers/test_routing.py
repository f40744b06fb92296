"""A vendor that fails, as the editor sees it: what it is told, who answers, and what the ledger keeps."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tests.rigs.editor import Editor, Refused, editor
from tests.rigs.openai import environment, whole, words
from tests.rigs.vendor import PATIENCE_S, PAUSE, LoopbackVendor
from tests.routing.rig import rows

OVERLOADED = {"error": {"message": "Overloaded"}}
QUICK = {"maxRetries": 1, "initialDelayS": 0.01}


@pytest.fixture
async def spare() -> AsyncGenerator[LoopbackVendor]:
    """Another vendor, which the settings know as `spare`."""
    async with LoopbackVendor() as loopback:
        yield loopback


async def kept(one: Editor, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of the ledger's rows, once all of them are finished."""
    routes = one.server.session.routes
    async with asyncio.timeout(PATIENCE_S):
        await routes.settled()
        while ("running",) in await rows(routes.ledger, "outcome"):
            await routes.settled()
    return await rows(routes.ledger, *columns)


def settings(spare: LoopbackVendor, **more: Any) -> dict[str, Any]:
    providers = {"openai": {"retry": QUICK}, "spare": {"kind": "openai", "baseUrl": f"{spare.url}/v1"}}
    return {"providers": providers, "fallbacks": {"openai/gpt-test": ["spare/m"]}, **more}


async def test_a_chat_is_answered_by_the_next_provider_and_says_so(
    vendor: LoopbackVendor, spare: LoopbackVendor
) -> None:
    vendor.refuses(529, OVERLOADED)
    spare.says(*whole("Still ", "here."))
    async with editor(settings=settings(spare), environ=environment(vendor)) as one:
        result = await one.request("llm-ls/chat", {"message": "?", "partialResultToken": "p"})
        events = one.progress("p")
        usage = await one.request("llm-ls/usage", {"by": "model"})
        entries = await kept(one, "model", "purpose", "outcome", "output_tokens")

    assert [event for event in events if event["type"] == "notice"] == [
        {
            "type": "notice",
            "kind": "retry",
            "message": "openai is overloaded: Overloaded; asking again in 0.1 s (1 of 1)",
        },
        {
            "type": "notice",
            "kind": "fallback",
            "message": "openai/gpt-test: openai is overloaded: Overloaded; asking spare/m instead",
        },
    ]
    assert [event["model"] for event in events if event["type"] == "model"] == ["spare/m"]
    assert "".join(event["text"] for event in events if event["type"] == "text_delta") == "Still here."
    assert [event["type"] for event in events].count("message_end") == 1
    assert (result["model"], result["provider"], result["usage"]["outputTokens"]) == ("spare/m", "spare", 5)
    assert entries == [
        ("openai/gpt-test", "chat", "overloaded", 0),
        ("openai/gpt-test", "chat", "overloaded", 0),
        ("spare/m", "chat", "ok", 5),
    ]
    assert {row["key"]: row["failed"] for row in usage["rows"]} == {"openai/gpt-test": 2, "spare/m": 0}


async def test_a_provider_without_a_key_is_passed_over(vendor: LoopbackVendor, spare: LoopbackVendor) -> None:
    spare.says(*whole("ok"))
    chosen = settings(spare, model="anthropic/claude-sonnet-5-5", fallbacks={"*": ["spare/m"]})
    async with editor(settings=chosen) as one:
        result = await one.request("llm-ls/chat", {"message": "?", "partialResultToken": "p"})
        (notice,) = [event for event in one.progress("p") if event["type"] == "notice"]

    assert result["model"] == "spare/m"
    assert "ANTHROPIC_API_KEY" in notice["message"]
    assert notice["message"].endswith("; asking spare/m instead")


async def test_an_edit_is_answered_by_the_next_provider_and_its_progress_says_so(
    vendor: LoopbackVendor, spare: LoopbackVendor
) -> None:
    vendor.refuses(529, OVERLOADED)
    spare.says(PAUSE, *whole("a = 2"))
    chosen = settings(spare, codeActions={"review": "apply"})
    async with editor(settings=chosen, environ=environment(vendor)) as one:
        one.open("a = 1\n")
        number = one.start(
            "llm-ls/edit",
            {
                "textDocument": {"uri": next(iter(one.texts))},
                "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 5}},
                "instruction": "two",
                "workDoneToken": "w",
            },
        )
        await spare.paused()
        shown = [value.get("message", "") for value in one.progress("w")]
        spare.go_on()
        proposal = (await one.answer(number))["proposal"]
        end = one.progress("w")[-1]
        entries = await kept(one, "model", "purpose")

    assert "openai/gpt-test: openai is overloaded: Overloaded; asking spare/m instead" in shown
    assert one.text() == "a = 2\n"
    assert proposal["model"] == "spare/m"
    assert " · spare/m · " in end["message"]
    assert entries == [("openai/gpt-test", "edit"), ("openai/gpt-test", "edit"), ("spare/m", "edit")]


async def test_retry_of_an_edit_asks_even_where_answers_are_kept(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 2"))
    vendor.says(*whole("a = 3"))
    chosen = {"responseCache": {"maxEntries": 5}, "codeActions": {"review": "proposal"}}
    async with editor(settings=chosen, environ=environment(vendor)) as one:
        await one.act("llm-ls.edit", "«a = 1»\n", instruction="more")
        await one.command("llm-ls.retry")
        await one.idle()
        proposals = await one.request("llm-ls/listProposals", {})

    assert [hunk["newText"] for proposal in proposals for hunk in proposal["hunks"]] == ["3"]
    assert len(vendor.requests) == 2


async def test_a_cancelled_chat_is_in_the_ledger(vendor: LoopbackVendor) -> None:
    vendor.says(*words("one", "two"), PAUSE)
    async with editor(environ=environment(vendor)) as one:
        number = one.start("llm-ls/chat", {"message": "Go.", "partialResultToken": "p"})
        await one.until(lambda: any("two" in event.get("text", "") for event in one.progress("p")))
        one.notify("$/cancelRequest", {"id": number})
        with pytest.raises(Refused):
            await one.answer(number)
        await vendor.client_closed()
        entries = await kept(one, "outcome", "output_tokens", "estimated")

    assert entries == [("cancelled", 2, 1)]


async def test_a_spent_budget_is_an_error_that_says_so(vendor: LoopbackVendor) -> None:
    async with editor(settings={"budget": {"dailyUsd": 0}}, environ=environment(vendor)) as one:
        with pytest.raises(Refused) as failure:
            await one.request("llm-ls/chat", {"message": "?"})

    assert failure.value.code == -32803
    assert failure.value.data["kind"] == "budget_exceeded"
    assert "budget.dailyUsd" in failure.value.data["hint"]
    assert vendor.requests == []


async def test_testing_a_connection_asks_only_that_provider_and_is_no_entry(
    vendor: LoopbackVendor, spare: LoopbackVendor
) -> None:
    vendor.refuses(529, OVERLOADED)
    async with editor(settings=settings(spare), environ=environment(vendor)) as one:
        report = await one.request("llm-ls/testProviderConnection", {"provider": "openai", "model": "gpt-test"})
        entries = await kept(one, "model")

    assert report["error"]["data"]["kind"] == "overloaded"
    assert (entries, spare.requests) == ([], [])
