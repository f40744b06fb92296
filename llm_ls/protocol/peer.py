"""The client as we speak to it: answers, notifications, requests of our own, and progress on a fast path."""

import asyncio
import enum
import itertools
from collections.abc import Callable
from typing import Any, cast

import attrs

from llm_ls import wire
from llm_ls.protocol import errors, jsonrpc
from llm_ls.protocol.errors import Unanswered
from llm_ls.protocol.outgoing import Outgoing

Token = str | int
KEPT_PREFIXES = 256


class Peer:
    """Encodes what is sent, and matches the client's answers to our requests.

    Args:
        outgoing: Where messages leave.
        unstructure: Makes JSON of an lsprotocol object.
    """

    def __init__(self, outgoing: Outgoing, unstructure: Callable[[Any], Any]) -> None:
        self._outgoing = outgoing
        self._unstructure = unstructure
        self._encode = jsonrpc.encoder(self._to_json)
        self._numbers = itertools.count(1)
        self._asked: dict[jsonrpc.Id, asyncio.Future[Any]] = {}
        self._prefixes: dict[Token, bytes] = {}

    def send(self, message: Any) -> None:
        """Send a whole message."""
        self._outgoing.send(self._encode(message))

    def answer(self, id: jsonrpc.Id, result: Any) -> None:
        """Answer a request of the client."""
        self.send(jsonrpc.result(id, result))

    def refuse(self, id: jsonrpc.Id | None, error: BaseException, method: str) -> None:
        """Answer a request that could not be fulfilled."""
        self.send({"jsonrpc": "2.0", "id": id, "error": errors.to_response_error(error, method)})

    def tell(self, method: str, params: Any = None) -> None:
        """Send a notification; `params` is JSON or an lsprotocol object, `None` leaves it out."""
        self.send(_message(method, params))

    def progress(self, token: Token, value: dict[str, Any]) -> None:
        """Send `$/progress`. Once for every word of an answer: the envelope is made once for each token."""
        prefix = self._prefixes.get(token)
        if prefix is None:
            if len(self._prefixes) >= KEPT_PREFIXES:
                self._prefixes.clear()
            envelope = {"jsonrpc": "2.0", "method": "$/progress", "params": {"token": token, "value": 0}}
            prefix = self._prefixes[token] = self._encode(envelope).removesuffix(b"0}}")
        self._outgoing.send(b"%b%b}}" % (prefix, self._encode(value)))

    async def ask(self, method: str, params: Any, timeout_s: float | None) -> Any:
        """Send a request; the raw JSON of its result.

        Args:
            method: Of the request.
            params: JSON or an lsprotocol object.
            timeout_s: `None` waits for ever.

        Raises:
            Unanswered: The client refused, or said nothing in time.
        """
        id = next(self._numbers)
        answer = self._asked[id] = asyncio.get_running_loop().create_future()
        self.send({**_message(method, params), "id": id})
        try:
            async with asyncio.timeout(timeout_s):
                return await answer
        except TimeoutError:
            self.tell("$/cancelRequest", {"id": id})
            raise Unanswered(f"the client did not answer {method!r} within {timeout_s:g} s") from None
        except asyncio.CancelledError:
            self.tell("$/cancelRequest", {"id": id})
            raise
        finally:
            del self._asked[id]

    def settle(self, response: jsonrpc.Response) -> bool:
        """Take the client's answer; whether it was to a request that we wait for."""
        answer = self._asked.get(response.id) if response.id is not None else None
        if answer is None:
            return False
        if not answer.done():
            if response.error is None:
                answer.set_result(response.result)
            else:
                answer.set_exception(Unanswered(f"the client refused: {_reason(response.error)}"))
        return True

    async def drained(self) -> None:
        """Return at once, unless the client is slow to read."""
        await self._outgoing.drained()

    def _to_json(self, value: Any) -> Any:
        if isinstance(value, enum.Enum):
            return value.value
        cls = cast("type[object]", value.__class__)
        if not attrs.has(cls):
            raise TypeError(f"{cls.__name__} is no JSON")
        ours = not cls.__module__.startswith("lsprotocol.")
        return wire.to_json(value) if ours else self._unstructure(value)


def _message(method: str, params: Any) -> dict[str, Any]:
    message: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
    return message if params is None else {**message, "params": params}


def _reason(error: Any) -> str:
    return str(cast("dict[str, Any]", error).get("message")) if isinstance(error, dict) else "for no reason"
