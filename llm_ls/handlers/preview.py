"""`llm-ls/preview` and the command of that name: exactly what would be sent. Nothing is."""

from typing import Any

from llm_ls import errors
from llm_ls.protocol import chat_documents, dialogs, ext, operations, shown_texts
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.protocol.operations import Running
from llm_ls.wire import from_json, to_json

TITLE = "Preview"


def register(server: LlmLanguageServer) -> None:
    @server.feature(ext.PREVIEW)
    async def on_preview(ls: LlmLanguageServer, params: ext.ChatParams) -> dict[str, Any]:
        from llm_ls.protocol import previewing  # with all that tools and kept conversations need

        return to_json(await previewing.of_question(ls, params))

    @server.command("llm-ls.preview")
    def on_command(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        given = from_json(argument, ext.PreviewArguments, "arguments[0]")
        uri = given.uri or next(iter(ls.documents.open_uris), None)
        if uri is None:
            dialogs.say_error(ls, errors.NotFound("no document is open", hint="open one, or name it in the argument"))
            return {}

        async def run(running: Running) -> None:
            from llm_ls.protocol import previewing

            await ls.session.ready()
            is_chat = given.action is None and chat_documents.is_chat(ls.document(uri))
            shown = await (previewing.of_chat(ls, uri) if is_chat else previewing.of_action(ls, given, running))
            await shown_texts.show(ls, TITLE, shown.text, ".md")

        return operations.start(ls, TITLE, run, ls.work_done_token)
