"""The tools that a model may call: the server's own, and those of the user's MCP servers."""

from collections.abc import Collection

from llm_ls.messages import Notice
from llm_ls.protocol import workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.tools.tool import Tool


async def tools(ls: LlmLanguageServer, names: Collection[str] | None = None, model: str = "") -> tuple[Tool, ...]:
    """What may be called, each call still to be allowed by the user (`consent`).

    Args:
        names: Only these; `None` is all.
        model: Who calls them, as `provider/model`; empty if it is no model.
    """
    settings = ls.session.settings
    if settings.chat.tools == "off" or (names is not None and not names):
        return ()
    servers = settings.mcp_servers
    of_mcp = servers and (names is None or any("__" in name for name in names))
    theirs = await ls.session.mcp.tools(servers, workspace_files.folders(ls)) if of_mcp else ()
    return tuple(tool for tool in (*_own(ls, model), *theirs) if names is None or tool.name in names)


def _own(ls: LlmLanguageServer, model: str) -> tuple[Tool, ...]:
    from llm_ls.protocol import proposing, workspaces  # on first use, like what they import
    from llm_ls.tools.proposing import propose_edit

    workspace = workspaces.of(ls)
    return (propose_edit(workspace, proposing.proposer(ls, model)),) if workspace.folders else ()


def notices(ls: LlmLanguageServer) -> tuple[Notice, ...]:
    """What went wrong with MCP servers since the last time, each told once."""
    if not ls.session.settings.mcp_servers:
        return ()
    return tuple(Notice("tools", sentence) for sentence in ls.session.mcp.problems())
