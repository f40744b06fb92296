"""The least a pygls server can be; what the framework costs by itself."""

from lsprotocol import types
from pygls.lsp.server import LanguageServer

server = LanguageServer("hello", "1")


@server.feature(types.TEXT_DOCUMENT_CODE_ACTION)
def on_code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
    """Offer one action that does nothing."""
    return [types.CodeAction("Hello", command=types.Command("Hello", "hello"))]


if __name__ == "__main__":
    server.start_io()
