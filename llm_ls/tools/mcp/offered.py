"""A tool of an MCP server as one that a model may call; all words of it are somebody else's."""

import json
from collections.abc import Awaitable, Callable

import attrs

from llm_ls.models import ToolDefinition
from llm_ls.tools.tool import Input, Tool

MOST_TOOLS = 100
"""Of all servers together: some vendors take no more than 128 tools, and ours and the client's are among them."""
MOST_DESCRIPTION = 1_024
MOST_INPUT = 500
MOST_NAME = 100


@attrs.frozen
class Offered:
    """What a server says of one of its tools."""

    name: str
    definition: ToolDefinition


@attrs.frozen
class Listing:
    """What a server offers.

    Attributes:
        is_whole: Whether that is all, and not only the first `MOST_TOOLS`.
    """

    tools: tuple[Offered, ...] = ()
    is_whole: bool = True


def tool(server: str, offered: Offered, name: str, call: Callable[[str, Input], Awaitable[str]]) -> Tool:
    """What the model may call as `name`; `call` takes the server's own name of it."""
    described = offered.definition.description
    return Tool(
        attrs.evolve(offered.definition, name=name, description=described[:MOST_DESCRIPTION]),
        "external",
        title=lambda given: f"Call {_shown(offered.name)} of the MCP server {server} with {_json(given)}",
        run=lambda given: call(offered.name, given),
        scope=lambda _: f"mcp: {server}/{offered.name if offered.name.isprintable() else ascii(offered.name)}",
        server=server,
    )


def _json(given: Input) -> str:
    text = json.dumps(given, ensure_ascii=False, default=str)
    more = len(text) - MOST_INPUT
    return _printable(text) if more <= 0 else f"{_printable(text[:MOST_INPUT])}… ({more:,} more characters)"


def _shown(name: str) -> str:
    return _printable(name) if len(name) <= MOST_NAME else f"{_printable(name[:MOST_NAME])}…"


def _printable(text: str) -> str:
    """`text` without what could make it look like another."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
