"""What a tool is: its definition for the model, its words for the user, and what it does."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

import attrs

from llm_ls.models import ToolDefinition

Access = Literal["read", "propose", "command", "external"]
"""What a call can do: read the project, propose an edit (which the user reviews), run a program, or what an MCP server
does. Only `read` may be allowed unasked, and only `propose` needs no word of the user."""

Input = Mapping[str, Any]


@attrs.frozen
class Tool:
    """Something a model may call.

    Attributes:
        definition: As the model sees it.
        access: What a call can do.
        title: What a call does, for the user who is asked to allow it, such as `Read src/app.py`. It must name all
            that matters, a command whole, and must not fail: the input is the model's and unchecked.
        run: Does it. An `LlmLsError` or `wire.Malformed` is told to the model as the call's failure.
        scope: What a lasting permission to such a call covers, such as `command: pytest -q`.
        server: The MCP server whose it is; empty for our own.
    """

    definition: ToolDefinition
    access: Access
    title: Callable[[Input], str]
    run: Callable[[Input], Awaitable[str]]
    scope: Callable[[Input], str]
    server: str = ""

    @property
    def name(self) -> str:
        return self.definition.name
