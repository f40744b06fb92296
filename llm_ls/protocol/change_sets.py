"""A change set lands: all its files or none, with one `workspace/applyEdit` where the client can.

What the client says it made is looked for in its documents and on disk; what it made only in part is said loudly.
"""

import asyncio
import contextlib
from collections.abc import Sequence

from lsprotocol import types

from llm_ls import errors
from llm_ls.features import change_sets, hunks
from llm_ls.features.change_sets import ChangeSet, Step
from llm_ls.features.proposals import Proposal
from llm_ls.protocol import dialogs, edits, ext, part_files, review
from llm_ls.protocol.edits import Annotation, FileEdit
from llm_ls.protocol.jsonrpc import member
from llm_ls.protocol.language_server import LlmLanguageServer, Unanswered

APPLY_TIMEOUT_S = 10.0
_LOOK_AGAIN_S = 0.05
_YES, _NO = "Yes, do it", "No"


def present(ls: LlmLanguageServer, parts: Sequence[Proposal]) -> None:
    """Have `parts` wait for the user's review, whatever the settings say: nobody has asked for this edit."""
    ls.session.proposals.add(*parts)
    if ls.client.proposals:
        for part in parts:
            review.tell_whether_pending(ls, part)
    elif parts and parts[0].part and (made := change_sets.pending(ls.session.proposals, parts[0].part.change_set)):
        where = "Open the code actions to apply, see or discard it."
        dialogs.say(ls, f"AI edit of {made.size} ready ({made.summary}). {where}")


async def accept(
    ls: LlmLanguageServer, parts: Sequence[Proposal], hunk_ids: tuple[str, ...] | None = None
) -> ext.ProposalOutcome:
    """Make all of `parts`, or nothing; what keeps one of them from being made is said.

    Args:
        hunk_ids: Only these, of a single part; `None` is all.

    Raises:
        errors.NotFound: A part is pending no more, or has no such hunk.
        errors.InvalidRequest: Hunks are named, and several parts.
    """
    first, *others = parts
    if others and hunk_ids is not None:
        raise errors.InvalidRequest("hunks are of one file", hint="name the edit of that file")
    if not others and first.operation is None and (first.part is None or part_files.opened(ls, first.uri) is not None):
        return await review.accept(ls, first, hunk_ids)
    if hunk_ids == ():
        return ext.ProposalOutcome(applied=False)
    confirm = ls.session.settings.code_actions.review == "confirm" and ls.client.asks_to_confirm
    return await _together(ls, parts, hunk_ids or (), confirm=confirm)


async def _together(
    ls: LlmLanguageServer, parts: Sequence[Proposal], hunk_ids: tuple[str, ...], *, confirm: bool
) -> ext.ProposalOutcome:
    async with contextlib.AsyncExitStack() as landings:
        for uri in sorted({part.uri for part in parts}):
            await landings.enter_async_context(ls.session.landing(uri))
        kinds = {part.operation.kind for part in parts if part.operation and not _only_text(part, hunk_ids)}
        by_ourselves = not kinds <= ls.client.resource_operations
        steps = await _steps(ls, parts, hunk_ids, by_ourselves=by_ourselves)
        if steps is None:
            return ext.ProposalOutcome(applied=False)
        if by_ourselves and not await _may(ls, steps):
            return _not_made(ls, steps)
        if by_ourselves and (steps := await _steps(ls, parts, hunk_ids, by_ourselves=True)) is None:
            return ext.ProposalOutcome(applied=False)  # the user took a while to answer
        texts = tuple(step for step in steps if not (by_ourselves and step.operation))
        async with part_files.way_made(ls, texts):
            made, unseen = await _by_client(ls, texts, confirm=confirm) if texts else ((), ())
        if by_ourselves and len(made) + len(unseen) == len(texts):
            made += await part_files.make(ls, tuple(step for step in steps if step not in texts))
        return await _settle(ls, steps, made, unseen)


def _only_text(part: Proposal, hunk_ids: tuple[str, ...]) -> bool:
    return bool(hunk_ids) and part.renames


async def _steps(
    ls: LlmLanguageServer, parts: Sequence[Proposal], hunk_ids: tuple[str, ...], *, by_ourselves: bool
) -> tuple[Step, ...] | None:
    """What is to be done, by the files as they are now; `None` if that cannot be, which has been said."""
    for part in parts:
        if (document := await part_files.text(ls, part.uri)) is not None:
            review.settle_landed(ls, document)
    waiting = [one for one in ls.session.proposals if any(one.id == part.id for part in parts)]
    steps: list[Step] = []
    misfits: list[str] = []
    for part in reversed(waiting):
        found = await part_files.find(ls, part)
        operation = None if _only_text(part, hunk_ids) else part.operation
        was_open = part_files.opened(ls, part.uri) is not None
        if by_ourselves and was_open and operation is not None:
            misfits.append(f"{part.name} is open, and only its editor may {operation.kind} it: close it first")
        elif not hunk_ids and (why := change_sets.misfit(part, found)):
            misfits.append(why)
        else:
            now = found.text or part.base
            steps.append(Step(ls.session.proposals.accept(part.id, now, hunk_ids), now, was_open, operation))
    if misfits:
        dialogs.say(ls, f"Nothing is applied: {'; '.join(misfits)}.", types.MessageType.Warning)
        return None
    if not steps:
        dialogs.say(ls, "There is nothing left to apply.")
    return tuple(steps) or None


async def _may(ls: LlmLanguageServer, steps: Sequence[Step]) -> bool:
    """Whether the user lets us create, rename and delete files, since the client cannot."""
    what = ", ".join(change_sets.told(step.part) for step in steps if step.operation)
    cannot = "This editor does not create, rename or delete files for a language server."
    try:
        return await dialogs.choose(ls, f"{cannot} Shall llm-ls itself {what}?", (_YES, _NO)) == _YES
    except Unanswered:
        dialogs.say(ls, f"{cannot} The diff can be applied with `git apply`.", types.MessageType.Warning)
        return False


async def _by_client(
    ls: LlmLanguageServer, steps: Sequence[Step], *, confirm: bool
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """Those that the client has made, and those that it says it has though nothing shows it."""
    title = steps[0].part.title
    summary = change_sets.ChangeSet("", title, "", tuple(step.part for step in steps)).summary
    annotation = Annotation(title, summary) if confirm else None
    files = [FileEdit(step.now, tuple(map(hunks.replacement, step.acceptance.hunks)), step.operation) for step in steps]
    edit = edits.workspace_edit_of_files(ls, files, annotation)
    params = types.ApplyWorkspaceEditParams(edit, title)
    applied = False
    with contextlib.suppress(Unanswered):
        timeout_s = dialogs.PERSON_TIMEOUT_S if confirm else APPLY_TIMEOUT_S
        applied = member(await ls.ask(types.WORKSPACE_APPLY_EDIT, params, timeout_s), "applied") is True
    made: list[Step] = []
    for _ in range(round(edits.CHANGE_TIMEOUT_S / _LOOK_AGAIN_S) if applied else 2):
        if len(made := [step for step in steps if await _is_made(ls, step)]) == len(steps):
            break
        await asyncio.sleep(_LOOK_AGAIN_S)
    believed = applied and not confirm and not ls.client.asks_by_itself
    unseen = [step for step in steps if believed and step not in made and await _is_hidden(ls, step)]
    return tuple(made), tuple(unseen)


async def _is_hidden(ls: LlmLanguageServer, step: Step) -> bool:
    """Whether it may be made though nothing shows it: a text opened only to be changed, not saved, and not told of."""
    hidden = not step.was_open and part_files.opened(ls, step.uri) is None
    return hidden and await _file_is_there(step)


async def _is_made(ls: LlmLanguageServer, step: Step) -> bool:
    if not await _file_is_there(step):
        return False
    if not step.acceptance.hunks or (step.operation and step.operation.kind == "delete"):
        return True
    now = await part_files.text(ls, step.uri)
    return now is not None and edits.made_in(now, step.now, step.acceptance.hunks) is not None


async def _file_is_there(step: Step) -> bool:
    """Whether there is a file where there is to be one, and none where there is not."""
    kind = step.operation.kind if step.operation else ""
    if kind in ("rename", "delete") and await part_files.exists(step.part.uri):
        return False
    return kind == "delete" or not kind or await part_files.exists(step.uri)


async def _settle(
    ls: LlmLanguageServer, steps: Sequence[Step], made: Sequence[Step], unseen: Sequence[Step]
) -> ext.ProposalOutcome:
    """Take what is made out of what is pending, and say how far it went."""
    left = [step for step in steps if step not in made and step not in unseen]
    if left and not made and not unseen:
        return _not_made(ls, steps)
    for step in (*made, *unseen):
        ls.session.proposals.settle(step.acceptance)
        review.tell_whether_pending(ls, step.part)
    for step in made:
        if (now := part_files.opened(ls, step.uri)) is not None:
            for hunk in edits.made_in(now, step.now, step.acceptance.hunks) or ():
                ls.documents.recent_edits.mark_ours(now.uri, hunk.start, hunk.end)
    if left:
        done, missing = (", ".join(change_sets.told(step.part) for step in some) for some in ((*made, *unseen), left))
        said = f"The edit is made only in part! Done: {done}. Not done: {missing}. Undo the one, or apply the other."
        dialogs.say(ls, said, types.MessageType.Error)
        return ext.ProposalOutcome(applied=False, failed_hunks=_ids(left))
    dialogs.say(ls, await _said(ls, made, unseen))
    return ext.ProposalOutcome(applied=True)


def _not_made(ls: LlmLanguageServer, steps: Sequence[Step]) -> ext.ProposalOutcome:
    some = ChangeSet("", "", "", tuple(step.part for step in steps))
    where = "It waits in the code actions."
    if ls.client.asks_by_itself:
        where = "Accept what the editor shows of it and save that, then apply the rest."
    dialogs.say(ls, f"The edit of {some.size} ({some.summary}) is not made yet. {where}")
    return ext.ProposalOutcome(applied=False, failed_hunks=_ids(steps))


async def _said(ls: LlmLanguageServer, made: Sequence[Step], unseen: Sequence[Step]) -> str:
    """What the user should know, most of all of files that still have to be saved."""
    some = ChangeSet("", "", "", tuple(step.part for step in (*made, *unseen)))
    kept = [step for step in made if not (step.operation and step.operation.kind == "delete")]
    unsaved = [step for step in kept if await part_files.is_unsaved(ls, step.uri)]
    names = [step.name for step in (*unsaved, *unseen)]
    return f"Applied: {some.size}." + (f" Not saved yet: {', '.join(names)}." if names else "")


def _ids(steps: Sequence[Step]) -> tuple[str, ...]:
    return tuple(hunk.id for step in steps for hunk in step.acceptance.hunks) if len(steps) == 1 else ()
