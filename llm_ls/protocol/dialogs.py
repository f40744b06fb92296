"""`window/*`: what the server says to the user, and what it asks. Every question can go unanswered."""

import contextlib
from collections.abc import Sequence
from typing import Any

from lsprotocol import types

from llm_ls import errors
from llm_ls.protocol import ext
from llm_ls.protocol.jsonrpc import member
from llm_ls.protocol.language_server import LlmLanguageServer, Unanswered

ANSWER_TIMEOUT_S = 5.0
_LINE = 50
PERSON_TIMEOUT_S = 600.0
"""How long a question to the user may stay open; a client that never answers must not keep it open for ever."""


def say(ls: LlmLanguageServer, text: str, kind: types.MessageType = types.MessageType.Info) -> None:
    """Show `text` to the user."""
    ls.tell(types.WINDOW_SHOW_MESSAGE, {"type": kind.value, "message": text})


def say_error(ls: LlmLanguageServer, error: errors.LlmLsError) -> None:
    """Show a failure: what happened and what to do."""
    say(ls, error.sentence, types.MessageType.Error)


def say_in_passing(ls: LlmLanguageServer, what: str, error: errors.LlmLsError) -> None:
    """Show a failure of what nobody has asked for: in one line where a longer message takes the keys being typed."""
    if ls.client.waits_for_enter:
        happened = error.message.partition(":")[0].partition(". ")[0]
        say(ls, f"{what}: {happened[:_LINE]}", types.MessageType.Error)
    else:
        say_error(ls, error)


async def choose(
    ls: LlmLanguageServer, question: str, choices: Sequence[str], timeout_s: float = PERSON_TIMEOUT_S
) -> str | None:
    """Let the user pick one; `None` if they dismiss it.

    Raises:
        Unanswered: The client cannot ask, or nobody has answered.
    """
    if not ls.client.show_message_request:  # ALE 3.3 would leave it without an answer
        raise Unanswered("the client does not say that it asks its user")
    params = {
        "type": types.MessageType.Info.value,
        "message": question,
        "actions": [{"title": choice} for choice in choices],
    }
    title = member(await ls.ask(types.WINDOW_SHOW_MESSAGE_REQUEST, params, timeout_s), "title")
    return title if title in choices else None


async def ask_line(ls: LlmLanguageServer, prompt: str) -> str | None:
    """One line of text from the user, through `llm-ls/input`; `None` if they dismiss it.

    Raises:
        Unanswered: The client cannot ask, or nobody has answered.
    """
    text = member(await ls.ask(ext.INPUT, {"prompt": prompt}, PERSON_TIMEOUT_S), "text")
    return text.strip() or None if isinstance(text, str) else None


async def open_page(ls: LlmLanguageServer, url: str) -> bool:
    """Open `url` in the user's browser; whether the editor said that it did."""
    if not ls.client.show_document:
        return False
    with contextlib.suppress(Unanswered):
        params = {"uri": url, "external": True, "takeFocus": True}
        return member(await ls.ask(types.WINDOW_SHOW_DOCUMENT, params, ANSWER_TIMEOUT_S), "success") is True
    return False


async def open_document(ls: LlmLanguageServer, uri: str, line: int | None = None) -> bool:
    """Open `uri` in the editor, with the cursor at the start of `line`; whether it said that it did.

    Kate never answers (26.08).
    """
    if not ls.client.show_document:
        return False
    params: dict[str, Any] = {"uri": uri, "takeFocus": True}
    if line is not None:
        place = {"line": line, "character": 0}
        params["selection"] = {"start": place, "end": place}
    with contextlib.suppress(Unanswered):
        answer = await ls.ask(types.WINDOW_SHOW_DOCUMENT, params, ANSWER_TIMEOUT_S)
        return member(answer, "success") is True
    return False
