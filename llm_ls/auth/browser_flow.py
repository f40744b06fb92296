"""Signing in on a vendor's page (RFC 6749, 7636, 8252): the browser comes back by itself, or its address is pasted."""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import AsyncGenerator
from typing import Literal

import attrs

from llm_ls import errors
from llm_ls.auth import authorization, callback, callback_page, chatgpt, loopback, sign_ins, token_endpoint
from llm_ls.auth.attempts import Ended, Identity, Invitation
from llm_ls.auth.authorization import Authorization, Redirect
from llm_ls.auth.callback_page import Page
from llm_ls.auth.code_exchange import exchanged
from llm_ls.auth.fetching import Fetch
from llm_ls.auth.oauth_client import OAuthClient
from llm_ls.auth.secret import Secret

_LASTS_S = 300.0
_PAGE_WAITS_S = 10.0
_logger = logging.getLogger(__name__)


class BrowserAttempt:
    """An `attempts.Attempt`, made by `begin`.

    Attributes:
        issued_client_id: The id that the vendor has given this client out, as soon as it is known and however the
            attempt ends; empty where there is none. To be used for the next sign-in.
    """

    def __init__(self, client: OAuthClient, fetch: Fetch, attempt: Authorization, host_id: str, lasts_s: float) -> None:
        self._client = client
        self._fetch = fetch
        self._attempt = attempt
        self._host_id = host_id
        self._invitation = Invitation(attempt.url, lasts_s=lasts_s, takes_paste=True)
        self._outcome: asyncio.Future[Identity] = asyncio.get_running_loop().create_future()
        self._exchange: asyncio.Task[None] | None = None
        self._expiry = asyncio.get_running_loop().call_later(lasts_s, self._expire)
        self.issued_client_id = ""

    @property
    def invitation(self) -> Invitation:
        return self._invitation

    async def finished(self) -> Identity:
        return await asyncio.shield(self._outcome)

    def paste(self, text: str) -> None:
        if self._outcome.done() or self._exchange is not None:
            raise self._not_taken("this sign-in has its answer already")
        try:
            self._accept(callback.pasted(self._client, self._attempt, text))
        except callback.Stray as stray:
            raise self._not_taken(f"the pasted text was not taken: {_lower(str(stray))}") from None
        except (Ended, errors.LlmLsError) as failure:
            self._fail(failure)

    async def visited(self, query: str) -> Page:
        """The page for a browser that comes back with `query`."""
        name = self._client.name
        try:
            answer = callback.read(self._client, self._attempt, query)
        except callback.Stray as stray:
            return callback_page.refused(400, str(stray))
        except (Ended, errors.LlmLsError) as failure:
            if not self._settled:
                self._fail(failure)
                return callback_page.failed(name, _sentence(failure))
        else:
            if not self._settled:
                self._accept(answer)
                await asyncio.wait((self._outcome,), timeout=_PAGE_WAITS_S)
                return self._page()
        return callback_page.over(self._what_came_of_it())

    async def end(self) -> None:
        """Leave it; what is under way is dropped."""
        self._expiry.cancel()
        if self._outcome.done() and not self._outcome.cancelled():
            self._outcome.exception()  # whether or not anybody has asked
        self._outcome.cancel()
        if self._exchange is not None:
            self._exchange.cancel()
            await asyncio.gather(self._exchange, return_exceptions=True)

    @property
    def _settled(self) -> bool:
        return self._outcome.done() or self._exchange is not None

    def _accept(self, answer: callback.Answer) -> None:
        if answer.client_id:
            self.issued_client_id = answer.client_id
            self._client = attrs.evolve(self._client, client_id=answer.client_id)
        self._expiry.cancel()
        self._exchange = asyncio.create_task(self._exchanged(answer.code))

    async def _exchanged(self, code: Secret) -> None:
        try:
            found = await exchanged(self._client, self._fetch, self._attempt, code, self._host_id)
        except Exception as failure:  # whoever waits gets it, of whatever kind
            self._fail(failure)
        else:
            _logger.info("signed in to %s", self._client.provider)
            if not self._outcome.done():
                self._outcome.set_result(found)

    def _fail(self, failure: Exception) -> None:
        self._expiry.cancel()
        if not self._outcome.done():
            self._outcome.set_exception(failure)

    def _expire(self) -> None:
        self._fail(Ended("expired", f"nobody signed in to {self._client.name} in time"))

    def _page(self) -> Page:
        if not self._outcome.done():
            return callback_page.undecided(self._client.name)
        if self._outcome.cancelled():
            return callback_page.over(self._what_came_of_it())
        failure = self._outcome.exception()
        if failure is None:
            return callback_page.signed_in(self._client.name)
        return callback_page.failed(self._client.name, _sentence(failure))

    def _what_came_of_it(self) -> str:
        if not self._outcome.done():
            return "Your editor has its answer already."
        if self._outcome.cancelled():
            return "It was ended in your editor."
        failure = self._outcome.exception()
        return f"You are signed in to {self._client.name} already." if failure is None else _sentence(failure)

    def _not_taken(self, message: str) -> errors.InvalidRequest:
        return errors.InvalidRequest(
            message.rstrip("."),
            hint="copy the whole address of the page that your browser came to",
            provider=self._client.provider,
        )


@contextlib.asynccontextmanager
async def begin(
    client: OAuthClient,
    fetch: Fetch,
    *,
    method: Literal["browser", "paste"] = "browser",
    installation: str = "",
    lasts_s: float = _LASTS_S,
) -> AsyncGenerator[BrowserAttempt]:
    """An attempt that lasts as long as the context, and `lasts_s` at most.

    Args:
        method: `paste` opens no port: for a browser on another machine.
        installation: Names this installation to vendors who ask for it, always the same.

    Raises:
        MissingCredentials: The client has no id.
        SettingsInvalid: An address of the client is not safe.
        ConnectionFailed: The port that the client insists on is taken.
    """
    sign_ins.check(client)
    target = authorization.redirect(client)
    host_id = chatgpt.host_id(installation) if client.flavor == "chatgpt" else ""
    token_endpoint.check_url(client, client.token_url)
    async with contextlib.AsyncExitStack() as stack:
        door: socket.socket | None = None
        port = target.port
        if target.host and method == "browser":
            door = stack.enter_context(contextlib.closing(_opened(client, target)))
            port = door.getsockname()[1]
        elif target.host and not port:
            port = loopback.free_port(target.host)
        attempt = authorization.authorization(client, target.at(port), host_id)
        made = BrowserAttempt(client, fetch, attempt, host_id, lasts_s)
        if door is not None:
            await stack.enter_async_context(loopback.serving(door, target.path or "/", made.visited))
        stack.push_async_callback(made.end)
        yield made


def _opened(client: OAuthClient, target: Redirect) -> socket.socket:
    try:
        return loopback.opened(target.host, target.port)
    except OSError as error:
        raise errors.ConnectionFailed(
            f"port {target.port} of this machine, where {client.name} sends your browser, cannot be opened: "
            f"{os.strerror(error.errno or 0)}",
            hint=f"end the program that uses port {target.port}, or sign in with the method `paste`",
            provider=client.provider,
        ) from None


def _sentence(failure: BaseException) -> str:
    if isinstance(failure, errors.LlmLsError):
        return failure.sentence
    return _upper(f"{failure}.") if isinstance(failure, Ended) else "Something went wrong in llm-ls."


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
