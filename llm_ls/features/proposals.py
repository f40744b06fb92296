"""Edits that wait for the user's word, each with what it was made for."""

from collections import Counter
from collections.abc import Iterator
from typing import Literal
from urllib.parse import unquote

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


@attrs.frozen(eq=False, repr=False)
class FileOperation:
    """What becomes of a file, beside its text.

    Attributes:
        new_uri: Of a renamed file; else empty.
        new_name: As `Part.name`.
    """

    kind: Literal["create", "rename", "delete"]
    new_uri: str = ""
    new_name: str = ""


@attrs.frozen(eq=False, repr=False)
class Part:
    """What makes a proposal one of several that belong together, each of another file.

    Attributes:
        change_set: The id that they share.
        title: Of all together.
        name: The file's path, as the user calls it.
        operation: `None` if only its text changes.
    """

    change_set: str
    title: str
    name: str
    operation: FileOperation | None = None


@attrs.frozen
class Proposal:
    """An edit of one document; or a file to be created, renamed or deleted.

    Attributes:
        model: `provider/model`.
        plan: What was asked, to ask it again; `None` if a model has proposed it by itself.
        base: The document the hunks were made for; of a file to be created, an empty one.
        hunks: Ascending; none only where the file is to be renamed, and in what is pending no more.
        part: `None` if it stands alone.
    """

    id: str
    model: str
    plan: Plan | None
    base: Document
    hunks: tuple[Hunk, ...]
    usage: Usage = Usage()
    part: Part | None = None
    _latest: _Latest = attrs.field(factory=_Latest, init=False, eq=False, repr=False)

    @property
    def title(self) -> str:
        """What was asked, in a few words, such as `Fix`."""
        return self.part.title if self.part else self.plan.title if self.plan else ""

    @property
    def name(self) -> str:
        """The file's, as the user calls it."""
        return self.part.name if self.part else self.uri.rpartition("/")[2]

    @property
    def operation(self) -> FileOperation | None:
        return self.part.operation if self.part else None

    @property
    def renames(self) -> bool:
        return self.operation is not None and self.operation.kind == "rename"

    @property
    def uri(self) -> str:
        return self.base.uri

    @property
    def summary(self) -> str:
        """The lines added and removed, such as `+12 −4`."""
        return summary(self.hunks)

    @property
    def diff(self) -> str:
        """A unified diff of the whole proposal, in git's form where a file is created, renamed or deleted."""
        match self.operation:
            case None:
                head = ""
                names = (f"a/{self.name}", f"b/{self.name}")
            case FileOperation("create"):
                head = f"diff --git a/{self.name} b/{self.name}\nnew file mode 100644\n"
                names = ("/dev/null", f"b/{self.name}")
            case FileOperation("delete"):
                head = f"diff --git a/{self.name} b/{self.name}\ndeleted file mode 100644\n"
                names = (f"a/{self.name}", "/dev/null")
            case FileOperation(_, _, new_name):
                head = f"diff --git a/{self.name} b/{new_name}\nrename from {self.name}\nrename to {new_name}\n"
                names = (f"a/{self.name}", f"b/{new_name}")
        return head + hunk_edits.unified(self.base, self.hunks, *names)

    def fitting(self, now: Document) -> tuple[tuple[Hunk, ...], tuple[Hunk, ...]]:
        """The hunks that fit `now`, at their place there, and those that no longer do."""
        latest = self._latest
        if latest.lines is not now.lines:
            latest.fitting, latest.stale = hunk_edits.reanchor(self.hunks, self.base, now)
            latest.lines, latest.landed, latest.held = now.lines, None, None
        return latest.fitting, latest.stale

    def landed(self, now: Document) -> bool:
        """Whether `now` already holds the whole edit. What becomes of the file itself, no text shows."""
        if self.operation is not None and self.operation.kind != "create":
            return False
        self.fitting(now)
        latest = self._latest
        if latest.landed is None:
            latest.landed = now.lines != self.base.lines and self._is_held_by(now)
        return latest.landed

    def held(self, now: Document) -> tuple[Hunk, ...]:
        """The hunks that no longer fit because `now` has them, such as one that the client applied by itself."""
        stale, latest = self.fitting(now)[1], self._latest
        if not stale or (self.operation is not None and not self.renames):
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
    """The pending proposals of one session, the newest first.

    Beyond `limit` the oldest are dropped, what belongs together as one; and so they are beyond `most` files, whose
    texts they hold, but for the newest.
    """

    def __init__(self, limit: int = 32, most: int = 200) -> None:
        self._limit = limit
        self._most = most
        self._by_id: dict[str, Proposal] = {}

    def __iter__(self) -> Iterator[Proposal]:
        return reversed(tuple(self._by_id.values()))

    def add(self, *proposals: Proposal) -> None:
        """Make `proposals` the newest, the last of them first; one with the same id is replaced."""
        for proposal in proposals:
            self._by_id.pop(proposal.id, None)
            self._by_id[proposal.id] = proposal
        sizes = Counter(map(_unit, self._by_id.values()))
        while len(sizes) > self._limit or (len(sizes) > 1 and sizes.total() > self._most):
            del sizes[next(iter(sizes))]
        self._by_id = {key: kept for key, kept in self._by_id.items() if _unit(kept) in sizes}

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
        key = unquote(uri)  # a file that was not open has the uri that we wrote, until its editor writes another
        return tuple(proposal for proposal in self if unquote(proposal.uri) == key)

    def of_change_set(self, change_set: str) -> tuple[Proposal, ...]:
        """What is pending of the change set of that id, in the order it was proposed in; nothing if there is none."""
        return tuple(one for one in self._by_id.values() if one.part and one.part.change_set == change_set)

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
        if left or (hunk_ids and proposal.renames):
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
        if left or (hunk_ids is not None and proposal.renames):
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


def _unit(proposal: Proposal) -> str:
    """What is kept and dropped as one."""
    return proposal.part.change_set if proposal.part else proposal.id


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
    if not left and not (proposal.renames and acceptance.rest is not None):
        return None
    base = _with_text(proposal.base, hunk_edits.apply(proposal.base, taken)) if taken else proposal.base
    return attrs.evolve(proposal, base=base, hunks=hunk_edits.shifted(left, taken))


def _with_text(document: Document, text: str) -> Document:
    return attrs.evolve(document, version=None, lines=tuple(split_lines(text)))
