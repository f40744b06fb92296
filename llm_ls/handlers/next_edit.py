"""The edit to make next: in Copilot's words, as a command, and ready for the menu of code actions."""

import asyncio
import contextlib
from typing import Any

from lsprotocol import types

from llm_ls import errors
from llm_ls.documents import Position
from llm_ls.features.next_edits import NextEdit
from llm_ls.protocol import (
    completing,
    context_items,
    convert,
    copilot,
    copilot_next_edit,
    dialogs,
    edits,
    ext,
    next_edits,
    operations,
)
from llm_ls.protocol.copilot_next_edit import InlineEditParams, RejectedParams
from llm_ls.protocol.errors import Superseded
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.protocol.next_edits import Situation
from llm_ls.protocol.operations import Running
from llm_ls.wire import from_json

REST_S = 1.0
"""How long the typing must rest before a next edit is got ready for the menu."""


def register(server: LlmLanguageServer) -> None:
    _register_menu(server)

    @server.feature(copilot_next_edit.INLINE_EDIT)
    async def on_inline_edit(ls: LlmLanguageServer, params: InlineEditParams) -> dict[str, Any]:
        if not ls.shows_next_edits:
            ls.shows_next_edits = True
            next_edits.stop(ls, params.text_document.uri)
        return {"edits": await _inline_edits(ls, params)}

    @server.feature(copilot_next_edit.DID_SHOW_INLINE_EDIT)
    def on_did_show(ls: LlmLanguageServer, params: Any) -> None:
        ls.session.suggestions.shown(copilot.item_id(params))

    @server.feature(copilot_next_edit.NOTIFY_REJECTED)
    def on_rejected(ls: LlmLanguageServer, params: RejectedParams) -> str:
        _reject(ls, params.uuid)
        return "OK"

    for command in (copilot_next_edit.ACCEPT, copilot_next_edit.DID_ACCEPT):

        @server.command(command)
        def on_accept(ls: LlmLanguageServer, argument: Any) -> bool:
            ls.session.suggestions.accepted(completing.suggestion_id(argument))
            return True

    @server.command(copilot_next_edit.DID_REJECT)
    def on_reject(ls: LlmLanguageServer, argument: Any) -> bool:
        _reject(ls, completing.suggestion_id(argument))
        return True

    @server.command(copilot_next_edit.DID_IGNORE)
    def on_ignore(ls: LlmLanguageServer, argument: Any) -> bool:
        return True

    @server.command("llm-ls.nextEdit")
    def on_next_edit(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        return _command(ls, from_json(argument, ext.ActionArguments, "arguments[0]"))


def _register_menu(server: LlmLanguageServer) -> None:
    """Have an answer ready for the menu of a client that shows none by itself."""
    resting: dict[str, asyncio.TimerHandle] = {}

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def on_change(ls: LlmLanguageServer, params: types.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        forget(uri)
        next_edits.stop(ls, uri)
        wanted = not ls.shows_next_edits and ls.session.settings.next_edit.enabled != "off"
        if wanted and ls.client.code_action_literals:
            resting[uri] = asyncio.get_running_loop().call_later(REST_S, begin, ls, uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def on_close(ls: LlmLanguageServer, params: types.DidCloseTextDocumentParams) -> None:
        forget(params.text_document.uri)
        next_edits.stop(ls, params.text_document.uri)
        ls.session.next_edits.closed(params.text_document.uri)
        ls.session.diagnostics.forget(params.text_document.uri)

    def forget(uri: str) -> None:
        if (timer := resting.pop(uri, None)) is not None:
            timer.cancel()

    def begin(ls: LlmLanguageServer, uri: str) -> None:
        del resting[uri]
        if not ls.shows_next_edits:
            ls.spawn(_get_ready(ls, uri), name="next edit")


async def _get_ready(ls: LlmLanguageServer, uri: str) -> None:
    with contextlib.suppress(errors.NotFound, Superseded):  # closed, or changed again
        await next_edits.find(ls, Situation(ls.document(uri)), "menu")


async def _inline_edits(ls: LlmLanguageServer, params: InlineEditParams) -> list[dict[str, Any]]:
    """One at most. A failure is none: copilot-lsp shows each error as a message (2026-11)."""
    try:
        document = ls.document(params.text_document.uri)
        if params.text_document.version not in (None, document.version):
            return []
        position = convert.from_lsp_position(document, params.position, ls.client.position_encoding)
        diagnostics = context_items.to_diagnostics(ls, document, params.diagnostics or ())
        edit = await next_edits.find(ls, Situation(document, position, diagnostics), "client")
        if edit is None or ls.document(document.uri).version != edit.document.version:
            return []
    except (errors.NotFound, Superseded):
        return []
    next_edits.offered(ls, edit)
    return [copilot_next_edit.inline_edit(ls, edit)]


def _command(ls: LlmLanguageServer, arguments: ext.ActionArguments) -> dict[str, str]:
    """Find the next edit and make it; the answer for `executeCommand`."""
    focus = ls.session.focus
    uri = arguments.uri or next(iter(ls.documents.open_uris), None)
    if uri is None:
        dialogs.say_error(ls, errors.NotFound("no document is open", hint="open one, or name it in the argument"))
        return {}
    cursor: Position | None = None
    if arguments.range is not None:
        cursor = convert.from_lsp_range(ls.document(uri), arguments.range, ls.client.position_encoding).end
    elif focus is not None and focus.uri == uri:
        cursor = focus.span.end

    async def run(running: Running) -> None:
        document = ls.document(uri)
        diagnostics = context_items.to_diagnostics(ls, document, arguments.diagnostics)
        edit = await next_edits.find(ls, Situation(document, cursor, diagnostics), "user")
        if edit is None:
            running.work.end()
            dialogs.say(ls, "No next edit follows from what was changed lately.")
            return
        running.operation.model = edit.model
        next_edits.offered(ls, edit)
        running.close(f"line {edit.hunk.start + 1}")
        await _make(ls, edit)

    return operations.start(ls, "Next edit", run, ls.work_done_token)


async def _make(ls: LlmLanguageServer, edit: NextEdit) -> None:
    """One edit of the text as it is by now, if the user wants edits made; else it waits in the menu."""
    how = ls.client.review(ls.session.settings.code_actions.review)
    if how == "proposal":
        dialogs.say(ls, f"The next edit is in line {edit.hunk.start + 1}. Open the code actions there to apply it.")
    elif (now := edit.moved(ls.document(edit.document.uri))) is None:
        dialogs.say(ls, "The next edit is left out, because the text was changed meanwhile.")
    elif await edits.apply(ls, now.document, (now.hunk,), "Next edit", confirm=how == "confirm"):
        ls.session.suggestions.accepted(edit.id)


def _reject(ls: LlmLanguageServer, id: str) -> None:
    ls.session.suggestions.rejected(id)
    ls.session.next_edits.refuse(id)
