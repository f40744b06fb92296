"""Partial results: the events of an answer as `$/progress` on the request's `partialResultToken`.

The first delta leaves at once; later ones may wait for each other, at most `MERGE_S`. Order and text stay the vendor's.
"""

import asyncio
from types import TracebackType
from typing import Any, Self

from llm_ls import errors, messages
from llm_ls.messages import StreamEvent, ToolResult
from llm_ls.protocol.chat_events import to_chat_event, to_error_event
from llm_ls.protocol.ext import Token
from llm_ls.protocol.language_server import LlmLanguageServer

MERGE_S = 0.016


class PartialResults:
    """Sends chat events for one request, within a `with` block; without a token, nothing is sent.

    A failure that leaves the block is an event too. Nothing is sent after the block, since the request is then
    answered (LSP 3.17, "Partial Result Progress").
    """

    def __init__(self, ls: LlmLanguageServer, token: Token | None) -> None:
        self._ls = ls
        self._token = token
        self._loop = asyncio.get_running_loop()
        self._type = ""
        self._waiting: list[str] = []
        self._timer: asyncio.TimerHandle | None = None
        self._sent_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        if isinstance(error, errors.LlmLsError):
            self.send_value(to_error_event(error))
        elif error is None:
            self.flush()
        if self._timer is not None:
            self._timer.cancel()

    @property
    def wanted(self) -> bool:
        """Whether the client asked for the answer in parts."""
        return self._token is not None

    def send(self, event: StreamEvent | ToolResult) -> None:
        """Send `event`, or let it wait for the next of its kind."""
        if self._token is None:
            return
        match event:
            case messages.TextDelta(text):
                self._delta("text_delta", text)
            case messages.ThinkingDelta(text):
                self._delta("thinking_delta", text)
            case _:
                if (value := to_chat_event(event)) is not None:
                    self.send_value(value)

    def send_value(self, value: dict[str, Any]) -> None:
        """Send a chat event that is JSON already."""
        if self._token is not None:
            self.flush()
            self._ls.send_progress(self._token, value)

    def flush(self) -> None:
        """Send what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting and self._token is not None:
            text, self._waiting = "".join(self._waiting), []
            self._sent_at = self._loop.time()
            self._ls.send_progress(self._token, {"type": self._type, "text": text})

    def _delta(self, kind: str, text: str) -> None:
        if kind != self._type:
            self.flush()
            self._type = kind
        self._waiting.append(text)
        if self._timer is None:
            due_s = self._sent_at + MERGE_S - self._loop.time()
            if due_s <= 0:
                self.flush()
            else:
                self._timer = self._loop.call_later(due_s, self.flush)
