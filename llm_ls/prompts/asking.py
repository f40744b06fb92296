"""The questions whose answer is read, not applied: explain, write tests, and what the user makes up."""

from llm_ls.messages import user
from llm_ls.models import ModelRequest
from llm_ls.prompts.context import Excerpt
from llm_ls.prompts.editing import Problem, guidance_part, problems_part, tagged

_SYSTEM = """\
You help a programmer who is reading code in an editor. Answer in Markdown.
Be brief and concrete, begin with the point, and speak of what is there by its name."""


def asking(
    excerpt: Excerpt,
    task: str,
    *,
    problems: tuple[Problem, ...] = (),
    guidance: str = "",
    temperature: float | None = None,
) -> ModelRequest:
    """Asks about `excerpt.selection`; the arguments are those of `editing.editing`."""
    left_out = "" if excerpt.whole else "Only part of the file is shown."
    parts = [
        guidance_part(guidance),
        f"File: {excerpt.name}" + (f" ({excerpt.language_id})" if excerpt.language_id else ""),
        tagged("before", excerpt.before),
        tagged("selection", excerpt.selection),
        tagged("after", excerpt.after),
        problems_part(problems),
        left_out,
        f"Task, about the selection: {task.strip()}",
    ]
    question = "\n\n".join(part for part in parts if part)
    return ModelRequest(messages=(user(question),), system=_SYSTEM, temperature=temperature)
