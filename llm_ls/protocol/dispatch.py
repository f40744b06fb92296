"""From a message to its handler and back: every request gets exactly one answer, a notification never one."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import partial
from typing import Any, cast

from lsprotocol import types

from llm_ls import wire
from llm_ls.protocol import errors, jsonrpc
from llm_ls.protocol.params import ParamTypes
from llm_ls.protocol.peer import Peer, Token
from llm_ls.protocol.tasks import Tasks

Handler = Callable[..., Any]
logger = logging.getLogger(__name__)

work_done_token: ContextVar[Token | None] = ContextVar("work_done_token", default=None)
"""The token that came with the `workspace/executeCommand` being handled (Sublime's LSP package sends one)."""


class Dispatcher:
    """Hands messages to handlers: plain functions run at once, coroutines as tasks that can be cancelled.

    Args:
        features: Handlers by method.
        commands: Handlers by command; each takes the first argument, an object.
        kept_up: What must happen before the handler of a notification, such as text synchronisation.
        end: Called with the exit code when the client says `exit`.
    """

    def __init__(
        self,
        *,
        features: Mapping[str, Handler],
        commands: Mapping[str, Handler],
        kept_up: Mapping[str, Handler],
        param_types: ParamTypes,
        peer: Peer,
        tasks: Tasks,
        end: Callable[[int], None],
    ) -> None:
        self._features = features
        self._commands = commands
        self._kept_up = kept_up
        self._param_types = param_types
        self._peer = peer
        self._tasks = tasks
        self._end = end
        self._running: dict[jsonrpc.Id, asyncio.Task[Any]] = {}
        self._shut_down = False

    def receive(self, body: bytes) -> jsonrpc.Response | None:
        """Take one message; a response that answers nothing we asked is handed back."""
        match jsonrpc.parse(body):
            case jsonrpc.Request() as request:
                self._request(request)
            case jsonrpc.Notification(method, params):
                self._notification(method, params)
            case jsonrpc.Response() as response:
                return None if self._peer.settle(response) else response
            case jsonrpc.Invalid(id, code, message):
                self._peer.refuse(id, errors.RequestFailed(code, message), "")
            case None:
                logger.debug("ignored a malformed notification")
        return None

    def _request(self, request: jsonrpc.Request) -> None:
        try:
            if self._shut_down:
                raise errors.RequestFailed(jsonrpc.INVALID_REQUEST, "the server is shutting down")
            result = self._result(request.method, request.params)
        except Exception as error:  # whatever a handler raises is an answer
            self._refuse(request, error)
            return
        if not asyncio.iscoroutine(result):
            self._answer(request, result)
        else:
            task = self._running[request.id] = self._tasks.start(result, request.method)
            task.add_done_callback(partial(self._ended, request))
        if request.method == types.SHUTDOWN:
            self._shut_down = True
            self._tasks.cancel()

    def _result(self, method: str, params: Any) -> Any:
        match method:
            case types.SHUTDOWN:
                return None
            case types.INITIALIZE:
                raise errors.RequestFailed(jsonrpc.INVALID_REQUEST, "'initialize' has been answered already")
            case types.WORKSPACE_EXECUTE_COMMAND:
                return self._execute(params)
            case _ if (handler := self._features.get(method)) is not None:
                return handler(self._param_types.structure(method, params))
            case _:
                raise errors.RequestFailed(jsonrpc.METHOD_NOT_FOUND, f"no method {method!r}")

    def _execute(self, params: Any) -> Any:
        given = cast("dict[str, Any]", params) if isinstance(params, dict) else {}
        command, token, arguments = given.get("command"), given.get("workDoneToken"), given.get("arguments")
        if not isinstance(command, str):
            raise wire.Malformed("params.command", "expected text" if command else "required, but missing")
        if (handler := self._commands.get(command)) is None:
            raise wire.Malformed("params.command", f"no command {command!r}")
        first = cast("list[Any]", arguments)[0] if isinstance(arguments, list) and arguments else None
        before = work_done_token.set(token if isinstance(token, str | int) else None)
        try:
            return handler(_argument(first))
        finally:
            work_done_token.reset(before)

    def _ended(self, request: jsonrpc.Request, task: asyncio.Task[Any]) -> None:
        if self._running.get(request.id) is task:
            del self._running[request.id]
        if task.cancelled():
            self._refuse(request, asyncio.CancelledError())
        elif (failure := task.exception()) is not None:
            self._refuse(request, failure)
        else:
            self._answer(request, task.result())

    def _answer(self, request: jsonrpc.Request, result: Any) -> None:
        if result is None and request.method == types.WORKSPACE_EXECUTE_COMMAND:
            result = {}  # copilot.vim fails on null (E716, 2026-11)
        try:
            self._peer.answer(request.id, result)
        except (TypeError, ValueError, RecursionError) as error:
            self._refuse(request, error)

    def _refuse(self, request: jsonrpc.Request, error: BaseException) -> None:
        if errors.is_bug(error):
            logger.error("%s failed", request.method, exc_info=error)
        self._peer.refuse(request.id, error, request.method)

    def _notification(self, method: str, params: Any) -> None:
        match method:
            case types.EXIT:
                self._end(0 if self._shut_down else 1)
            case _ if self._shut_down:
                pass
            case types.CANCEL_REQUEST:
                self._cancel(params)
            case _:
                try:
                    self._notify(method, params)
                except wire.Malformed as error:
                    logger.warning("ignored %s: %s does not fit", method, error.path)
                except Exception:  # a notification has no answer that could say so
                    logger.exception("%s failed", method)

    def _notify(self, method: str, params: Any) -> None:
        if method == types.WORKSPACE_EXECUTE_COMMAND:  # copilot.el sends it so (copilot-nes.el, 2026-11)
            self._spawn(self._execute(params), method)
            return
        keep_up, handler = self._kept_up.get(method), self._features.get(method)
        if keep_up is None and handler is None:
            logger.debug("nobody listens to %s", method)
            return
        typed = self._param_types.structure(method, params)
        if keep_up is not None:
            keep_up(typed)
        if handler is not None:
            self._spawn(handler(typed), method)

    def _spawn(self, result: Any, method: str) -> None:
        if asyncio.iscoroutine(result):
            self._tasks.spawn(result, method)

    def _cancel(self, params: Any) -> None:
        id = cast("dict[str, Any]", params).get("id") if isinstance(params, dict) else None
        if isinstance(id, int | str) and (task := self._running.get(id)) is not None:
            task.cancel()


def _argument(first: Any) -> dict[str, Any]:
    """The argument of a command; Copilot's clients, and commands of ours that they carry, give a bare id."""
    if isinstance(first, str):
        return {"id": first}
    return cast("dict[str, Any]", first) if isinstance(first, dict) else {}
