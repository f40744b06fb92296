"""Suggestions for clients that can do no more than insert text at the cursor."""

from llm_ls.documents import Document
from llm_ls.features.suggestions import Suggestion


def unix(text: str) -> str:
    r"""`text` with `\n` alone, which is how editors keep it whose clients split it themselves."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def inserted(document: Document, suggestion: Suggestion) -> str:
    """What to put at the cursor so that the text comes to be as with `suggestion`, or as near as can be.

    What the suggestion replaces behind the cursor stays there: it is left out of a text that ends with it; of another
    all from it on is, as of `ready) {` in `if (|)`. Empty if nothing is left.
    """
    text, behind = unix(suggestion.text), document.slice(suggestion.span).rstrip()
    if not behind:
        return text
    if text.endswith(behind):
        return text[: -len(behind)]
    return text.partition("\n")[0].rpartition(behind)[0]
