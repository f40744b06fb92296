"""Running something for the user: counted in the session, shown as progress and in the status, and cancellable."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable

import attrs
from lsprotocol import types

from llm_ls import errors
from llm_ls.messages import money
from llm_ls.protocol import dialogs, progress, status
from llm_ls.protocol.ext import Token
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.session import Operation

logger = logging.getLogger(__name__)


@attrs.frozen
class Running:
    """An operation and how the client sees it."""

    operation: Operation
    work: progress.Work

    def report(self, tokens: int) -> None:
        """Say how far the answer is, if it is time to."""
        if self.work.due:
            self.work.report(f"{self.operation.model} · {tokens} tok · {self.operation.seconds:.0f} s")

    def close(self, *summary: str, cost_usd: float | None = None) -> None:
        """End the progress with a summary; the cost is left out where it is not known.

        What is said after it stays: Helix 25.07 puts the end of a progress in place of the last message.
        """
        cost = (money(cost_usd),) if cost_usd else ()
        self.work.end(" · ".join((*summary, *cost, self.operation.model, f"{self.operation.seconds:.1f} s")))


class Dismissed(Exception):
    """The user was asked something and would rather not: nothing more is said."""


Job = Callable[[Running], Awaitable[None]]


@contextlib.asynccontextmanager
async def running(ls: LlmLanguageServer, title: str, token: Token | None) -> AsyncGenerator[Running]:
    """Run the block, within a request's own task, as an operation."""
    task = asyncio.current_task()
    assert task is not None
    operation = ls.session.begin(title, task.cancel)
    try:
        async with _shown(ls, operation, token, create=False) as now:
            yield now
    finally:
        ls.session.end(operation)
        status.tell(ls)


def start(ls: LlmLanguageServer, title: str, job: Job, token: Token | None = None) -> dict[str, str]:
    """Run `job` as a task of its own; the answer for `executeCommand`, which must not wait (editors.md R3).

    A failure is said with a message, since clients hide the errors of commands (R4).
    """
    operation = ls.session.begin(title, lambda: None)
    task = ls.spawn(_run(ls, operation, job, token), name=title)
    operation.cancel = task.cancel

    def ended(_: object) -> None:
        ls.session.end(operation)
        status.tell(ls)

    task.add_done_callback(ended)
    return {"operation": operation.id}


async def _run(ls: LlmLanguageServer, operation: Operation, job: Job, token: Token | None) -> None:
    try:
        async with _shown(ls, operation, token, create=True) as now:
            await job(now)
    except Dismissed:
        pass
    except errors.LlmLsError as error:
        dialogs.say_error(ls, error)
    except Exception:
        logger.exception("%s failed", operation.title)
        dialogs.say(ls, f"{operation.title} failed inside llm-ls; its log says more.", types.MessageType.Error)


@contextlib.asynccontextmanager
async def _shown(
    ls: LlmLanguageServer, operation: Operation, token: Token | None, *, create: bool
) -> AsyncGenerator[Running]:
    status.tell(ls)
    try:
        async with progress.work(ls, f"AI: {operation.title}", token, operation.cancel, create=create) as work:
            yield Running(operation, work)
        ls.session.succeeded(operation.model.partition("/")[0])
    except errors.LlmLsError as error:
        ls.session.failed(error)
        raise
