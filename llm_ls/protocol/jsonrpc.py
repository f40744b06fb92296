"""JSON-RPC 2.0 as LSP uses it: a body to a message, a message to a body. Standard library only.

https://www.jsonrpc.org/specification and LSP 3.18, "Base Protocol".
"""

import json
import math
from collections.abc import Callable
from typing import Any, NamedTuple, cast

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
SERVER_NOT_INITIALIZED = -32002
REQUEST_FAILED = -32803
SERVER_CANCELLED = -32802
REQUEST_CANCELLED = -32800

Id = int | str


class Request(NamedTuple):
    id: Id
    method: str
    params: Any


class Notification(NamedTuple):
    method: str
    params: Any


class Response(NamedTuple):
    """`error` is `None` unless the request failed; `id` is `None` where the client could not tell it."""

    id: Id | None
    result: Any
    error: Any


class Invalid(NamedTuple):
    """What is no message, and what to answer; `id` is `None` where it could not be read."""

    id: Id | None
    code: int
    message: str


Message = Request | Notification | Response | Invalid


def parse(body: bytes) -> Message | None:
    """The message in `body`; `None` for a notification that is malformed, since none is ever answered."""
    try:
        data = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return Invalid(None, PARSE_ERROR, "the message is not JSON")
    if isinstance(data, list):
        return Invalid(None, INVALID_REQUEST, "batches are not part of LSP")
    if not isinstance(data, dict):
        return Invalid(None, INVALID_REQUEST, "the message is not an object")
    return _from_object(cast("dict[str, Any]", data))


def result(id: Id, value: Any) -> dict[str, Any]:
    """The answer to a request that succeeded."""
    return {"jsonrpc": "2.0", "id": id, "result": value}


def error(id: Id | None, code: int, message: str) -> dict[str, Any]:
    """The answer to a request that failed."""
    return {"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}}


def encoder(default: Callable[[Any], Any] | None = None) -> Callable[[Any], bytes]:
    """Makes JSON of values; `default` turns what is no JSON into what is."""
    compact = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=default).encode
    escaped = json.JSONEncoder(allow_nan=False, separators=(",", ":"), default=default).encode

    def encode(value: Any) -> bytes:
        try:
            return compact(value).encode()
        except UnicodeEncodeError:  # half a surrogate pair, which only an escape can carry
            return escaped(value).encode()
        except ValueError:  # NaN or an infinity, which a vendor has written and JSON has no word for
            return escaped(_finite(value)).encode()

    return encode


def _no_number(_: str) -> None:
    """`null` for NaN and the infinities, which are no JSON and which some encoders write all the same."""


def _finite(value: Any) -> Any:
    """`value` with `null` for each number that JSON has no word for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in cast("dict[str, Any]", value).items()}
    return [_finite(item) for item in cast("list[Any]", value)] if isinstance(value, list | tuple) else value


def member(data: Any, *path: str) -> Any:
    """What lies at `path` in JSON of any shape, or `None`."""
    for key in path:
        if not isinstance(data, dict):
            return None
        data = cast("dict[str, Any]", data).get(key)
    return data


def _from_object(data: dict[str, Any]) -> Message | None:
    id, method = data.get("id"), data.get("method")
    known_id = id if isinstance(id, int | str) and not isinstance(id, bool) else None
    if "method" not in data and ("result" in data or "error" in data):
        return Response(known_id, data.get("result"), data.get("error"))
    if not isinstance(method, str):
        return Invalid(known_id, INVALID_REQUEST, "method must be text")
    versioned = data.get("jsonrpc") == "2.0"
    if "id" not in data:
        return Notification(method, data.get("params")) if versioned else None
    if known_id is None:
        return Invalid(None, INVALID_REQUEST, "id must be a whole number or text")
    if not versioned:
        return Invalid(known_id, INVALID_REQUEST, 'jsonrpc must be "2.0"')
    return Request(known_id, method, data.get("params"))
