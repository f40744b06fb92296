"""The question that asks for new code in place of a selection: for weak models too, so one task, one form."""

import attrs

from llm_ls.messages import user
from llm_ls.models import ModelRequest
from llm_ls.prompts import context
from llm_ls.prompts.context import Excerpt

_SYSTEM = """\
You edit code in the user's editor. What you write takes the place of the text between <selection>
and </selection>, letter for letter.

- Answer with exactly one fenced code block that holds the new text of the whole selection.
  Write nothing before or after it.
- Keep everything the task does not ask to change: names, comments, formatting, indentation.
- Write all of the code. Never shorten it or put a remark such as "rest unchanged" in its place.
- Do not repeat what stands before or after the selection: it stays in the file."""


@attrs.frozen
class Problem:
    """A diagnostic as the model reads it.

    Attributes:
        line: As people count, from 1.
        text: That line of the document.
    """

    line: int
    text: str
    message: str
    source: str = ""


def editing(
    excerpt: Excerpt,
    task: str,
    *,
    problems: tuple[Problem, ...] = (),
    guidance: str = "",
    temperature: float | None = None,
) -> ModelRequest:
    """Asks for the new text of `excerpt.selection`.

    Args:
        excerpt: What the model is shown; an empty selection asks for text to insert there.
        task: What to do, as an imperative sentence.
        problems: What was reported there.
        guidance: The project's own instructions (AGENTS.md); may be empty.
        temperature: `None` leaves it to the model.
    """
    parts = [
        guidance_part(guidance),
        f"File: {excerpt.name}" + (f" ({excerpt.language_id})" if excerpt.language_id else ""),
        tagged("before", excerpt.before),
        tagged("selection", excerpt.selection),
        tagged("after", excerpt.after),
        problems_part(problems),
        f"Task: {task.strip()}",
        _answer_form(excerpt),
    ]
    question = "\n\n".join(part for part in parts if part)
    return ModelRequest(messages=(user(question),), system=_SYSTEM, temperature=temperature)


def tagged(tag: str, text: str) -> str:
    """`text` between tags on lines of their own; nothing if it is blank, save for a selection."""
    if not text.strip() and tag != "selection":
        return ""
    content = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    return f"<{tag}>\n{content}\n</{tag}>" if content else f"<{tag}></{tag}>"


def guidance_part(guidance: str) -> str:
    return f"The project's own instructions:\n{tagged('instructions', guidance)}" if guidance.strip() else ""


def problems_part(problems: tuple[Problem, ...]) -> str:
    if not problems:
        return ""
    lines = [
        f"- line {problem.line}: {problem.message}"
        + (f" [{problem.source}]" if problem.source else "")
        + f"\n  `{problem.text.strip()}`"
        for problem in problems
    ]
    return "Problems reported:\n" + "\n".join(lines)


def _answer_form(excerpt: Excerpt) -> str:
    fence = context.fence_for(excerpt.selection)
    block = f"one {fence}{excerpt.language_id} block"
    if not excerpt.selection.strip():
        return f"Nothing is selected yet: answer with the new text to insert there, in {block}."
    head, tail = excerpt.before.rpartition("\n")[2], excerpt.after.partition("\n")[0]
    if (head + tail).strip() and "\n" not in excerpt.selection:
        return (
            f"The selection is only the part `{excerpt.selection}` of the line "
            f"`{(head + excerpt.selection + tail).strip()}`: "
            f"answer with the new text of that part alone, in {block}."
        )
    return f"Answer with the new text of the selection, all of it and nothing else, in {block}."
