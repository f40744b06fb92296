"""What is said before the session begins: `initialize` is answered, everything else turned away.

Standard library only, so that a process can answer before it has loaded itself.
"""

from typing import Any, cast

from llm_ls.protocol import initialize, jsonrpc


class Greeting:
    """The conversation up to `initialize`.

    Attributes:
        params: Of `initialize`, once it has been answered.
        exit_code: Set when the client has told us to leave.
    """

    def __init__(self) -> None:
        self.params: dict[str, Any] | None = None
        self.exit_code: int | None = None

    def receive(self, body: bytes) -> bytes | None:
        """Take one message; the body of the answer, if it gets one."""
        match jsonrpc.parse(body):
            case jsonrpc.Request(id, "initialize", params):
                self.params = cast("dict[str, Any]", params) if isinstance(params, dict) else {}
                answer = jsonrpc.result(id, initialize.result(params))
            case jsonrpc.Request(id, method, _):
                answer = jsonrpc.error(id, jsonrpc.SERVER_NOT_INITIALIZED, f"{method!r} came before 'initialize'")
            case jsonrpc.Invalid(id, code, message):
                answer = jsonrpc.error(id, code, message)
            case jsonrpc.Notification("exit", _):
                self.exit_code = 1
                return None
            case _:
                return None
        return _encode(answer)


_encode = jsonrpc.encoder()
