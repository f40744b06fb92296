"""A commit message from what is staged: what is asked, and what is made of the answer."""

from collections.abc import Collection, Sequence

from llm_ls import errors
from llm_ls.documents import Document
from llm_ls.features import fences
from llm_ls.models import ModelRequest
from llm_ls.prompts import commit_message
from llm_ls.workspace import exclusion
from llm_ls.workspace.git import FileDiff

_MOST_TOKENS = 24_000


def request(
    diffs: Sequence[FileDiff],
    subjects: tuple[str, ...],
    guidance: str,
    exclude: tuple[str, ...],
    context_window: int | None,
    ignored: Collection[str] = (),
) -> ModelRequest:
    """What a model is asked. Of files that must not be shown it gets the names.

    Args:
        diffs: What is staged.
        subjects: Of the latest commits.
        guidance: The project's own instructions; may be empty.
        exclude: Globs of files that are never shown to a model.
        context_window: The model's, in tokens; `None` is unknown.
        ignored: The names of files that an `.llmignore` keeps from models.

    Raises:
        InvalidRequest: Nothing is staged, or nothing that may be shown.
    """
    if not diffs:
        raise errors.InvalidRequest("nothing is staged", hint="stage what the commit should hold (`git add`)")
    shown = tuple(
        diff for diff in diffs if not any(name in ignored or exclusion.excluded(name, exclude) for name in diff.names)
    )
    if not shown:
        raise errors.InvalidRequest(
            "all that is staged is kept from models by the setting 'context.exclude' or an `.llmignore`",
            hint="write this message by hand, or change these",
        )
    return commit_message.asking(
        tuple(diff.text for diff in shown),
        tuple(diff.names[-1] for diff in diffs if diff not in shown),
        subjects,
        guidance,
        min(_MOST_TOKENS, context_window // 2) if context_window else _MOST_TOKENS,
    )


def message_in(answer: str) -> str:
    """The message in a model's answer, which may have put it in a fence.

    Raises:
        InvalidRequest: There is none.
    """
    text = answer.replace("\r\n", "\n").strip()
    if text.startswith("```") and (blocks := fences.blocks(text)):
        text = blocks[0].text
    if not (message := "\n".join(line.rstrip() for line in text.strip().split("\n"))):
        raise errors.InvalidRequest("the model wrote no message", hint="ask again, or choose another model")
    return message


def written_into(document: Document, message: str) -> str:
    """The commit message under edit, with `message` before what git and the user have written there."""
    ending = "\r\n" if document.lines[0].endswith("\r\n") else "\n"
    rest = document.text if document.text.strip() else ""
    return message.replace("\n", ending) + ending + rest
