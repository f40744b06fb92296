"""What a model proposes at once over several files: reviewed file by file or as one, and landed whole or not at all."""

from collections.abc import Callable, Iterable

import attrs

from llm_ls.documents import Document
from llm_ls.features import hunks, proposals
from llm_ls.features.proposals import Acceptance, FileOperation, Part, Proposal, Proposals
from llm_ls.tools.file_changes import FileChange


@attrs.frozen
class ChangeSet:
    """As much of it as is pending.

    Attributes:
        parts: One a file, in the order they were proposed in; never empty.
    """

    id: str
    title: str
    model: str
    parts: tuple[Proposal, ...]

    @property
    def summary(self) -> str:
        """The lines added and removed in all files, such as `+12 −4`."""
        return proposals.summary(tuple(hunk for part in self.parts for hunk in part.hunks))

    @property
    def size(self) -> str:
        """How many files it is about, or which: `3 files`, `src/a.py`."""
        return ", ".join(part.name for part in self.parts) if len(self.parts) == 1 else f"{len(self.parts)} files"


def proposed(
    change_set: str,
    title: str,
    model: str,
    changes: Iterable[FileChange],
    document_of: Callable[[FileChange], Document],
    new_uri_of: Callable[[FileChange], str],
) -> tuple[Proposal, ...]:
    """The parts of a new change set.

    Args:
        change_set: Its id; those of the parts begin with it.
        title: What it does, in a few words.
        model: `provider/model`.
        changes: One a file.
        document_of: The document that a change was made for, empty for a file to be created.
        new_uri_of: Where a renamed file will be.
    """
    made: list[Proposal] = []
    for number, change in enumerate(changes, start=1):
        base = document_of(change)
        after = "" if change.kind == "delete" else change.after
        operation = None
        if change.kind != "edit":
            new_uri = new_uri_of(change) if change.kind == "rename" else ""
            operation = FileOperation(change.kind, new_uri, change.new_name)
        part = Part(change_set, title, change.name, operation)
        made.append(Proposal(f"{change_set}.{number}", model, None, base, hunks.diff(base, after), part=part))
    return tuple(made)


def pending(waiting: Proposals, change_set: str) -> ChangeSet | None:
    """What is pending of the change set of that id; `None` if nothing is."""
    parts = waiting.of_change_set(change_set)
    if not parts or parts[0].part is None:
        return None
    return ChangeSet(change_set, parts[0].part.title, parts[0].model, parts)


def every(waiting: Proposals) -> tuple[ChangeSet, ...]:
    """All of which something is pending, the newest first."""
    ids = dict.fromkeys(one.part.change_set for one in waiting if one.part)
    return tuple(found for change_set in ids if (found := pending(waiting, change_set)))


def told(part: Proposal) -> str:
    """What becomes of its file, such as `+3 −1 in src/a.py`."""
    match part.operation:
        case None:
            return f"{part.summary} in {part.name}"
        case FileOperation("create"):
            return f"create {part.name} ({part.summary})"
        case FileOperation("delete"):
            return f"delete {part.name}"
        case FileOperation(_, _, new_name):
            return f"rename {part.name} to {new_name}" + (f" ({part.summary})" if part.hunks else "")


@attrs.frozen(eq=False)
class Found:
    """What there is of a part's file now.

    Attributes:
        text: As the editor has it, else as it is on disk; `None` if there is none, or none that can be read.
        exists: Whether there is anything of its name.
        new_exists: Whether there is already what it would be renamed to.
    """

    text: Document | None
    exists: bool
    new_exists: bool = False


def misfit(part: Proposal, found: Found) -> str:
    """Why `part` can no longer be made, such as `src/a.py was changed meanwhile`; empty if it can."""
    operation = part.operation
    if operation is not None and operation.kind == "create":
        return f"{part.name} exists by now" if found.exists else ""
    if not found.exists:
        return f"{part.name} is gone"
    if operation is not None and operation.kind == "rename":
        if found.new_exists:
            return f"{operation.new_name} exists by now"
        if not part.hunks:
            return ""
    if found.text is None:
        return f"{part.name} can no longer be read as text"
    if operation is not None and operation.kind == "delete":
        return "" if found.text.lines == part.base.lines else f"{part.name} was changed meanwhile"
    stale = part.fitting(found.text)[1]
    count = "" if len(part.hunks) == 1 else f" in {len(stale)} of the {len(part.hunks)} places that the edit is about"
    return f"{part.name} was changed meanwhile{count}" if stale else ""


@attrs.frozen(eq=False)
class Step:
    """What is to be made of one part.

    Attributes:
        now: The file's text before.
        was_open: Whether the editor had it open.
        operation: `None` too where only some hunks of a file to be renamed are taken.
    """

    acceptance: Acceptance
    now: Document
    was_open: bool
    operation: FileOperation | None

    @property
    def part(self) -> Proposal:
        return self.acceptance.proposal

    @property
    def uri(self) -> str:
        """Of the file once it is made."""
        return self.operation.new_uri if self.operation and self.operation.kind == "rename" else self.part.uri

    @property
    def name(self) -> str:
        """Of the file once it is made."""
        return self.operation.new_name if self.operation and self.operation.kind == "rename" else self.part.name

    @property
    def after(self) -> str:
        """The file's text once it is made."""
        return hunks.apply(self.now, self.acceptance.hunks)
