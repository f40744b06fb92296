"""`llm-ls/acceptProposal` and its kin, and the commands that code actions carry for the same."""

from typing import Any

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
        return to_json(await review.accept(ls, ls.session.proposals.get(params.id), params.hunks))

    @server.feature(ext.REJECT_PROPOSAL)
    def on_reject(ls: LlmLanguageServer, params: ext.ProposalParams) -> dict[str, Any]:
        review.reject(ls, ls.session.proposals.get(params.id), params.hunks)
        return to_json(ext.ProposalOutcome(applied=False))

    @server.feature(ext.LIST_PROPOSALS)
    def on_list(ls: LlmLanguageServer, params: ext.ListProposalsParams) -> list[dict[str, Any]]:
        for uri in {proposal.uri for proposal in ls.session.proposals} & set(ls.documents.open_uris):
            review.settle_landed(ls, ls.document(uri))
        pending = [proposal for proposal in ls.session.proposals if params.uri in (None, proposal.uri)]
        return [to_json(review.item(ls, proposal)) for proposal in pending]


def _register_commands(server: LlmLanguageServer) -> None:
    @server.command("llm-ls.accept")
    def on_accept(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        return _accept(ls, review.meant(ls, from_json(argument, ext.ProposalArguments, ARGUMENT)), None)

    @server.command("llm-ls.acceptHunk")
    def on_accept_hunk(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        arguments = from_json(argument, ext.HunkArguments, ARGUMENT)
        return _accept(ls, ls.session.proposals.get(arguments.id), (arguments.hunk,))

    @server.command("llm-ls.reject")
    def on_reject(ls: LlmLanguageServer, argument: Any) -> None:
        review.reject(ls, review.meant(ls, from_json(argument, ext.ProposalArguments, ARGUMENT)))

    @server.command("llm-ls.diff")
    def on_diff(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        proposal = review.meant(ls, from_json(argument, ext.ProposalArguments, ARGUMENT))

        async def show(_: operations.Running) -> None:
            await shown_texts.show(ls, proposal.title, proposal.diff, ".diff")

        return operations.start(ls, "Show diff", show, ls.work_done_token)


def _accept(ls: LlmLanguageServer, proposal: Proposal, hunk_ids: tuple[str, ...] | None) -> dict[str, str]:
    async def accept(_: operations.Running) -> None:
        await review.accept(ls, proposal, hunk_ids)

    return operations.start(ls, "Apply", accept, ls.work_done_token)
