"""Edits that wait for the user's word, each with what it was made for."""

from collections.abc import Iterator

import attrs

from llm_ls import errors
from llm_ls.documents import Document, split_lines
from llm_ls.features import hunks as hunk_edits
from llm_ls.features.hunks import Hunk
from llm_ls.features.plans import Plan
from llm_ls.messages import Usage


@attrs.define
class _Latest:
    """How a proposal stands to the text it was last asked about: every cursor move asks, few change the text.

    Attributes:
        lines: That text's; compared by identity, so that a hit costs nothing.
        landed: `None` until asked.
        held: `None` until asked.
    """

    lines: tuple[str, ...] | None = None
    fitting: tuple[Hunk, ...] = ()
    stale: tuple[Hunk, ...] = ()
    landed: bool | None = None
    held: tuple[Hunk, ...] | None = None


@attrs.frozen
class Proposal:
    """An edit of one document.

    Attributes:
        model: `provider/model`.
        plan: What was asked, to ask it again.
        base: The document the hunks were made for.
        hunks: Ascending, never empty.
    """

    id: str
    model: str
    plan: Plan
    base: Document
    hunks: tuple[Hunk, ...]
    usage: Usage = Usage()
    _latest: _Latest = attrs.field(factory=_Latest, init=False, eq=False, repr=False)

    @property
    def title(self) -> str:
        """What was asked, in a few words, such as `Fix`."""
        return self.plan.title

    @property
    def uri(self) -> str:
        return self.base.uri

    @property
    def summary(self) -> str:
        """The lines added and removed, such as `+12 −4`."""
        return summary(self.hunks)

    @property
    def diff(self) -> str:
        """A unified diff of the whole proposal."""
        return hunk_edits.unified(self.base, self.hunks, self.uri.rpartition("/")[2])

    def fitting(self, now: Document) -> tuple[tuple[Hunk, ...], tuple[Hunk, ...]]:
        """The hunks that fit `now`, at their place there, and those that no longer do."""
        latest = self._latest
        if latest.lines is not now.lines:
            latest.fitting, latest.stale = hunk_edits.reanchor(self.hunks, self.base, now)
            latest.lines, latest.landed, latest.held = now.lines, None, None
        return latest.fitting, latest.stale

    def landed(self, now: Document) -> bool:
        """Whether `now` already holds the whole edit."""
        self.fitting(now)
        latest = self._latest
        if latest.landed is None:
            latest.landed = now.lines != self.base.lines and self._is_held_by(now)
        return latest.landed

    def held(self, now: Document) -> tuple[Hunk, ...]:
        """The hunks that no longer fit because `now` has them, such as one that the client applied by itself."""
        stale, latest = self.fitting(now)[1], self._latest
        if not stale:
            return ()
        if latest.held is None:
            after = attrs.evolve(self.base, lines=hunk_edits.lines_after(self.base, stale))
            kept = {hunk.id for hunk in hunk_edits.reanchor(hunk_edits.inverse(stale), after, now)[0]}
            latest.held = tuple(hunk for hunk in stale if hunk.id in kept)
        return latest.held

    def _is_held_by(self, now: Document) -> bool:
        after = attrs.evolve(self.base, lines=hunk_edits.lines_after(self.base, self.hunks))
        return hunk_edits.all_fit(hunk_edits.inverse(self.hunks), after, now)


def summary(hunks: tuple[Hunk, ...]) -> str:
    """The lines that `hunks` add and remove, such as `+12 −4`."""
    return f"+{sum(hunk.added for hunk in hunks)} −{sum(hunk.removed for hunk in hunks)}"


@attrs.frozen
class Acceptance:
    """What accepting some hunks comes to.

    Attributes:
        hunks: To apply, at their place in the document as it is now.
        stale: Accepted too, but their lines have changed: to be said, not forced.
        rest: What stays pending once the hunks are applied; `None` if nothing does.
    """

    proposal: Proposal
    hunks: tuple[Hunk, ...]
    stale: tuple[Hunk, ...]
    rest: Proposal | None


class Proposals:
    """The pending proposals of one session, the newest first; beyond `limit` the oldest is dropped."""

    def __init__(self, limit: int = 32) -> None:
        self._limit = limit
        self._by_id: dict[str, Proposal] = {}

    def __iter__(self) -> Iterator[Proposal]:
        return reversed(tuple(self._by_id.values()))

    def add(self, proposal: Proposal) -> None:
        """Make `proposal` the newest; one with the same id is replaced."""
        self._by_id.pop(proposal.id, None)
        self._by_id[proposal.id] = proposal
        while len(self._by_id) > self._limit:
            del self._by_id[next(iter(self._by_id))]

    def get(self, proposal_id: str) -> Proposal:
        """The pending proposal of that id.

        Raises:
            NotFound: There is none.
        """
        try:
            return self._by_id[proposal_id]
        except KeyError:
            raise errors.NotFound(
                f"no pending edit {proposal_id!r}", hint="it may have been applied or discarded; ask again"
            ) from None

    def of(self, uri: str) -> tuple[Proposal, ...]:
        """The pending proposals for one document, the newest first."""
        return tuple(proposal for proposal in self if proposal.uri == uri)

    def accept(self, proposal_id: str, now: Document, hunk_ids: tuple[str, ...] = ()) -> Acceptance:
        """What to apply to `now` for these hunks, or for all if none are named; `settle` then makes it so.

        Raises:
            NotFound: There is no such proposal, or no such hunk in it.
        """
        proposal = self.get(proposal_id)
        _refuse_unknown(proposal, hunk_ids)
        wanted = set(hunk_ids) or {hunk.id for hunk in proposal.hunks}
        fitting, stale = proposal.fitting(now)
        taken = tuple(hunk for hunk in fitting if hunk.id in wanted)
        left = tuple(hunk for hunk in fitting if hunk.id not in wanted)
        rest = None
        if left:
            base = _with_text(now, hunk_edits.apply(now, taken))
            rest = attrs.evolve(proposal, base=base, hunks=hunk_edits.shifted(left, taken))
        return Acceptance(proposal, taken, tuple(hunk for hunk in stale if hunk.id in wanted), rest)

    def settle(self, acceptance: Acceptance) -> None:
        """The hunks were applied: keep what stays pending. What was discarded meanwhile stays away."""
        current = self._by_id.get(acceptance.proposal.id)
        if current is None:
            return
        rest = acceptance.rest if current is acceptance.proposal else _without(current, acceptance)
        if rest is None:
            self.discard(current.id)
        else:
            self._by_id[rest.id] = rest

    def reject(self, proposal_id: str, hunk_ids: tuple[str, ...] | None = None) -> None:
        """Drop these hunks, or all where none are named; without hunks the proposal is pending no more.

        Raises:
            NotFound: There is no such proposal, or no such hunk in it.
        """
        proposal = self.get(proposal_id)
        _refuse_unknown(proposal, hunk_ids or ())
        left = tuple(hunk for hunk in proposal.hunks if hunk_ids is not None and hunk.id not in hunk_ids)
        if left:
            self._by_id[proposal_id] = attrs.evolve(proposal, hunks=left)
        else:
            self.discard(proposal_id)

    def settle_landed(self, now: Document) -> tuple[Proposal, ...]:
        """Take out what `now` already holds, such as a hunk the client applied by itself; the proposals it was in."""
        touched: list[Proposal] = []
        for proposal in self.of(now.uri):
            if proposal.landed(now):
                self.discard(proposal.id)
            elif held := proposal.held(now):
                base = _with_text(proposal.base, hunk_edits.apply(proposal.base, held))
                left = (hunk for hunk in proposal.hunks if hunk not in held)
                self._by_id[proposal.id] = attrs.evolve(proposal, base=base, hunks=hunk_edits.shifted(left, held))
            else:
                continue
            touched.append(proposal)
        return tuple(touched)

    def discard(self, proposal_id: str) -> None:
        """Forget the proposal, if it is there."""
        self._by_id.pop(proposal_id, None)


def _refuse_unknown(proposal: Proposal, hunk_ids: tuple[str, ...]) -> None:
    known = {hunk.id for hunk in proposal.hunks}
    if missing := [hunk_id for hunk_id in hunk_ids if hunk_id not in known]:
        raise errors.NotFound(f"no hunk {missing[0]!r} in the edit {proposal.id!r}")


def _without(proposal: Proposal, acceptance: Acceptance) -> Proposal | None:
    """What stays of `proposal`, which took the place of the accepted one, once those hunks are applied too."""
    applied = {(hunk.id, hunk.before, hunk.after) for hunk in acceptance.hunks}
    lost = {(hunk.id, hunk.before, hunk.after) for hunk in acceptance.stale}
    taken: list[Hunk] = []
    left: list[Hunk] = []
    for hunk in proposal.hunks:
        key = (hunk.id, hunk.before, hunk.after)
        if key in applied:
            taken.append(hunk)
        elif key not in lost:
            left.append(hunk)
    if not left:
        return None
    base = _with_text(proposal.base, hunk_edits.apply(proposal.base, taken)) if taken else proposal.base
    return attrs.evolve(proposal, base=base, hunks=hunk_edits.shifted(left, taken))


def _with_text(document: Document, text: str) -> Document:
    return attrs.evolve(document, version=None, lines=tuple(split_lines(text)))
