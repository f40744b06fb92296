"""The tools that a model may call: the server's own, and those of the user's MCP servers."""

from collections.abc import Collection

from llm_ls.messages import Notice
from llm_ls.protocol import workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.tools.tool import Tool
from llm_ls.workspace.workspace import Workspace


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
    # On first use, like what they import.
    from llm_ls.protocol import proposing, workspaces
    from llm_ls.tools.problems import diagnostics_tool
    from llm_ls.tools.proposing import propose_edit
    from llm_ls.tools.reading import reading_tools
    from llm_ls.tools.repository import git_tools

    workspace = workspaces.of(ls)
    if not workspace.folders:
        return ()
    return (
        *reading_tools(workspace),
        diagnostics_tool(workspace, lambda: workspaces.diagnostics(ls)),
        *git_tools(workspace),
        propose_edit(workspace, proposing.proposer(ls, model)),
        *(_commands(ls, workspace) if ls.session.settings.chat.run_commands else ()),
    )


def _commands(ls: LlmLanguageServer, workspace: Workspace) -> tuple[Tool, ...]:
    from llm_ls.tools import running

    settings = ls.session.settings
    secret = [row.api_key_env for row in settings.providers.values() if row.api_key_env]
    secret += [server.bearer_token_env for server in settings.mcp_servers.values() if server.bearer_token_env]
    return (running.run_command(workspace, running.harmless(ls.session.environment, secret)),)


def notices(ls: LlmLanguageServer) -> tuple[Notice, ...]:
    """What went wrong with MCP servers since the last time, each told once."""
    if not ls.session.settings.mcp_servers:
        return ()
    return tuple(Notice("tools", sentence) for sentence in ls.session.mcp.problems())
