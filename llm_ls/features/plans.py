"""What is asked of a model for a code action: the text it is about, the request, and where the answer goes."""

from collections.abc import Sequence

import attrs

from llm_ls import errors
from llm_ls.documents import Diagnostic, Document, Position, Replacement, Span
from llm_ls.features import blocks, comment_prompts, indentation
from llm_ls.features.action_table import ACTIONS, Action
from llm_ls.models import ModelRequest
from llm_ls.prompts import asking, budget, context, editing
from llm_ls.prompts.context import Excerpt
from llm_ls.settings import CustomAction
from llm_ls.workspace import exclusion

_WHOLE_DOCUMENT_LINES = 60
_LINES_AROUND_A_PROBLEM = 5
_TOKENS_AROUND = 2_000
_MOST_TOKENS_AROUND = 8_000
_MOST_TOKENS_EDITED = 16_000
_MOST_TOKENS_SHOWN = 24_000
_GUIDANCE_TOKENS = 1_000


@attrs.frozen
class Terms:
    """What surrounds the question, beside the document.

    Attributes:
        name: The document's path in the workspace, as the model should call it.
        guidance: The project's own instructions (AGENTS.md); may be empty.
        exclude: Globs of files that are never shown to a model.
        context_window: The model's, in tokens; `None` is unknown.
        temperature: `None` leaves it to the model; local models edit best at 0.
    """

    name: str = ""
    guidance: str = ""
    exclude: tuple[str, ...] = ()
    context_window: int | None = None
    temperature: float | None = None


@attrs.frozen
class Plan:
    """A piece of work, ready to be given to a model.

    Attributes:
        title: What comes of it, such as `Edit: make it async`.
        selection: What the user had marked.
        span: What an edit replaces, a comment prompt before the text included.
        original: The text that the model is asked to replace.
        base: The indentation of new code, where `original` is blank.
        instruction: What the user asked in words; may be empty.
        request: What is sent.
    """

    action: Action
    title: str
    document: Document
    selection: Span
    span: Span
    original: str
    base: str
    excerpt: Excerpt
    instruction: str
    request: ModelRequest

    def landed(self, code: str) -> str:
        """The whole text once `code` has taken its place."""
        return self.document.replaced(Replacement(self.span, code))


def plan(
    action_id: str,
    document: Document,
    span: Span,
    *,
    diagnostics: tuple[Diagnostic, ...] = (),
    instruction: str = "",
    custom: CustomAction | None = None,
    terms: Terms = Terms(),
) -> Plan:
    """The work of one code action.

    Args:
        action_id: A row of `action_table.ACTIONS`, or `prompt` with `custom`.
        document: As it is now.
        span: The selection, or the cursor where it is empty; clamped to the document.
        diagnostics: The problems it is about.
        instruction: The user's words; for `edit` a comment prompt is taken where it is empty.
        custom: The user's own action.
        terms: What surrounds the question.

    Raises:
        InvalidRequest: There is nothing here to work on, or no instruction.
        ContextWindowExceeded: The text is longer than a model can rewrite.
        Unsupported: The file is not to be shown to a model.
        NotFound: There is no such action.
    """
    action = _action(action_id, custom)
    name = terms.name or document.uri.rpartition("/")[2]
    _refuse_excluded(name, terms)
    span = _clamped(document, span)
    words = instruction.strip()
    comment = comment_prompts.instruction_above(document, span) if action_id == "edit" and not words else None
    words = comment.text if comment else words
    if action_id == "edit" and not words:
        raise errors.InvalidRequest(
            "there is no instruction",
            hint="write it as a comment above the code, such as `# llm: simplify this`",
        )
    target = _after_comment(document, span, comment) if comment else _target(action, document, span, diagnostics)
    excerpt = _excerpt(action, document, target, name, terms)
    return Plan(
        action=action,
        title=f"{action.title}: {words}" if action.id == "edit" else action.title,
        document=document,
        selection=span,
        span=target.replaced,
        original=excerpt.selection,
        base=indentation.expected_at(document, target.replaced.start.line),
        excerpt=excerpt,
        instruction=words,
        request=_request(action, excerpt, words, problems_at(document, diagnostics), terms),
    )


def _refuse_excluded(name: str, terms: Terms) -> None:
    if exclusion.excluded(name, terms.exclude):
        raise errors.Unsupported(
            f"{name!r} is kept from models by the setting 'context.exclude'",
            hint="change the setting to allow it",
        )


def _action(action_id: str, custom: CustomAction | None) -> Action:
    if custom is not None:
        return Action("prompt", custom.title, custom.kind, custom.answer, custom.prompt)
    if action_id not in ACTIONS:
        raise errors.NotFound(f"no action {action_id!r}", hint=f"use one of {', '.join(ACTIONS)}")
    return ACTIONS[action_id]


def _clamped(document: Document, span: Span) -> Span:
    start, end = document.clamp(span.start), document.clamp(span.end)
    return Span(min(start, end), max(start, end))


@attrs.frozen
class _Target:
    """`replaced` is what an edit replaces; `asked` is the text in it, `None` where there is none yet."""

    replaced: Span
    asked: Span | None


def _target(action: Action, document: Document, span: Span, diagnostics: tuple[Diagnostic, ...]) -> _Target:
    """What the action is about: the selection, or else what lies around the cursor or the problems."""
    first, last = _lines_of(span)
    problem_lines = [number for problem in diagnostics for number in _lines_of(_clamped(document, problem.span))]
    if action.answer == "edit" and diagnostics:
        first, last = min(first, *problem_lines), max(last, *problem_lines)
        if span.empty or action.id == "fix":
            first, last = _around_problems(document, first, last)
        return _existing(document, first, last)
    if not span.empty:
        part_of_a_line = first == last and document.slice(span).strip() != document.lines[first].strip()
        if part_of_a_line and action.id in ("edit", "prompt", "explain") and document.slice(span).strip():
            return _Target(span, span)
        return _existing(document, first, last)
    if not document.lines[first].strip() and action.id in ("edit", "complete", "prompt"):
        return _existing(document, first, first)
    if action.id == "complete" and blocks.is_comment(document.lines[first]):
        return _existing(document, *_comment_lines(document, first))
    block = blocks.enclosing(document, first, blocks.MOST_LINES)
    if block is None and action.id == "test":
        return _existing(document, 0, len(document.lines) - 1)
    return _existing(document, *(block or blocks.paragraph(document, first, blocks.MOST_LINES)))


def _after_comment(document: Document, span: Span, comment: comment_prompts.Instruction) -> _Target:
    """What a comment prompt is about: the rest of the selection, or the lines that follow, or the place it stands."""
    start, following = comment.span.start, comment.span.end.line
    last = _lines_of(span)[1]
    if comment.span.end.column > 0 or (last < following and not document.lines[following].strip()):
        line = max(start.line, following - (comment.span.end.column == 0))
        return _Target(Span(start, document.clamp(Position(line, len(document.lines[line])))), None)
    if span.empty or last < following:
        block = blocks.enclosing(document, following, blocks.MOST_LINES)
        begins_here = block is not None and block[0] == following
        last = block[1] if block and begins_here else blocks.paragraph(document, following, blocks.MOST_LINES)[1]
    asked = _whole_lines(document, following, last)
    return _Target(Span(start, asked.end), asked)


def _around_problems(document: Document, first: int, last: int) -> tuple[int, int]:
    if len(document.lines) <= _WHOLE_DOCUMENT_LINES:
        return 0, len(document.lines) - 1
    block = blocks.enclosing(document, first, blocks.MOST_LINES)
    if block and block[1] >= last:
        return block
    return max(0, first - _LINES_AROUND_A_PROBLEM), min(len(document.lines) - 1, last + _LINES_AROUND_A_PROBLEM)


def _comment_lines(document: Document, line: int) -> tuple[int, int]:
    first = last = line
    while first > 0 and blocks.is_comment(document.lines[first - 1]):
        first -= 1
    while last < len(document.lines) - 1 and blocks.is_comment(document.lines[last + 1]):
        last += 1
    return first, last


def _lines_of(span: Span) -> tuple[int, int]:
    """First and last line; a selection that ends at a line's start does not hold that line."""
    if span.end.column == 0 and span.end.line > span.start.line:
        return span.start.line, span.end.line - 1
    return span.start.line, span.end.line


def _existing(document: Document, first: int, last: int) -> _Target:
    span = _whole_lines(document, first, last)
    blank = not any(line.strip() for line in document.lines[first : last + 1])
    return _Target(span, None if blank else span)


def _whole_lines(document: Document, first: int, last: int) -> Span:
    """The lines without the last one's line end and the text's byte order mark, so that no answer can lose them."""
    marked = first == 0 and document.lines[0].startswith("\ufeff")
    return Span(Position(first, int(marked)), document.clamp(Position(last, len(document.lines[last]))))


def _excerpt(action: Action, document: Document, target: _Target, name: str, terms: Terms) -> Excerpt:
    """What the model is shown. Too long a text to show is cut, too long a text to edit is refused."""
    if any("\0" in line for line in document.lines[:100]):
        raise errors.InvalidRequest(f"{name!r} is no text: it holds NUL characters")
    if target.asked is None and (action.answer == "show" or action.id in ("fix", "document")):
        empty = not any(line.strip() for line in document.lines)
        what = "the document is empty" if empty else f"there is nothing here to {action.title.lower()}"
        raise errors.InvalidRequest(what, hint="" if empty else "select the code")
    window = terms.context_window
    asked = document.slice(target.asked) if target.asked else ""
    if "\0" in asked:
        raise errors.InvalidRequest(f"{name!r} is no text: it holds NUL characters")
    size = budget.tokens_in(asked)
    most = window // 2 if window else _MOST_TOKENS_SHOWN
    if action.answer == "edit":
        most = window // 3 if window else _MOST_TOKENS_EDITED
        if size > most:
            raise errors.ContextWindowExceeded(
                f"the text to edit is about {size:,} tokens long, and {most:,} can be rewritten at once",
                hint="select less of it",
            )
    around = min(_MOST_TOKENS_AROUND, max(0, window // 2 - size)) if window else _TOKENS_AROUND
    excerpt = context.excerpt(document, target.replaced, around, name)
    shown = budget.cut(asked, most)
    return attrs.evolve(excerpt, selection=shown, whole=excerpt.whole and shown == asked)


def _request(
    action: Action, excerpt: Excerpt, words: str, problems: tuple[editing.Problem, ...], terms: Terms
) -> ModelRequest:
    ask = editing.editing if action.answer == "edit" else asking.asking
    return ask(
        excerpt,
        " ".join(part for part in (action.task, words) if part),
        problems=problems,
        guidance=budget.cut(terms.guidance, _GUIDANCE_TOKENS),
        temperature=terms.temperature,
    )


def problems_at(document: Document, diagnostics: Sequence[Diagnostic]) -> tuple[editing.Problem, ...]:
    """The diagnostics as a model reads them."""
    return tuple(
        editing.Problem(
            line=diagnostic.span.start.line + 1,
            text=document.lines[document.clamp(diagnostic.span.start).line][:300],
            message=diagnostic.message,
            source=" ".join(part for part in (diagnostic.source, diagnostic.code) if part),
        )
        for diagnostic in diagnostics
    )
