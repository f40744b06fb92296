"""What code actions offer of change sets that wait for the user."""

from collections.abc import Iterator

from llm_ls.features import change_sets, code_actions
from llm_ls.features.code_actions import Offer, OfferContext
from llm_ls.features.proposals import Proposal, Proposals


def offered(context: OfferContext, waiting: Proposals) -> Iterator[Offer]:
    """Those that are about this document, and the newest everywhere: all its files may be new, or not open."""
    uri = context.document.uri
    for number, one in enumerate(change_sets.every(waiting)):
        mine = tuple(part for part in waiting.of(uri) if part.part and part.part.change_set == one.id)
        unasked = context.automatic and not context.lightbulb
        if (number and not mine) or (unasked and not any(code_actions.at_cursor(context, part) for part in mine)):
            continue
        reference = {"id": one.id}
        first, *others = one.parts
        if context.edits_files and (others or not mine or first.operation):
            what = f" to {one.size} ({one.summary})" if others else f": {change_sets.told(first)}"
            yield Offer(f"✓ Apply AI edit{what}", "quickfix", uri, "llm-ls.accept", arguments=reference)
        for part in mine:
            yield from _of_part(context, part, alone=not others)
        for title, command in (("≠ Show diff", "diff"), ("✗ Discard", "reject")):
            yield Offer(title, "quickfix", uri, f"llm-ls.{command}", arguments=reference)


def _of_part(context: OfferContext, part: Proposal, *, alone: bool) -> Iterator[Offer]:
    """Of a file that is to be renamed or deleted, its text has no edit of its own: it goes with the file."""
    if part.operation is None:
        yield from code_actions.of_edit(context, part, "✓ Apply AI edit" if alone else "✓ Apply this file")
    elif context.edits_files and not alone:
        title = f"✓ Apply this file: {change_sets.told(part)}"
        yield Offer(title, "quickfix", context.document.uri, "llm-ls.accept", arguments={"id": part.id})
