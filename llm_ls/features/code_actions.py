"""What the user can ask for at a place in a document, offered from memory."""

from collections.abc import Iterator, Mapping

import attrs

from llm_ls.documents import Diagnostic, Document, Position, Replacement, Span
from llm_ls.features import blocks, comment_prompts, hunks, leaks, proposals
from llm_ls.features.action_table import ACTIONS, Action, Kind
from llm_ls.features.hunks import Hunk
from llm_ls.features.next_edits import NextEdit
from llm_ls.features.proposals import Proposal
from llm_ls.settings import CustomAction

_MOST_FIXES = 3
_LONGEST_TITLE = 60
COMMIT_LANGUAGES = frozenset(("gitcommit", "git-commit"))
"""What Neovim, and what Helix and VS Code, call a commit message under edit."""

_DATA_LANGUAGES = frozenset(("json", "jsonc", "yaml", "toml", "xml", "csv", "ini", "properties", "dotenv"))


@attrs.frozen
class OfferContext:
    """What the user is looking at.

    Attributes:
        span: The selection, or the cursor where it is empty.
        diagnostics: All that are known to overlap `span`, whoever reported them.
        only: The code action kinds asked for; empty is all.
        automatic: Whether the editor asks by itself, as VS Code does on every cursor move.
        lightbulb: Whether actions are offered even then.
        excluded: Whether the file must not be shown to a model.
        edits_files: Whether the editor makes edits when it is asked to, of other files too.
        chat: The model that a chat document is sent to, empty if it is not known; `None`: it is no chat.
    """

    document: Document
    span: Span
    diagnostics: tuple[Diagnostic, ...] = ()
    only: tuple[str, ...] = ()
    automatic: bool = False
    lightbulb: bool = False
    excluded: bool = False
    edits_files: bool = True
    chat: str | None = None


@attrs.frozen
class Running:
    """An operation under way; `model` as `provider/model`."""

    id: str
    model: str
    seconds: float


@attrs.frozen
class Offer:
    """One entry of the menu: a command, or for a pending proposal the edit itself.

    Attributes:
        command: Run after `edits`, where there are any; empty where these are all there is.
        span: The command's range; `None` where it takes none.
        arguments: The command's other arguments, beside `uri`, `range` and `diagnostics`.
        edits: To apply as they are, all at once.
        diagnostics: What it fixes.
    """

    title: str
    kind: Kind
    uri: str
    command: str = ""
    span: Span | None = None
    arguments: Mapping[str, str | bool | tuple[str, ...]] = attrs.field(factory=dict[str, str | bool | tuple[str, ...]])
    edits: tuple[Replacement, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    is_preferred: bool = False


def offered(
    context: OfferContext,
    custom: tuple[CustomAction, ...] = (),
    pending: tuple[Proposal, ...] = (),
    running: tuple[Running, ...] = (),
    sign_in: str | None = None,
    next_edit: NextEdit | None = None,
    of_sets: tuple[Offer, ...] = (),
) -> tuple[Offer, ...]:
    """The menu, in the order to show it. Asks no model and reads no file.

    Args:
        context: Where the user is.
        custom: The user's own actions.
        pending: Proposals for this document, the newest first.
        running: Operations under way for this document.
        sign_in: The provider that wants a sign-in, empty where any would do; `None` is none.
        next_edit: Of this document, if it is known.
        of_sets: What is offered of change sets that are pending.
    """
    menu = [
        *_of_sign_in(context, sign_in),
        *_of_next_edit(context, next_edit),
        *of_sets,
        *_of_pending(context, tuple(one for one in pending if one.part is None)),
        *_of_running(context, running),
    ]
    unasked = context.automatic and not context.lightbulb
    if context.chat is not None:
        menu += [] if unasked else _of_chat(context, context.chat)
    elif (
        not context.excluded
        and not _is_binary(context)
        and not (unasked and context.span.empty and not context.diagnostics)
    ):
        menu += [*_of_fixes(context), *_of_table(context), *_to_chat(context), *_of_custom(context, custom)]
    return tuple(offer for offer in menu if _wanted(offer.kind, context.only))


def _wanted(kind: str, only: tuple[str, ...]) -> bool:
    """Kinds form a hierarchy by dots: `refactor` asks for `refactor.rewrite` too (LSP 3.17, CodeActionKind)."""
    return not only or any(kind == asked or not asked or kind.startswith(f"{asked}.") for asked in only)


def _of_sign_in(context: OfferContext, provider: str | None) -> Iterator[Offer]:
    if provider is not None and not context.automatic:
        title = f"AI: Sign in to {provider}" if provider else "AI: Sign in"
        arguments = {"provider": provider} if provider else dict[str, str]()
        yield Offer(title, "quickfix", context.document.uri, "llm-ls.signIn", arguments=arguments)


def _of_next_edit(context: OfferContext, edit: NextEdit | None) -> Iterator[Offer]:
    unasked = context.automatic and not context.lightbulb
    if edit is not None and not (unasked and not edit.hunk.covers(context.span.start.line)):
        yield Offer(
            f"AI: Next edit (line {edit.hunk.start + 1}): {_short(edit.summary)}",
            "quickfix",
            edit.document.uri,
            "llm-ls.acceptNextEdit",
            arguments={"id": edit.id},
            edits=(edit.replacement,),
        )


def at_cursor(context: OfferContext, proposal: Proposal) -> tuple[Hunk, ...]:
    """The hunks of `proposal` that the user is at."""
    fitting, _ = proposal.fitting(context.document)
    return tuple(hunk for hunk in fitting if hunk.covers(context.span.start.line))


def _of_pending(context: OfferContext, pending: tuple[Proposal, ...]) -> Iterator[Offer]:
    now = context.document
    for proposal in pending:
        if context.automatic and not context.lightbulb and not at_cursor(context, proposal):
            continue
        if proposal.fitting(now)[1] and proposal.landed(now):
            continue
        yield from of_edit(context, proposal, "✓ Apply AI edit")
        for title, command in (("≠ Show diff", "diff"), ("↻ Retry", "retry"), ("✗ Discard", "reject")):
            yield Offer(title, "quickfix", now.uri, f"llm-ls.{command}", arguments={"id": proposal.id})


def of_edit(context: OfferContext, proposal: Proposal, title: str) -> Iterator[Offer]:
    """The edit of this document itself under that title, and the hunk that the user is at."""
    uri = context.document.uri
    fitting, stale = proposal.fitting(context.document)
    if fitting:
        lost = f", {len(stale)} no longer fit" if stale else ""
        yield Offer(
            f"{title} ({proposals.summary(fitting)}{lost})",
            "quickfix",
            uri,
            edits=tuple(map(hunks.replacement, fitting)),
            arguments={"id": proposal.id},
        )
    if len(fitting) > 1:
        yield from (_of_hunk(uri, proposal, hunk) for hunk in at_cursor(context, proposal))


def _of_hunk(uri: str, proposal: Proposal, hunk: Hunk) -> Offer:
    return Offer(
        f"✓ Apply this hunk ({proposals.summary((hunk,))})",
        "quickfix",
        uri,
        edits=(hunks.replacement(hunk),),
        arguments={"id": proposal.id, "hunks": (hunk.id,)},
    )


def _of_running(context: OfferContext, running: tuple[Running, ...]) -> Iterator[Offer]:
    if context.automatic and not context.lightbulb:
        return
    for operation in running:
        model = operation.model.rpartition("/")[2]
        title = f"AI: Stop ({f'{model}, ' if model else ''}{operation.seconds:.0f} s)"
        yield Offer(title, "quickfix", context.document.uri, "llm-ls.cancel", arguments={"operation": operation.id})


def _of_chat(context: OfferContext, model: str) -> Iterator[Offer]:
    """What can be done with a chat document."""
    from llm_ls.features import chat_branch, chat_document  # with the first chat

    document = context.document
    sections = chat_document.parse(document.text).sections
    last = next((section for section in reversed(sections) if section.text), None)
    if last is not None and last.role == "user":
        to = f" to {model.rpartition('/')[2]}" if model else ""
        yield Offer(f"AI: Send{to}", "quickfix", document.uri, "llm-ls.chat.send")
    if chat_branch.has_answer(sections):
        yield Offer("AI: Regenerate", "quickfix", document.uri, "llm-ls.chat.send", arguments={"again": True})
    if any(section.line <= context.span.start.line for section in sections):
        yield Offer("AI: Fork here", "quickfix", document.uri, "llm-ls.chat", span=context.span)


def _to_chat(context: OfferContext) -> Iterator[Offer]:
    if any(line.strip() for line in context.document.lines[:1000]):
        yield Offer("AI: Chat about this", "refactor.rewrite", context.document.uri, "llm-ls.chat", span=context.span)


def _of_fixes(context: OfferContext) -> Iterator[Offer]:
    fix = ACTIONS["fix"]
    worst_first = sorted(context.diagnostics, key=lambda diagnostic: diagnostic.severity)
    for diagnostic in worst_first[:_MOST_FIXES]:
        yield _offer(context, fix, f'Fix "{_short(diagnostic.message)}"', diagnostic.span, (diagnostic,))
    if len(context.diagnostics) > 1:
        title = f"Fix all {len(context.diagnostics)} problems here"
        yield _offer(context, fix, title, context.span, context.diagnostics)


def _of_table(context: OfferContext) -> Iterator[Offer]:
    document, span = context.document, context.span
    if document.language_id in COMMIT_LANGUAGES:
        yield Offer("AI: Write the commit message", "refactor.rewrite", document.uri, "llm-ls.commitMessage")
    if not any(line.strip() for line in document.lines[:1000]):
        yield _offer(context, ACTIONS["edit"], _edit_title(document, span), span)
        return
    is_code = document.language_id not in leaks.PROSE_LANGUAGES | _DATA_LANGUAGES
    for action in ACTIONS.values():
        if action.id == "edit":
            yield _offer(context, action, _edit_title(document, span), span)
        elif action.id != "fix" and (is_code or not action.code_only) and _applies(action, document, span):
            yield _offer(context, action, action.title, span, context.diagnostics if action.id == "explain" else ())
    if any(asked.partition(".")[0] == "source" for asked in context.only):
        for action_id in ("explain", "test") if is_code else ("explain",):
            action = ACTIONS[action_id]
            whole = attrs.evolve(_offer(context, action, f"{action.title} (whole file)", document.whole), kind="source")
            yield whole


def _edit_title(document: Document, span: Span) -> str:
    comment = comment_prompts.instruction_above(document, span)
    return f"Edit: {_short(comment.text)}" if comment else "Edit…"


def _applies(action: Action, document: Document, span: Span) -> bool:
    """Whether there is something to do it to: all but `complete` want text, `document` a definition."""
    line = document.lines[span.start.line]
    block = blocks.enclosing(document, span.start.line, blocks.MOST_LINES) if span.empty else None
    if action.id == "complete":
        text = "".join(document.lines[block[0] : block[1] + 1]) if block else line
        return blocks.is_comment(line) or blocks.is_stub(
            text if span.empty else document.slice(_first_lines(document, span))
        )
    if span.empty:
        return block is not None or (bool(line.strip()) and action.id != "document")
    return bool(document.slice(_first_lines(document, span)).strip())


def _first_lines(document: Document, span: Span) -> Span:
    """At most the first 1,000 lines of `span`: enough to see whether there is anything."""
    return Span(span.start, min(span.end, document.clamp(Position(span.start.line + 1000, 0))))


def _of_custom(context: OfferContext, custom: tuple[CustomAction, ...]) -> Iterator[Offer]:
    for row in custom:
        if row.languages and context.document.language_id not in row.languages:
            continue
        title = row.title.removeprefix("AI: ")
        base = Offer(f"AI: {title}", row.kind, context.document.uri, "llm-ls.prompt", arguments={"prompt": row.title})
        match row.applies_to:
            case "selection" if not context.span.empty:
                yield attrs.evolve(base, span=context.span)
            case "diagnostic" if context.diagnostics:
                yield attrs.evolve(base, span=context.span, diagnostics=context.diagnostics)
            case "document":
                yield attrs.evolve(base, span=context.document.whole)
            case _:
                pass


def _offer(
    context: OfferContext, action: Action, title: str, span: Span, diagnostics: tuple[Diagnostic, ...] = ()
) -> Offer:
    return Offer(
        f"AI: {title}",
        action.kind,
        context.document.uri,
        action.command,
        span=span,
        diagnostics=diagnostics,
    )


def _short(text: str) -> str:
    """One line that fits in a menu, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= _LONGEST_TITLE:
        return line
    return line[: _LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"


def _is_binary(context: OfferContext) -> bool:
    """Whether there are NUL characters at the start of the document or at the selection."""
    lines, line = context.document.lines, context.span.start.line
    return any("\0" in text for text in (*lines[:100], *lines[line : line + 100]))
