"""How an edit lands: by what the client can, where the text is now, and never by force."""

from typing import Any

import pytest

from llm_ls.documents import Position, Span
from llm_ls.protocol import edits
from tests.rigs.editor import ABLE, URI, Editor, Refused, able, editor, lsp_range
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import PAUSE, LoopbackVendor

BEFORE = "a = 1 + 1\nb = 2\n"
AFTER = "a = 2\nb = 2\n"
APPLY = {"codeActions": {"review": "apply"}}
PROPOSE = {"codeActions": {"review": "proposal"}}


async def test_lands_as_one_edit_of_that_version_and_of_what_changes(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 2"))
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n", instruction="simplify")
        asked = one.edits()

    change = {"range": lsp_range(Span(Position(0, 4), Position(0, 9))), "newText": "2"}
    assert asked == [
        {
            "label": "Edit: simplify",
            "edit": {"documentChanges": [{"textDocument": {"uri": URI, "version": 1}, "edits": [change]}]},
        }
    ]


async def test_answer_holds_the_edit_as_it_was_made_though_it_has_landed(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 2"))
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        one.open(BEFORE)
        where = lsp_range(Span(Position(0, 0), Position(0, 9)))
        params = {"textDocument": {"uri": URI}, "range": where, "instruction": "simplify"}
        answer = await one.request("llm-ls/edit", params)

    assert answer["applied"] is True
    assert drawn(answer["proposal"]) == [("1", 0, "2")]
    assert answer["proposal"]["failedHunks"] == []


async def test_edit_without_an_instruction_is_refused_unasked(vendor: LoopbackVendor) -> None:
    able_to_ask = {**ABLE, "experimental": {"llm-ls": {"input": True}}}
    async with editor(able_to_ask, environ=environment(vendor)) as one:
        one.open(BEFORE)
        where = lsp_range(Span(Position(0, 0), Position(0, 9)))
        with pytest.raises(Refused, match="There is no instruction"):
            await one.request("llm-ls/edit", {"textDocument": {"uri": URI}, "range": where, "instruction": " "})

    assert (one.asked, vendor.requests) == ([], [])


async def test_client_without_document_changes_gets_changes(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 2"))
    async with editor(able(workspaceEdit={}), settings=APPLY, environ=environment(vendor)) as one:
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n", instruction="simplify")
        edit = one.edits()[0]["edit"]
        text = one.text()

    assert list(edit) == ["changes"]
    assert text == AFTER


async def test_asks_to_confirm_where_the_client_can(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 2"))
    annotating = able(workspaceEdit={"documentChanges": True, "changeAnnotationSupport": {}})
    async with editor(annotating, environ=environment(vendor)) as one:
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n", instruction="simplify")
        edit = one.edits()[0]["edit"]

    assert edit["changeAnnotations"] == {
        "llm-ls": {"label": "Edit: simplify", "needsConfirmation": True, "description": "+1 −1"}
    }
    assert edit["documentChanges"][0]["edits"][0]["annotationId"] == "llm-ls"


async def test_our_clients_get_the_proposal_to_review(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 2"))
    ours = {**ABLE, "experimental": {"llm-ls": {"proposals": True}}}
    async with editor(ours, environ=environment(vendor)) as one:
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n", instruction="simplify")
        proposal = next(params for method, params in one.said if method == "llm-ls/proposal")
        untouched = one.text()
        outcome = await one.request("llm-ls/acceptProposal", {"id": proposal["id"]})
        left = await one.request("llm-ls/listProposals", {})
        text = one.text()

    assert (proposal["uri"], proposal["version"], proposal["model"]) == (URI, 1, "openai/gpt-test")
    assert [hunk["newText"] for hunk in proposal["hunks"]] == ["2"]
    assert untouched == BEFORE
    assert outcome == {"applied": True, "failedHunks": []}
    assert (text, left) == (AFTER, [])


OURS = {**ABLE, "experimental": {"llm-ls": {"proposals": True}}}
MANY = "one = 1\n# then\ntwo = 2\n# then\nthree = 3\n"
MORE = MANY.replace("1", "10").replace("2", "20").replace("3", "30")


def told(one: Editor) -> list[dict[str, Any]]:
    """The proposals as our clients are told of them, in order."""
    return [params for method, params in one.said if method == "llm-ls/proposal"]


def drawn(proposal: dict[str, Any]) -> list[tuple[str, int, str]]:
    """Each hunk's id, first line and new text."""
    return [(hunk["id"], hunk["range"]["start"]["line"], hunk["newText"]) for hunk in proposal["hunks"]]


async def test_our_clients_are_told_what_is_left(vendor: LoopbackVendor) -> None:
    vendor.says(*whole(MORE))
    async with editor(OURS, environ=environment(vendor)) as one:
        await one.act("llm-ls.edit", f"«{MANY}»", instruction="ten times")
        (first,) = told(one)
        await one.request("llm-ls/acceptProposal", {"id": first["id"], "hunks": ["2"]})
        await one.request("llm-ls/rejectProposal", {"id": first["id"], "hunks": ["1"]})
        await one.request("llm-ls/rejectProposal", {"id": first["id"]})
        _, accepted, rejected, gone = told(one)
        left, text = await one.request("llm-ls/listProposals", {}), one.text()

    assert (first["summary"], drawn(first)) == ("+3 −3", [("1", 0, "0"), ("2", 2, "0"), ("3", 4, "0")])
    assert (accepted["summary"], drawn(accepted)) == ("+2 −2", [("1", 0, "0"), ("3", 4, "0")])
    assert accepted["version"] == 2
    assert drawn(rejected) == [("3", 4, "0")]
    assert (gone["id"], gone["hunks"], gone["failedHunks"]) == (first["id"], [], [])
    assert left == []
    assert text == MANY.replace("2", "20")


async def test_our_clients_review_by_themselves_what_is_never_to_be_applied_unasked(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 2"))
    async with editor(OURS, settings=PROPOSE, environ=environment(vendor)) as one:
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n", instruction="simplify")
        (proposal,), messages = told(one), one.messages()

    assert drawn(proposal) == [("1", 0, "2")]
    assert (messages, one.text()) == ([], BEFORE)


async def test_hunks_are_listed_where_they_are_now(vendor: LoopbackVendor) -> None:
    vendor.says(*whole(MORE))
    async with editor(OURS, environ=environment(vendor)) as one:
        await one.act("llm-ls.edit", f"«{MANY}»", instruction="ten times")
        one.type(f"# numbers\n{MANY}".replace("two = 2", "two = 22"))
        (now,) = await one.request("llm-ls/listProposals", {"uri": URI})
        one.type(f"# numbers\n{MORE}")
        held = await one.request("llm-ls/listProposals", {"uri": URI})
        last = told(one)[-1]

    assert (now["version"], drawn(now), now["failedHunks"]) == (2, [("1", 1, "0"), ("3", 5, "0")], ["2"])
    assert held == []
    assert (last["hunks"], last["failedHunks"]) == ([], [])


async def test_unknown_hunk_cannot_be_rejected(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 2"))
    async with editor(OURS, environ=environment(vendor)) as one:
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n", instruction="simplify")
        (first,) = told(one)
        with pytest.raises(Refused, match="No hunk '9'"):
            await one.request("llm-ls/rejectProposal", {"id": first["id"], "hunks": ["9"]})
        (left,) = await one.request("llm-ls/listProposals", {})

    assert drawn(left) == drawn(first)


async def test_asking_again_tells_that_the_first_is_gone(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 2"))
    async with editor(OURS, environ=environment(vendor)) as one:
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n", instruction="simplify")
        vendor.says(*whole("a = two"))
        await one.command("llm-ls.retry", {})
        await one.idle()
        first, gone, second = told(one)

    assert (gone["id"], gone["hunks"]) == (first["id"], [])
    assert second["id"] != first["id"]
    assert [hunk["newText"] for hunk in second["hunks"]] == ["two"]


async def test_edit_request_may_bring_diagnostics(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 2"))
    where = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 9}}
    async with editor(OURS, environ=environment(vendor)) as one:
        one.open("a = 1 + 1\nb = 2\n")
        params = {"textDocument": {"uri": URI}, "range": where, "instruction": "mend it"}
        await one.request("llm-ls/edit", {**params, "diagnostics": [{"range": where, "message": "too long"}]})

    assert "too long" in str(vendor.requests[0].json)


async def test_without_apply_edit_the_edit_waits_in_the_code_actions(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 2"))
    async with editor(able(applyEdit=False), environ=environment(vendor)) as one:
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n", instruction="simplify")
        actions = await one.actions()
        apply = actions[0]
        one.apply({"edit": apply["edit"]})
        titles = [action["title"] for action in await one.actions()]
        text = one.text()

    assert apply["title"] == "✓ Apply AI edit (+1 −1)"
    assert [action["title"] for action in actions[1:4]] == ["≠ Show diff", "↻ Retry", "✗ Discard"]
    assert text == AFTER
    assert titles[0].startswith("AI:")


async def test_apply_that_the_client_never_makes_leaves_the_edit_waiting(
    vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neovim 0.12.4 says `applied: true` of a stale edit that it drops."""
    monkeypatch.setattr(edits, "CHANGE_TIMEOUT_S", 0.2)
    vendor.says(*whole("a = 2"))
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        one.answers["workspace/applyEdit"] = lambda _: {"applied": True}
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n", instruction="simplify")
        waiting = await one.request("llm-ls/listProposals", {"uri": URI})
        messages, text = one.messages(), one.text()

    assert text == BEFORE
    assert len(waiting) == 1
    assert "is not made yet" in messages[-1]


@pytest.mark.parametrize("answer", [None, {"applied": False}, {"applied": "yes"}, 7])
async def test_refused_edit_is_kept(vendor: LoopbackVendor, answer: Any) -> None:
    vendor.says(*whole("a = 2"))
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        one.answers["workspace/applyEdit"] = lambda _: answer
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n", instruction="simplify")
        waiting = await one.request("llm-ls/listProposals", {})

    assert len(waiting) == 1


async def test_edit_moves_with_the_text_around_it(vendor: LoopbackVendor) -> None:
    vendor.says(PAUSE, *whole("a = 2"))
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        one.open(BEFORE)
        argument = {"uri": URI, "range": lsp_range(Span(Position(0, 0), Position(0, 9))), "instruction": "simplify"}
        await one.command("llm-ls.edit", argument)
        await vendor.paused()
        one.type("import os\n\n" + BEFORE + "c = 3\n")
        vendor.go_on()
        await one.idle()
        text = one.text()

    assert text == "import os\n\n" + AFTER + "c = 3\n"


async def test_refuses_stale_text(vendor: LoopbackVendor) -> None:
    vendor.says(PAUSE, *whole("a = 2"))
    async with editor(settings=APPLY, environ=environment(vendor)) as one:
        one.open(BEFORE)
        argument = {"uri": URI, "range": lsp_range(Span(Position(0, 0), Position(0, 9))), "instruction": "simplify"}
        await one.command("llm-ls.edit", argument)
        await vendor.paused()
        one.type("a = 1 + 7\nb = 2\n")
        vendor.go_on()
        await one.idle()
        messages, text = one.messages(), one.text()

    assert text == "a = 1 + 7\nb = 2\n"
    assert "left out, because the text was changed" in messages[-1]


async def test_one_hunk_can_be_taken_and_the_rest_discarded(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("```\nA\nb\nc\nd\nE\n```"))
    async with editor(settings=PROPOSE, environ=environment(vendor)) as one:
        await one.act("llm-ls.edit", "«a\nb\nc\nd\ne\n»", instruction="shout")
        (proposal,) = await one.request("llm-ls/listProposals", {})
        last = proposal["hunks"][-1]["id"]
        await one.command("llm-ls.acceptHunk", {"id": proposal["id"], "hunk": last})
        await one.idle()
        (rest,) = await one.request("llm-ls/listProposals", {})
        await one.command("llm-ls.reject")
        left = await one.request("llm-ls/listProposals", {})
        text = one.text()

    assert text == "a\nb\nc\nd\nE\n"
    assert [hunk["newText"] for hunk in rest["hunks"]] == ["A"]
    assert left == []


async def test_retry_asks_the_same_again(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 3"))
    vendor.says(*whole("a = 2"))
    async with editor(settings=PROPOSE, environ=environment(vendor)) as one:
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n", instruction="simplify")
        await one.command("llm-ls.retry")
        await one.idle()
        await one.command("llm-ls.accept")
        await one.idle()
        text = one.text()

    assert text == AFTER
    assert vendor.requests[0].json["messages"] == vendor.requests[1].json["messages"]


async def test_diff_is_opened(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = 2"))
    async with editor(settings=PROPOSE, environ=environment(vendor)) as one:
        one.answers["window/showDocument"] = lambda _: {"success": True}
        await one.act("llm-ls.edit", "«a = 1 + 1»\nb = 2\n", instruction="simplify")
        await one.command("llm-ls.diff")
        await one.idle()
        uri = one.opened()[0]

    assert uri.startswith("file://")
    assert uri.endswith(".diff")


async def test_edit_request_streams_and_returns_the_proposal(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("a = ", "2"))
    ours = {**ABLE, "experimental": {"llm-ls": {"proposals": True}}}
    async with editor(ours, environ=environment(vendor)) as one:
        one.open(BEFORE)
        params = {
            "textDocument": {"uri": URI},
            "range": lsp_range(Span(Position(0, 0), Position(0, 9))),
            "instruction": "simplify",
            "partialResultToken": "p",
        }
        result = await one.request("llm-ls/edit", params)
        notified = [method for method, _ in one.said if method == "llm-ls/proposal"]
        streamed = "".join(event["text"] for event in one.progress("p") if event["type"] == "text_delta")

    assert [hunk["newText"] for hunk in result["proposal"]["hunks"]] == ["2"]
    assert streamed == "a = 2"
    assert notified == []
