"""The code actions there are: a row each, with what the model is told to do."""

from collections.abc import Mapping
from typing import Literal

import attrs

ActionId = Literal["fix", "edit", "explain", "document", "test", "complete", "prompt"]
Kind = Literal["quickfix", "refactor.rewrite", "source"]


@attrs.frozen
class Action:
    """A row of the table.

    Attributes:
        title: In a menu after `AI: `, and the title of what comes of it.
        answer: `edit` changes the text, `show` opens the answer beside it.
        task: What the model is told to do, where the user says nothing else.
        code_only: Not offered in prose and data.
    """

    id: ActionId
    title: str
    kind: Kind
    answer: Literal["edit", "show"]
    task: str = ""
    code_only: bool = False

    @property
    def command(self) -> str:
        return f"llm-ls.{self.id}"


ACTIONS: Mapping[str, Action] = {
    action.id: action
    for action in (
        Action("fix", "Fix", "quickfix", "edit", "Fix the problems reported above, and change nothing else."),
        Action("edit", "Edit", "refactor.rewrite", "edit"),
        Action(
            "complete",
            "Implement",
            "refactor.rewrite",
            "edit",
            "Write the code that is missing here: replace stubs and TODOs, and do what the comments and names "
            "say. Keep signatures and comments.",
            code_only=True,
        ),
        Action(
            "explain",
            "Explain",
            "refactor.rewrite",
            "show",
            "Explain what it does and why it is written this way. If problems are reported, explain what causes them.",
        ),
        Action(
            "document",
            "Document",
            "refactor.rewrite",
            "edit",
            "Write the documentation comment that this language and file use for it, or correct the one that is "
            "there. Say what names and types cannot. Change no code.",
            code_only=True,
        ),
        Action(
            "test",
            "Write tests",
            "refactor.rewrite",
            "show",
            "Write tests for it with the test framework this language and project use. Cover the ordinary case, "
            "the limits and the failures. Answer with one complete test file in one fenced code block.",
            code_only=True,
        ),
    )
}
