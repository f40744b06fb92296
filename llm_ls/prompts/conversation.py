"""Chat prompts: the standing instructions, and what the user attached, set before their question."""

import attrs

from llm_ls.messages import Message, Text
from llm_ls.prompts import budget

SYSTEM = (
    "You are a programming assistant inside the user's editor. Answer in Markdown. "
    "Be exact and brief. Put code in fenced blocks that name their language. "
    "Say so when you are not sure, and never invent an API."
)


GUIDANCE_TOKENS = 8_000


def instructions(own: str, guidance: str) -> str:
    """What precedes the conversation: `own` instructions or else ours, then the project's."""
    first = own or SYSTEM
    return f"{first}\n\nThe project says:\n\n{budget.cut(guidance, GUIDANCE_TOKENS)}" if guidance else first


@attrs.frozen
class Excerpt:
    """Something the user attached.

    Attributes:
        title: Such as `src/app.py, lines 10 to 24`.
        language_id: For the fence; may be empty.
    """

    title: str
    text: str
    language_id: str = ""


def with_context(turns: tuple[Message, ...], context: tuple[Excerpt, ...]) -> tuple[Message, ...]:
    """`turns` with `context` set before the last user turn, which is what the attachment belongs to."""
    if not context:
        return turns
    *earlier, last = turns
    attached = "\n\n".join(_block(excerpt) for excerpt in context)
    return (*earlier, Message(last.role, (Text(f"{attached}\n\n"), *last.parts)))


def _block(excerpt: Excerpt) -> str:
    """A fence longer than any in the text, so that the text cannot close it."""
    fence = "```"
    while fence in excerpt.text:
        fence += "`"
    end = "" if excerpt.text.endswith("\n") else "\n"
    return f"{excerpt.title}:\n{fence}{excerpt.language_id}\n{excerpt.text}{end}{fence}"
