"""What GitHub Copilot wants beside the question. There is no public page: this is what its clients send."""

import uuid
from collections.abc import Mapping

import llm_ls
from llm_ls import errors
from llm_ls.messages import Image, ToolResult
from llm_ls.models import ModelRequest

_US = f"llm-ls/{llm_ls.__version__}"

HEADERS: Mapping[str, str] = {
    "Editor-Version": _US,
    "Editor-Plugin-Version": _US,
    "Copilot-Integration-Id": "vscode-chat",
    "Openai-Intent": "conversation-panel",
    "X-GitHub-Api-Version": "2025-10-01",
}
"""Sent with every request. Which models there are goes by the integration id, and most are there for this one."""


def request_headers(request: ModelRequest) -> dict[str, str]:
    """The headers that depend on the question.

    `X-Initiator` decides what is billed: it is the user's own question unless it only brings results of tools.
    """
    last = request.messages[-1].parts if request.messages else ()
    by_tools = bool(last) and all(isinstance(part, ToolResult) for part in last)
    found = {"X-Initiator": "agent" if by_tools else "user", "X-Request-Id": str(uuid.uuid4())}
    if any(isinstance(part, Image) for message in request.messages for part in message.parts):
        found["Copilot-Vision-Request"] = "true"
    return found


def base_url(domain: str) -> str:
    """The API of an enterprise's own GitHub; empty if `domain` is no host."""
    from llm_ls.auth import github  # in the memory of those alone who have a domain

    try:
        return github.endpoints(domain).base_url
    except errors.SettingsInvalid:
        return ""
