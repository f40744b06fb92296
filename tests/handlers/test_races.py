"""Edits that meet the user's typing, or each other: nothing is lost, nothing lands twice or in the wrong place."""

import asyncio
from typing import Any

import pytest

from llm_ls.documents import Position, Span
from llm_ls.protocol import edits
from tests.rigs.editor import URI, Editor, Refused, able, editor, lsp_range
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

BASE = "def a():\n    return 1\n\n\ndef b():\n    return 2\n"
FIRST, SECOND = Span(Position(0, 0), Position(1, 12)), Span(Position(4, 0), Position(5, 12))
PROPOSE = {"codeActions": {"review": "proposal"}}
APPLY = {"codeActions": {"review": "apply"}}
UNVERSIONED = able(workspaceEdit={})


async def edit(one: Editor, span: Span) -> dict[str, Any]:
    """The proposal for `span`."""
    params = {"textDocument": {"uri": URI}, "range": lsp_range(span), "instruction": "x", "review": "proposal"}
    return (await one.request("llm-ls/edit", params))["proposal"]


async def pending(one: Editor) -> list[dict[str, Any]]:
    return await one.request("llm-ls/listProposals", {})


@pytest.mark.parametrize("capabilities", [able(), UNVERSIONED], ids=["versioned", "unversioned"])
async def test_two_accepts_at_once_both_land(vendor: LoopbackVendor, capabilities: dict[str, Any]) -> None:
    vendor.says(*whole("def a():\n    x = 1\n    y = 1\n    return x"))
    vendor.says(*whole("def b():\n    return 3"))
    async with editor(capabilities, PROPOSE, environment(vendor)) as one:
        one.open(BASE)
        first, second = await edit(one, FIRST), await edit(one, SECOND)
        outcomes = await asyncio.gather(
            *(one.request("llm-ls/acceptProposal", {"id": proposal["id"]}) for proposal in (first, second))
        )
        text, left = one.text(), await pending(one)

    assert [outcome["applied"] for outcome in outcomes] == [True, True]
    assert text == "def a():\n    x = 1\n    y = 1\n    return x\n\n\ndef b():\n    return 3\n"
    assert left == []


async def test_the_same_accepted_twice_lands_once(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("def a():\n    x = 1\n    return x"))
    async with editor(UNVERSIONED, PROPOSE, environment(vendor)) as one:
        one.open(BASE)
        proposal = await edit(one, FIRST)
        numbers = [one.start("llm-ls/acceptProposal", {"id": proposal["id"]}) for _ in range(2)]
        first = await one.answer(numbers[0])
        with pytest.raises(Refused) as second:
            await one.answer(numbers[1])
        text = one.text()

    assert first["applied"] is True
    assert second.value.data["kind"] == "not_found"
    assert text == BASE.replace("return 1", "x = 1\n    return x")


async def test_two_hunks_accepted_at_once_leave_nothing_pending(vendor: LoopbackVendor) -> None:
    vendor.says(*whole(BASE.replace("1", "11").replace("2", "22")))
    async with editor(settings=PROPOSE, environ=environment(vendor)) as one:
        one.open(BASE)
        proposal = await edit(one, Span(Position(0, 0), Position(6, 0)))
        ids = [hunk["id"] for hunk in proposal["hunks"]]
        await asyncio.gather(
            *(one.request("llm-ls/acceptProposal", {"id": proposal["id"], "hunks": [id]}) for id in ids)
        )
        text, left = one.text(), await pending(one)

    assert len(ids) == 2
    assert text == BASE.replace("1", "11").replace("2", "22")
    assert left == []


async def test_an_edit_that_is_dropped_while_the_user_types_is_not_taken_for_made(
    vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neovim 0.12.4 drops a stale edit and says `applied: true`; the keystroke's change is not the edit's."""
    monkeypatch.setattr(edits, "CHANGE_TIMEOUT_S", 0.2)
    vendor.says(*whole("def a():\n    return 5"))
    async with editor(settings=PROPOSE, environ=environment(vendor)) as one:
        one.open(BASE)
        proposal = await edit(one, FIRST)

        def drop_and_type(_: Any) -> dict[str, bool]:
            one.type(f"{one.text()}#")
            return {"applied": True}

        one.answers["workspace/applyEdit"] = drop_and_type
        outcome = await one.request("llm-ls/acceptProposal", {"id": proposal["id"]})
        left = await pending(one)

    assert outcome["applied"] is False
    assert [one["id"] for one in left] == [proposal["id"]]


async def test_an_edit_that_typing_has_overtaken_is_made_where_the_text_is_now(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("def a():\n    return 5"))
    async with editor(settings=PROPOSE, environ=environment(vendor)) as one:
        one.open(BASE)
        proposal = await edit(one, FIRST)
        typed = iter(["import os\n\n" + BASE])

        def apply_after_a_keystroke(params: dict[str, Any]) -> dict[str, Any]:
            if (text := next(typed, None)) is not None:
                one.type(text)
            return one.apply(params)

        one.answers["workspace/applyEdit"] = apply_after_a_keystroke
        outcome = await one.request("llm-ls/acceptProposal", {"id": proposal["id"]})
        text = one.text()

    assert outcome == {"applied": True, "failedHunks": []}
    assert text == "import os\n\n" + BASE.replace("return 1", "return 5")


async def test_an_edit_that_landed_late_is_known_to_have_landed(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("def a():\n    return 5"))
    async with editor(settings=PROPOSE, environ=environment(vendor)) as one:
        one.open(BASE)
        proposal = await edit(one, FIRST)
        one.type(BASE.replace("return 1", "return 5"))
        with pytest.raises(Refused) as failure:
            await one.request("llm-ls/acceptProposal", {"id": proposal["id"]})

    assert failure.value.data["kind"] == "not_found"


async def test_no_hunks_named_is_all_and_none_is_none(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("def a():\n    return 5"))
    async with editor(settings=PROPOSE, environ=environment(vendor)) as one:
        one.open(BASE)
        proposal = await edit(one, FIRST)
        outcome = await one.request("llm-ls/acceptProposal", {"id": proposal["id"], "hunks": []})
        with pytest.raises(Refused) as failure:
            await one.command("llm-ls.acceptHunk", {"id": proposal["id"]})
        text = one.text()

    assert outcome == {"applied": False, "failedHunks": []}
    assert failure.value.code == -32602
    assert text == BASE


async def test_a_retry_that_fails_keeps_what_there_was(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("def a():\n    return 5"))
    vendor.refuses(400, {"error": {"message": "no"}})
    async with editor(settings=PROPOSE, environ=environment(vendor)) as one:
        one.open(BASE)
        proposal = await edit(one, FIRST)
        await one.command("llm-ls.retry", {"id": proposal["id"]})
        await one.idle()
        left = await pending(one)

    assert [one["id"] for one in left] == [proposal["id"]]


async def test_an_edit_for_another_version_is_refused(vendor: LoopbackVendor) -> None:
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        one.open(BASE)
        one.type("#\n" + BASE)
        params = {"textDocument": {"uri": URI, "version": 1}, "range": lsp_range(FIRST), "instruction": "x"}
        with pytest.raises(Refused) as failure:
            await one.request("llm-ls/edit", params)

    assert failure.value.data["kind"] == "stale_document"
    assert vendor.requests == []
