"""Suggestions as items of a completion menu, for clients without ghost text whose users want them there."""

import re
from typing import Any

from lsprotocol import types

from llm_ls.documents import Document, Position, Span
from llm_ls.features.suggestions import Suggestion
from llm_ls.protocol import completing, initialize
from llm_ls.protocol.language_server import LlmLanguageServer, Unanswered, Where

ANSWER_TIMEOUT_S = 2.0
LONGEST_LABEL = 60
_LAST = "\uffff"
_WORD = re.compile(r"\w+$")
_REGISTRATION = "llm-ls/completion"


def wanted(ls: LlmLanguageServer) -> bool:
    """Whether there are any for this client."""
    return ls.session.settings.inline_completion.completion_items and not ls.client.inline_completion


async def register(ls: LlmLanguageServer) -> None:
    """Have a client that can be told so late ask for them; if they are not wanted, in Markdown alone, as chats are."""
    where: Where = "everywhere" if wanted(ls) else "markdown"
    before = ls.completes_in
    of_copilot = ls.speaks_copilot and where == "markdown"  # such a client has no chats
    if not ls.client.completion_dynamic or of_copilot or before in (where, "everywhere"):
        return
    ls.completes_in = where
    selector = None if where == "everywhere" else [{"language": "markdown"}]
    options = {"documentSelector": selector, "triggerCharacters": list(initialize.COMPLETION_TRIGGERS)}
    what = types.Registration(_REGISTRATION, types.TEXT_DOCUMENT_COMPLETION, options)
    try:
        if before:
            former = types.Unregistration(_REGISTRATION, types.TEXT_DOCUMENT_COMPLETION)
            await ls.ask(types.CLIENT_UNREGISTER_CAPABILITY, types.UnregistrationParams([former]), ANSWER_TIMEOUT_S)
        await ls.ask(types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams([what]), ANSWER_TIMEOUT_S)
    except Unanswered:
        ls.completes_in = ""


def to_item(ls: LlmLanguageServer, document: Document, suggestion: Suggestion) -> dict[str, Any]:
    """An item below those of other servers; one line as its label (Helix 25.07 draws no other)."""
    start, end = suggestion.span.start, suggestion.span.end
    typed = _WORD.search(document.lines[start.line][: start.column])
    word = typed[0] if typed else ""
    span = Span(Position(start.line, start.column - len(word)), end)
    first_line = f"{word}{suggestion.text.strip()}".splitlines()[0]
    short = len(first_line) <= LONGEST_LABEL and "\n" not in suggestion.text.strip()
    return {
        "label": first_line[:LONGEST_LABEL] + ("" if short else "…"),
        "kind": types.CompletionItemKind.Text.value,
        "detail": suggestion.model,
        "documentation": word + suggestion.text,
        "filterText": word + suggestion.text.lstrip().partition("\n")[0],
        "sortText": _LAST,
        "insertTextFormat": types.InsertTextFormat.PlainText.value,
        "textEdit": {"range": completing.to_json_range(ls, document, span), "newText": word + suggestion.text},
        "command": {"title": "Accept", "command": completing.ACCEPT, "arguments": [suggestion.id]},
    }
