"""What Copilot's clients say of themselves, of the user's place and of what became of suggestions."""

from typing import Any

from llm_ls.protocol import completing, copilot, jsonrpc, status, workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer


def register(server: LlmLanguageServer) -> None:
    @server.feature(copilot.SET_EDITOR_INFO)
    def on_set_editor_info(ls: LlmLanguageServer, params: Any) -> str:
        if not ls.speaks_copilot:
            ls.speaks_copilot = True
            status.tell(ls)
        return "OK"

    @server.feature(copilot.GET_VERSION)
    def on_get_version(ls: LlmLanguageServer, params: Any) -> dict[str, str]:
        return copilot.version()

    @server.feature(copilot.CHECK_FILE_STATUS)
    async def on_check_file_status(ls: LlmLanguageServer, params: Any) -> dict[str, str]:
        uri = jsonrpc.member(params, "uri")
        included = isinstance(uri, str) and uri in await workspace_files.not_excluded(ls, (uri,))
        return {"status": "included" if included else "not included"}

    @server.feature(copilot.DID_SHOW_COMPLETION)
    def on_did_show(ls: LlmLanguageServer, params: Any) -> None:
        ls.session.suggestions.shown(copilot.item_id(params))

    @server.feature(copilot.DID_PARTIALLY_ACCEPT_COMPLETION)
    def on_did_partially_accept(ls: LlmLanguageServer, params: Any) -> None:
        ls.session.suggestions.accepted_part(copilot.item_id(params), copilot.accepted_characters(params))

    @server.feature(copilot.DID_FOCUS)
    def on_did_focus(ls: LlmLanguageServer, params: Any) -> None:
        uri = jsonrpc.member(params, "textDocument", "uri")
        if isinstance(uri, str):
            ls.documents.touch(uri)

    @server.command(copilot.DID_ACCEPT_COMPLETION_ITEM)
    def on_did_accept(ls: LlmLanguageServer, argument: Any) -> bool:
        return _accepted(ls, argument)

    @server.command(copilot.DID_ACCEPT_PANEL_COMPLETION_ITEM)
    def on_did_accept_panel(ls: LlmLanguageServer, argument: Any) -> bool:
        return _accepted(ls, argument)


def _accepted(ls: LlmLanguageServer, argument: Any) -> bool:
    ls.session.suggestions.accepted(completing.suggestion_id(argument))
    return True
