"""The answer to `initialize`: what this server can do, fitted to the client. Standard library only.

Whatever the params look like, there is an answer; what cannot be read in them counts as not said.
"""

from typing import Any, Literal, cast

from llm_ls import __version__
from llm_ls.protocol import jsonrpc

COMMANDS = (
    "llm-ls.edit",
    "llm-ls.fix",
    "llm-ls.explain",
    "llm-ls.document",
    "llm-ls.test",
    "llm-ls.complete",
    "llm-ls.prompt",
    "llm-ls.commitMessage",
    "llm-ls.chat",
    "llm-ls.chat.send",
    "llm-ls.acceptCompletion",
    "llm-ls.nextEdit",
    "llm-ls.acceptNextEdit",
    "llm-ls.accept",
    "llm-ls.acceptHunk",
    "llm-ls.reject",
    "llm-ls.diff",
    "llm-ls.retry",
    "llm-ls.cancel",
    "llm-ls.selectModel",
    "llm-ls.signIn",
    "llm-ls.signOut",
    "llm-ls.status",
    "llm-ls.usage",
    "llm-ls.preview",
)
"""Listed statically, since Neovim 0.12.4 (2026-11) runs only what is in this list (`Client:exec_cmd`)."""

COPILOT_COMMANDS = (
    "github.copilot.finishDeviceFlow",
    "github.copilot.didAcceptCompletionItem",
    "github.copilot.didAcceptPanelCompletionItem",
    "github.copilot.didAcceptNextEditSuggestionItem",
    "github.copilot.didRejectNextEditSuggestionItem",
    "github.copilot.didIgnoreNextEditSuggestionItem",
)
"""Listed for Copilot's clients alone: Helix and others show each command of the list to the user."""

METHODS = (
    "llm-ls/chat",
    "llm-ls/listConversations",
    "llm-ls/getConversation",
    "llm-ls/renameConversation",
    "llm-ls/forkConversation",
    "llm-ls/clearConversation",
    "llm-ls/deleteConversation",
    "llm-ls/exportConversation",
    "llm-ls/compactConversation",
    "llm-ls/listTools",
    "llm-ls/callTool",
    "llm-ls/listPrompts",
    "llm-ls/expandPrompt",
    "llm-ls/countTokens",
    "llm-ls/preview",
    "llm-ls/commitMessage",
    "llm-ls/edit",
    "llm-ls/acceptProposal",
    "llm-ls/rejectProposal",
    "llm-ls/listProposals",
    "llm-ls/listProviders",
    "llm-ls/listModels",
    "llm-ls/setActiveProvider",
    "llm-ls/testProviderConnection",
    "llm-ls/usage",
    "llm-ls/signIn",
    "llm-ls/signOut",
    "llm-ls/authStatus",
    "llm-ls/saveApiKey",
    "llm-ls/getApiKey",
    "llm-ls/deleteApiKey",
    "llm-ls/listSavedProviders",
)

COMPLETION_TRIGGERS = ("@", "/")
"""What mentions and prompts in chat documents begin with."""

CODE_ACTION_KINDS = ("quickfix", "refactor.rewrite", "source")
INCREMENTAL = 2


def result(params: Any) -> dict[str, Any]:
    """The `InitializeResult` for a client that sent `params`."""
    workspace: dict[str, Any] = {"workspaceFolders": {"supported": True, "changeNotifications": True}}
    content = jsonrpc.member(params, "capabilities", "workspace", "textDocumentContent")
    if content is True or isinstance(content, dict):
        workspace["textDocumentContent"] = {"schemes": ["llm-ls"]}
    commands = (*COMMANDS, *COPILOT_COMMANDS) if is_of_copilot(params) else COMMANDS
    completion = {"completionProvider": {"triggerCharacters": list(COMPLETION_TRIGGERS)}} if _completes(params) else {}
    return {
        "capabilities": {
            **completion,
            "positionEncoding": position_encoding(params),
            "textDocumentSync": {"openClose": True, "change": INCREMENTAL, "save": {"includeText": False}},
            "codeActionProvider": {"codeActionKinds": list(CODE_ACTION_KINDS), "resolveProvider": False},
            # lsp-mode (2026-07) takes an empty object for "no".
            "inlineCompletionProvider": True,
            "executeCommandProvider": {"commands": list(commands)},
            "workspace": workspace,
            "experimental": {"llm-ls": {"version": __version__, "methods": list(METHODS)}},
        },
        "serverInfo": {"name": "llm-ls", "version": __version__},
    }


def _completes(params: Any) -> bool:
    """Whether the client has to be told now that there is completion: the others are told with their settings."""
    completion = jsonrpc.member(params, "capabilities", "textDocument", "completion")
    if is_of_copilot(params) or jsonrpc.member(completion, "dynamicRegistration") is True:
        return False
    options = jsonrpc.member(params, "initializationOptions")
    settings = jsonrpc.member(options, "llm-ls") or options
    asked = jsonrpc.member(settings, "inlineCompletion", "completionItems") is True
    ghosts = jsonrpc.member(params, "capabilities", "textDocument", "inlineCompletion")
    able = completion not in (None, False) and not _is_neovim_in_a_project(params)
    return able or (asked and ghosts in (None, False))


def _is_neovim_in_a_project(params: Any) -> bool:
    """Whether completion would be taken from the files of a project: Neovim puts it in place of their `omnifunc`.

    Chat documents lie outside, and Neovim 0.12.4 (2026-11) starts a server without a folder for them.
    """
    folders = jsonrpc.member(params, "workspaceFolders")
    placed = bool(folders) or jsonrpc.member(params, "rootUri") is not None
    return placed and jsonrpc.member(params, "clientInfo", "name") == "Neovim"


def is_of_copilot(params: Any) -> bool:
    """Whether the client is one of GitHub Copilot's language server, which all say so in their options."""
    options = jsonrpc.member(params, "initializationOptions")
    return any(isinstance(jsonrpc.member(options, name), dict) for name in ("editorInfo", "editorPluginInfo"))


def position_encoding(params: Any) -> Literal["utf-8", "utf-16", "utf-32"]:
    """utf-8 if offered, else utf-32, else utf-16, which every client understands (LSP 3.17).

    Copilot's server knows no other: copilot.lua (2026-07) offers utf-8 and sends utf-16.
    """
    if is_of_copilot(params):
        return "utf-16"
    offered = jsonrpc.member(params, "capabilities", "general", "positionEncodings")
    choices = cast("list[Any]", offered) if isinstance(offered, list) else [offered]
    if "utf-8" in choices:
        return "utf-8"
    return "utf-32" if "utf-32" in choices else "utf-16"
