"""The question that asks for a commit message."""

from llm_ls.messages import user
from llm_ls.models import ModelRequest
from llm_ls.prompts import budget, context

_SYSTEM = """\
You write git commit messages. Answer with the message alone: no quotation marks, no code fence, no remarks.

- First a subject line of at most 72 characters, in the imperative, without a full stop.
- If the change needs a reason or has several parts, then an empty line and a short body,
  wrapped at 72 characters, that says why rather than what.
- Write it in the style and language of the project's latest subjects, where there are any."""

_TOKENS_A_FILE = 4_000


def asking(
    diffs: tuple[str, ...], omitted: tuple[str, ...], subjects: tuple[str, ...], guidance: str, tokens: int
) -> ModelRequest:
    """Asks for the message of a commit.

    Args:
        diffs: Of each staged file.
        omitted: Names of staged files that are not shown.
        subjects: Of the latest commits.
        guidance: The project's own instructions (AGENTS.md); may be empty.
        tokens: How much of `diffs` to show at most; each file gets its share.
    """
    share = min(_TOKENS_A_FILE, max(100, tokens // max(1, len(diffs))))
    diff = budget.cut("".join(budget.cut(text, share) + "\n" for text in diffs), tokens)
    fence = context.fence_for(diff)
    parts = [
        f"The project's own instructions:\n{budget.cut(guidance, 1_000)}" if guidance else "",
        "The latest subjects:\n" + "\n".join(f"- {subject}" for subject in subjects) if subjects else "",
        f"Also staged, and not shown: {', '.join(omitted)}." if omitted else "",
        f"What is staged:\n{fence}diff\n{diff}{fence}",
        "Write the commit message.",
    ]
    return ModelRequest(messages=(user("\n\n".join(part for part in parts if part)),), system=_SYSTEM)
