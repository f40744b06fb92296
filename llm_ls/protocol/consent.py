"""The user's word on what a model's tools may do: asked in a message with buttons, one question at a time."""

import attrs

from llm_ls import errors
from llm_ls.protocol import dialogs, workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer, Unanswered
from llm_ls.protocol.operations import Running
from llm_ls.tools.tool import Input, Tool

ONCE, CONVERSATION, ALWAYS, NO = "Once", "In this conversation", "Always in this workspace", "No"


def asked_for(ls: LlmLanguageServer, tool: Tool, conversation: str, running: Running | None = None) -> Tool:
    """`tool` as one whose calls run only with the user's leave, or that of the settings.

    Args:
        conversation: Its id, for what is allowed in it.
        running: Where to say that the user is waited for.
    """

    async def run(given: Input) -> str:
        if not await _is_allowed(ls, tool, given, conversation, running):
            raise errors.PermissionDenied("the user does not allow this call")
        return await tool.run(given)

    return attrs.evolve(tool, run=run)


async def _is_allowed(
    ls: LlmLanguageServer, tool: Tool, given: Input, conversation: str, running: Running | None
) -> bool:
    session = ls.session
    if tool.access == "propose" or (tool.access == "read" and session.settings.chat.tools == "auto"):
        return True
    workspace, scope = workspace_files.place(ls), tool.scope(given)
    async with session.asking:  # an answer may settle the calls that wait behind it
        if (conversation, scope) in session.allowed or await _is_kept(ls, workspace, scope):
            return True
        title = tool.title(given)
        if running is not None:
            running.work.report(f"waits for your word: {title}")
        choices = (ONCE, CONVERSATION, *((ALWAYS,) if workspace else ()), NO)
        try:
            chosen = await dialogs.choose(ls, f"The model asks to: {title}", choices)
        except Unanswered as error:
            raise errors.PermissionDenied(
                "nobody could be asked to allow this call",
                hint="tell the user that the setting `chat.tools` can be `auto` for reading, or go on without it",
            ) from error
        if running is not None:
            running.work.report(title)
        if chosen == CONVERSATION:
            session.allowed.add((conversation, scope))
        elif chosen == ALWAYS:
            session.allowed.add((conversation, scope))
            await _keep(ls, workspace, scope)
        return chosen in (ONCE, CONVERSATION, ALWAYS)


async def _keep(ls: LlmLanguageServer, workspace: str, scope: str) -> None:
    try:
        await ls.session.consents.allow(workspace, scope)
    except errors.StorageFailed as error:
        dialogs.say_error(ls, error)


async def _is_kept(ls: LlmLanguageServer, workspace: str, scope: str) -> bool:
    """Whether the user has allowed it for good; without a store, nothing is."""
    try:
        return bool(workspace) and await ls.session.consents.allowed(workspace, scope)
    except errors.StorageFailed:
        return False
