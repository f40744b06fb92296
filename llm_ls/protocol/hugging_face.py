"""The requests of Hugging Face's server, which is also called llm-ls: what llm.nvim asks, and what it can read.

Of huggingface/llm-ls 0.5.3 (`custom-types/src/llm_ls.rs`). What its clients say of the model, its address, its
token, its certificates and its prompt is not read: these are the user's settings here.
"""

from typing import Any

import attrs
from lsprotocol import types

from llm_ls.documents import Document, content_length
from llm_ls.features.suggestions import Suggestion
from llm_ls.protocol import insertions
from llm_ls.protocol.ext import TextDocument

GET_COMPLETIONS = "llm-ls/getCompletions"
ACCEPT_COMPLETION = "llm-ls/acceptCompletion"
REJECT_COMPLETION = "llm-ls/rejectCompletion"


@attrs.frozen(eq=False, repr=False)
class GetCompletionsParams:
    text_document: TextDocument
    position: types.Position


@attrs.frozen(eq=False, repr=False)
class CompletionParams:
    """`request_id` is that of the answer which the user has taken or not."""

    request_id: str


PARAMS: dict[str, type] = {
    GET_COMPLETIONS: GetCompletionsParams,
    ACCEPT_COMPLETION: CompletionParams,
    REJECT_COMPLETION: CompletionParams,
}


def result(document: Document, suggestion: Suggestion) -> dict[str, Any]:
    """The answer to `llm-ls/getCompletions`, in the snake case that it is written in.

    Of a suggestion of several lines within a line, it is the first: llm.nvim puts the rest of the line behind that.
    """
    cursor = suggestion.span.start
    text = insertions.inserted(document, suggestion)
    line = document.lines[cursor.line]
    if line[cursor.column : content_length(line)].strip():
        text = text.partition("\n")[0]
    return _answer(suggestion.id, text)


def nothing() -> dict[str, Any]:
    """The answer where there is no suggestion."""
    return _answer("", "")


def _answer(request_id: str, text: str) -> dict[str, Any]:
    return {"request_id": request_id, "completions": [{"generated_text": text}] if text.strip() else []}
