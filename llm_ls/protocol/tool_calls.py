"""What `llm-ls/listTools` and `llm-ls/callTool` take and answer, as `editors/PROTOCOL.md` publishes them."""

from collections.abc import Mapping
from typing import Any

import attrs
from lsprotocol import types

from llm_ls import errors
from llm_ls.features import tool_loop
from llm_ls.messages import ToolCall
from llm_ls.protocol import consent, dialogs, toolbox
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.tools.tool import Access, Tool


@attrs.frozen(eq=False, repr=False)
class ListToolsParams:
    pass


@attrs.frozen(eq=False, repr=False)
class CallToolParams:
    """One call.

    Attributes:
        conversation_id: For what the user has allowed in it.
        allowed: Whether the client has asked its user by itself.
    """

    name: str
    input: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    conversation_id: str = ""
    allowed: bool = False


@attrs.frozen(eq=False, repr=False)
class ListedTool:
    name: str
    description: str
    input_schema: Mapping[str, Any]
    access: Access
    server: str | None = None


@attrs.frozen(eq=False, repr=False)
class CalledTool:
    content: str
    is_error: bool


async def listed(ls: LlmLanguageServer) -> tuple[ListedTool, ...]:
    """All that there are."""
    return tuple(
        ListedTool(
            tool.name,
            tool.definition.description,
            tool.definition.input_schema,
            tool.access,
            tool.server or None,
        )
        for tool in await _tools(ls)
    )


async def called(ls: LlmLanguageServer, params: CallToolParams) -> CalledTool:
    """The result of a call; that it has failed, or was not allowed, is one too.

    Raises:
        errors.NotFound: There is no such tool.
    """
    found = await _tools(ls, params.name)
    if not found:
        raise errors.NotFound(f"there is no tool {params.name!r}", hint="ask llm-ls/listTools which there are")
    tool = found[0] if params.allowed else consent.asked_for(ls, found[0], params.conversation_id)
    result = await tool_loop.result(ToolCall("", params.name, params.input), {params.name: tool})
    return CalledTool(result.content, result.is_error)


async def _tools(ls: LlmLanguageServer, *names: str) -> tuple[Tool, ...]:
    """Those called `names`, or all; the user is told what is wrong with MCP servers."""
    await ls.session.ready()
    found = await toolbox.tools(ls, names or None)
    for notice in toolbox.notices(ls):
        dialogs.say(ls, notice.message, types.MessageType.Warning)
    return found
