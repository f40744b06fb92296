"""`llm-ls/acceptProposal` and its kin, and the commands that code actions carry for the same."""

import contextlib
from collections.abc import Sequence
from typing import Any

from llm_ls import errors
from llm_ls.features.proposals import Proposal
from llm_ls.protocol import ext, operations, review, shown_texts
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.wire import from_json, to_json

ARGUMENT = "arguments[0]"


def register(server: LlmLanguageServer) -> None:
    _register_requests(server)
    _register_commands(server)


def _register_requests(server: LlmLanguageServer) -> None:
    @server.feature(ext.ACCEPT_PROPOSAL)
    async def on_accept(ls: LlmLanguageServer, params: ext.ProposalParams) -> dict[str, Any]:
        from llm_ls.protocol import change_sets  # on first use, like what else only an answer needs

        return to_json(await change_sets.accept(ls, _meant(ls, params.id), params.hunks))

    @server.feature(ext.REJECT_PROPOSAL)
    def on_reject(ls: LlmLanguageServer, params: ext.ProposalParams) -> dict[str, Any]:
        for proposal in _meant(ls, params.id):
            review.reject(ls, proposal, params.hunks)
        return to_json(ext.ProposalOutcome(applied=False))

    @server.feature(ext.LIST_PROPOSALS)
    def on_list(ls: LlmLanguageServer, params: ext.ListProposalsParams) -> list[dict[str, Any]]:
        for uri in {proposal.uri for proposal in ls.session.proposals}:
            with contextlib.suppress(errors.NotFound):
                review.settle_landed(ls, ls.document(uri))
        pending = ls.session.proposals if params.uri is None else ls.session.proposals.of(params.uri)
        return [to_json(review.item(ls, proposal)) for proposal in pending]


def _register_commands(server: LlmLanguageServer) -> None:
    @server.command("llm-ls.accept")
    def on_accept(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        return _accept(ls, _argued(ls, argument), None)

    @server.command("llm-ls.acceptHunk")
    def on_accept_hunk(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        arguments = from_json(argument, ext.HunkArguments, ARGUMENT)
        return _accept(ls, (ls.session.proposals.get(arguments.id),), (arguments.hunk,))

    @server.command("llm-ls.reject")
    def on_reject(ls: LlmLanguageServer, argument: Any) -> None:
        for proposal in _argued(ls, argument):
            review.reject(ls, proposal)

    @server.command("llm-ls.diff")
    def on_diff(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        proposals = _argued(ls, argument)

        async def show(_: operations.Running) -> None:
            await shown_texts.show(ls, proposals[0].title, "".join(one.diff for one in proposals), ".diff")

        return operations.start(ls, "Show diff", show, ls.work_done_token)


def _argued(ls: LlmLanguageServer, argument: Any) -> tuple[Proposal, ...]:
    return _meant(ls, from_json(argument, ext.ProposalArguments, ARGUMENT).id)


def _meant(ls: LlmLanguageServer, id: str | None) -> tuple[Proposal, ...]:
    """The proposals of that id, of a change set or of one; without an id, the newest with all that belongs to it.

    Raises:
        errors.NotFound: There is none.
    """
    if id is not None and (parts := ls.session.proposals.of_change_set(id)):
        return parts
    proposal = review.meant(ls, id)
    if id is None and proposal.part is not None:
        return ls.session.proposals.of_change_set(proposal.part.change_set)
    return (proposal,)


def _accept(ls: LlmLanguageServer, proposals: Sequence[Proposal], hunk_ids: tuple[str, ...] | None) -> dict[str, str]:
    async def accept(running: operations.Running) -> None:
        from llm_ls.protocol import change_sets

        running.work.end()  # Helix 25.07 puts the end of a progress in place of what is said before it
        await change_sets.accept(ls, proposals, hunk_ids)

    return operations.start(ls, "Apply", accept, ls.work_done_token)
