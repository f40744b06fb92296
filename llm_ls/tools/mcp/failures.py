"""What goes wrong with an MCP server, said in our words; its own are cut, and shown in one line."""

from collections.abc import Iterator
from typing import cast

from mcp.shared.exceptions import MCPError
from mcp_types import CONNECTION_CLOSED
from pydantic import ValidationError

from llm_ls import errors
from llm_ls.auth.redaction import redacted
from llm_ls.presentable import presentable
from llm_ls.tools.mcp.server import Forgotten, Server

_MOST_SAID = 300
_REFUSED = 400
_UNKNOWN_TO_IT = (401, 403)
_OF_NO_SESSION = (400, 404)
"""What servers answer to who is unknown to them since they were started anew; 404 by the specification."""
_STAND_INS = ("Session terminated", "Server returned an error response")
"""What the SDK 2.3 says where a server refuses a request by HTTP's status alone (2026-11)."""


def of_connection(server: Server, failure: Exception, status: int) -> errors.LlmLsError:
    """Why there is no connection.

    Args:
        failure: As the SDK raises it, in groups.
        status: Of the last answer over HTTP; 0 without any.
    """
    leaf = next(iter(sorted(_leaves(failure), key=_rank)))
    hint = f"set {' and '.join(server.missing)} in the environment of your editor" if server.missing else ""
    subject = f"MCP server {server.name!r}"
    match leaf:
        case errors.LlmLsError():
            return leaf
        case TimeoutError():
            what = f"{subject} did not start within {server.settings.timeout_s:g} s"
            return errors.TimedOut(what, hint=hint or f"raise mcpServers.{server.name}.timeoutS")
        case _ if status in _UNKNOWN_TO_IT:
            hint = hint or f"let mcpServers.{server.name}.bearerTokenEnv name a variable that holds a token for it"
            return errors.Authentication(f"{subject} does not let us in ({status})", hint=hint)
        case _ if status >= _REFUSED:
            return errors.ConnectionFailed(f"{subject} answered {status}", hint=f"correct mcpServers.{server.name}.url")
        case MCPError() if leaf.error.code == CONNECTION_CLOSED:
            hint = hint or "set log.level to debug to see in the log what it says"
            return errors.ConnectionFailed(f"{subject} ended before it was ready", hint=hint)
        case MCPError():
            return errors.ConnectionFailed(f"{subject} does not start: it says {_said(leaf.error.message)}", hint=hint)
        case ValidationError() | RuntimeError():
            return errors.ProtocolViolation(f"{subject} does not keep to the protocol", hint=hint)
        case _:
            said = _said(str(leaf)) or type(leaf).__name__
            return errors.ConnectionFailed(f"{subject} cannot be reached: {said}", hint=hint)


def of_call(server: Server, failure: Exception, status: int) -> errors.LlmLsError:
    """Why a call has failed; `status` is that of the last answer over HTTP, 0 without any."""
    match failure:
        case MCPError() if failure.error.message in _STAND_INS and status >= _REFUSED:
            what = f"the MCP server {server.name!r} refuses the call ({status})"
            return Forgotten(what) if status in _OF_NO_SESSION else errors.PermissionDenied(what)
        case MCPError() if failure.error.code == CONNECTION_CLOSED:
            return errors.ConnectionFailed(
                f"the connection to the MCP server {server.name!r} broke during the call",
                hint="it may have been done all the same",
            )
        case MCPError():
            return errors.InvalidRequest(f"the MCP server {server.name!r} says {_said(failure.error.message)}")
        case _:
            return errors.ProtocolViolation(f"the MCP server {server.name!r} does not keep to the protocol")


def _leaves(failure: BaseException) -> Iterator[BaseException]:
    if isinstance(failure, BaseExceptionGroup):
        for inner in cast("BaseExceptionGroup[BaseException]", failure).exceptions:
            yield from _leaves(inner)
    else:
        yield failure


def _rank(failure: BaseException) -> int:
    """What says most comes first."""
    kinds = (errors.LlmLsError, MCPError)
    return next((rank for rank, kind in enumerate(kinds) if isinstance(failure, kind)), len(kinds))


def _said(text: str) -> str:
    return redacted(presentable(text))[:_MOST_SAID]
