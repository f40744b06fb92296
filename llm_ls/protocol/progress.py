"""Work done progress (LSP 3.17, "Work Done Progress"): what runs, how far it is, and the client's wish to stop it.

A token of the request is used where there is one, else one is created if the client can show it. Nothing waits for
the client's answer: until it has granted the token, reports are dropped.
"""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncGenerator, Callable

from lsprotocol import types

from llm_ls import errors
from llm_ls.protocol.ext import Token
from llm_ls.protocol.language_server import LlmLanguageServer, Unanswered

REPORT_EVERY_S = 0.25
CREATE_TIMEOUT_S = 5.0
GRANTED_WITHIN_S = 0.2

_numbers = itertools.count(1)


class Work:
    """One piece of work as the client shows it."""

    def __init__(self, ls: LlmLanguageServer, title: str) -> None:
        self._ls = ls
        self._title = title
        self._token: Token | None = None
        self._reported_at = 0.0
        self._closing = ""
        self._over = False

    def begin(self, token: Token) -> None:
        """The client knows `token`: show the work under it, unless it is over by now."""
        if self._over:
            return
        self._token = token
        self._ls.send_progress(token, {"kind": "begin", "title": self._title, "cancellable": True})

    @property
    def due(self) -> bool:
        """Whether a report would be shown, and the last one is `REPORT_EVERY_S` ago."""
        return self._token is not None and time.monotonic() - self._reported_at >= REPORT_EVERY_S

    def report(self, message: str) -> None:
        """Say how far it is."""
        if self._token is not None:
            self._reported_at = time.monotonic()
            self._ls.send_progress(self._token, {"kind": "report", "message": message})

    def end(self, closing: str = "") -> None:
        """The work is over; `closing` is the last word, unless there has been one."""
        self._over = True
        self._closing = self._closing or closing
        if self._token is not None:
            end = {"kind": "end"}
            self._ls.send_progress(self._token, {**end, "message": self._closing} if self._closing else end)
            self._token = None


@contextlib.asynccontextmanager
async def work(
    ls: LlmLanguageServer, title: str, token: Token | None, cancel: Callable[[], object], *, create: bool
) -> AsyncGenerator[Work]:
    """Show a piece of work while the block runs.

    Args:
        token: The request's `workDoneToken`, if it had one.
        cancel: Called when the client asks to stop it.
        create: Whether to ask for a token where there is none.
    """
    shown = Work(ls, title)
    granted = token
    creating = None
    if granted is None and create and ls.client.work_done_progress:
        granted = f"llm-ls/{next(_numbers)}"
        creating = ls.spawn(_create(ls, shown, granted), name="work done progress")
    elif granted is not None:
        shown.begin(granted)
    if granted is not None:
        ls.cancellations[granted] = cancel
    try:
        yield shown
        await _granted(creating)
    except errors.LlmLsError:
        await _granted(creating)
        raise
    finally:
        if granted is not None:
            ls.cancellations.pop(granted, None)
        if creating is not None:
            creating.cancel()
        shown.end()


async def _granted(creating: asyncio.Task[None] | None) -> None:
    """Give the client a moment to grant a token: Helix 25.07 shows for ever that something runs which never ends."""
    if creating is not None:
        await asyncio.wait({creating}, timeout=GRANTED_WITHIN_S)


def register(server: LlmLanguageServer) -> None:
    """Listen for the client's wish to stop."""

    @server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def on_cancel(ls: LlmLanguageServer, params: types.WorkDoneProgressCancelParams) -> None:
        if (cancel := ls.cancellations.get(params.token)) is not None:
            cancel()


async def _create(ls: LlmLanguageServer, shown: Work, token: Token) -> None:
    with contextlib.suppress(Unanswered):
        await ls.ask(types.WINDOW_WORK_DONE_PROGRESS_CREATE, {"token": token}, CREATE_TIMEOUT_S)
        shown.begin(token)
