"""How a proposal reaches the user: the review ladder of the contract, from our clients' hunk review to code actions."""

import attrs

from llm_ls import errors
from llm_ls.documents import Document
from llm_ls.features import hunks
from llm_ls.features.hunks import Hunk
from llm_ls.features.proposals import Proposal
from llm_ls.protocol import convert, dialogs, edits, ext
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.settings import Review
from llm_ls.wire import to_json


async def present(ls: LlmLanguageServer, proposal: Proposal, review: Review, *, asked: bool = False) -> bool:
    """Land `proposal`, or have it reviewed; whether it has landed. It stays pending until then, or is discarded.

    Args:
        asked: The proposal is the answer to a request, so a client that reviews by itself gets it anyway.
    """
    ls.session.proposals.add(proposal)
    match ls.client.review(review):
        case "client":
            if not asked:
                _tell(ls, proposal)
        case "apply":
            return (await accept(ls, proposal)).applied
        case "confirm":
            return (await accept(ls, proposal, confirm=True)).applied
        case "proposal":
            where = "Open the code actions to apply, see or discard it."
            dialogs.say(ls, f"AI edit ready ({proposal.summary}). {where}")
    return False


async def accept(
    ls: LlmLanguageServer, proposal: Proposal, hunk_ids: tuple[str, ...] | None = None, *, confirm: bool = False
) -> ext.ProposalOutcome:
    """Make the chosen hunks, or all, where their text is now; what could not be made is said.

    One edit of a document at a time, and again where the user's typing has overtaken it.

    Raises:
        errors.NotFound: The document is closed, the proposal is pending no more, or it has no such hunk.
    """
    pending = ls.session.proposals
    async with ls.session.landing(proposal.uri):
        for last in (False, False, True):
            now = ls.document(proposal.uri)
            settle_landed(ls, now)
            if hunk_ids == ():
                return ext.ProposalOutcome(applied=False)
            acceptance = pending.accept(proposal.id, now, hunk_ids or ())
            if not acceptance.hunks:
                break
            if await edits.apply(ls, now, acceptance.hunks, proposal.title, confirm=confirm):
                pending.settle(acceptance)
                tell_whether_pending(ls, proposal)
                _tell_stale(ls, acceptance.stale)
                return ext.ProposalOutcome(applied=True, failed_hunks=_ids(acceptance.stale))
            if confirm or last or ls.document(proposal.uri).version == now.version:
                dialogs.say(ls, f"The edit ({proposal.summary}) is not made yet. It waits in the code actions.")
                break
    _tell_stale(ls, acceptance.stale)
    return ext.ProposalOutcome(applied=False, failed_hunks=_ids((*acceptance.hunks, *acceptance.stale)))


def reject(ls: LlmLanguageServer, proposal: Proposal, hunk_ids: tuple[str, ...] | None = None) -> None:
    """Forget the chosen hunks, or all.

    Raises:
        errors.NotFound: It has no such hunk.
    """
    ls.session.proposals.reject(proposal.id, hunk_ids)
    tell_whether_pending(ls, proposal)


def settle_landed(ls: LlmLanguageServer, now: Document) -> None:
    """Forget what the text already holds, such as an edit that the client applied by itself."""
    for proposal in ls.session.proposals.settle_landed(now):
        tell_whether_pending(ls, proposal)


def tell_whether_pending(ls: LlmLanguageServer, proposal: Proposal) -> None:
    """Tell a client that reviews by itself what is left of `proposal`: without hunks, it is pending no more."""
    still = next((pending for pending in ls.session.proposals if pending.id == proposal.id), None)
    part = attrs.evolve(proposal.part, operation=None) if proposal.part else None
    _tell(ls, still or attrs.evolve(proposal, hunks=(), part=part))


def _tell(ls: LlmLanguageServer, proposal: Proposal) -> None:
    if ls.client.proposals:
        ls.tell(ext.PROPOSAL, to_json(item(ls, proposal)))


def _tell_stale(ls: LlmLanguageServer, stale: tuple[Hunk, ...]) -> None:
    if stale:
        dialogs.say(ls, f"{_count(stale)} left out, because the text was changed meanwhile.")


def _ids(changes: tuple[Hunk, ...]) -> tuple[str, ...]:
    return tuple(hunk.id for hunk in changes)


def _count(changes: tuple[Hunk, ...]) -> str:
    return f"{len(changes)} change{'s' if len(changes) > 1 else ''}"


def meant(ls: LlmLanguageServer, id: str | None) -> Proposal:
    """The proposal of that id; without one, the newest, of the focused document first.

    Raises:
        errors.NotFound: There is none.
    """
    if id is not None:
        return ls.session.proposals.get(id)
    focused = ls.session.proposals.of(ls.session.focus.uri) if ls.session.focus else ()
    if (newest := next(iter((*focused, *ls.session.proposals)), None)) is None:
        raise errors.NotFound("no edit is pending", hint="ask for one with a code action")
    return newest


def item(ls: LlmLanguageServer, proposal: Proposal) -> ext.ProposalItem:
    """`proposal` as our clients draw it, in the text as it is now; as it was made for, where that is closed."""
    encoding = ls.client.position_encoding
    try:
        now = ls.document(proposal.uri)
    except errors.NotFound:
        now = proposal.base
    fitting, stale = proposal.fitting(now)
    return ext.ProposalItem(
        id=proposal.id,
        title=proposal.title,
        model=proposal.model,
        uri=now.uri,
        version=now.version,
        summary=proposal.summary,
        hunks=tuple(
            ext.HunkItem(hunk.id, convert.to_lsp_range(now, replacement.span, encoding), replacement.text)
            for hunk in fitting
            for replacement in [hunks.replacement(hunk)]
        ),
        failed_hunks=_ids(stale),
        change_set=_change_set(ls, proposal),
        operation=_operation(proposal),
    )


def _change_set(ls: LlmLanguageServer, proposal: Proposal) -> ext.ChangeSetItem | None:
    if (part := proposal.part) is None:
        return None
    files = tuple(one.uri for one in ls.session.proposals.of_change_set(part.change_set))
    return ext.ChangeSetItem(part.change_set, part.title, files)


def _operation(proposal: Proposal) -> ext.OperationItem | None:
    operation = proposal.operation
    return ext.OperationItem(operation.kind, operation.new_uri or None) if operation else None
