"""Our failures as LSP response errors (`editors/PROTOCOL.md`, "Errors"); nowhere else do they become that."""

import asyncio
from typing import Any

from pygls.exceptions import JsonRpcException

from llm_ls import wire
from llm_ls.errors import LlmLsError
from llm_ls.protocol import jsonrpc


class RequestFailed(Exception):
    """An answer to a request that is an error of the protocol rather than one of `errors`."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Superseded(RequestFailed):
    """A newer request has made this one pointless."""

    def __init__(self) -> None:
        super().__init__(jsonrpc.SERVER_CANCELLED, "superseded by a newer request")


class Unanswered(RequestFailed):
    """The client has refused a request of ours, or not answered in time."""

    def __init__(self, message: str) -> None:
        super().__init__(jsonrpc.REQUEST_FAILED, message)


def to_response_error(error: BaseException, method: str) -> dict[str, Any]:
    """The `ResponseError` for what a handler of `method` raised; nothing of a bug but its type."""
    match error:
        case LlmLsError():
            return {"code": jsonrpc.REQUEST_FAILED, "message": error.sentence, "data": data(error)}
        case wire.Malformed():
            return {"code": jsonrpc.INVALID_PARAMS, "message": str(error)}
        case RequestFailed() | JsonRpcException():
            return {"code": error.code, "message": error.message}
        case asyncio.CancelledError():
            return {"code": jsonrpc.REQUEST_CANCELLED, "message": "cancelled"}
        case _:
            message = f"internal error in {method!r} ({type(error).__name__}); the server's log says more"
            return {"code": jsonrpc.INTERNAL_ERROR, "message": message}


def is_bug(error: BaseException) -> bool:
    """Whether nobody has foreseen `error`."""
    foreseen = LlmLsError | wire.Malformed | RequestFailed | JsonRpcException | asyncio.CancelledError
    return not isinstance(error, foreseen)


def data(error: LlmLsError) -> dict[str, Any]:
    """What a program can use of `error`; members that are not known are left out."""
    members = {
        "kind": error.kind,
        "provider": error.provider,
        "model": error.model,
        "status": error.status,
        "retryAfterS": error.retry_after_s,
        "requestId": error.request_id,
        "partial": error.partial,
        "hint": error.hint,
    }
    return {name: member for name, member in members.items() if member is not None}
