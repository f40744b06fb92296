"""Signing in as Copilot's clients do it, to whatever provider answers here: a code at once, and later how it ended.

Where a key or a local server does the job, somebody is signed in already. What fails is an error of the request, since
copilot.vim 1.41 takes every other answer for a success.
"""

import asyncio
import contextlib
from typing import Any

import attrs

from llm_ls import errors
from llm_ls.auth.attempts import Ended, Invitation
from llm_ls.protocol import copilot, dialogs, ext_accounts, sign_in, status
from llm_ls.protocol.errors import RequestFailed
from llm_ls.protocol.language_server import LlmLanguageServer

_Failure = Ended | errors.LlmLsError
_FINISH: dict[str, Any] = {"title": "Sign in", "command": copilot.FINISH_DEVICE_FLOW, "arguments": []}


@attrs.frozen
class _UnderWay:
    """A sign-in that goes on whether or not the client asks how it ends."""

    provider: str
    invitation: Invitation
    ended: "asyncio.Task[_Failure | None]"


class _SignIn:
    """The sign-in of one client."""

    def __init__(self) -> None:
        self.under_way: _UnderWay | None = None
        self._beginning = asyncio.Lock()

    async def begin(self, ls: LlmLanguageServer) -> dict[str, Any]:
        """The page and the code; while they are good, the same ones again."""
        async with self._beginning:
            provider, user = await _who(ls)
            if user is not None:
                return {"status": "AlreadySignedIn", "user": user}
            found = self.under_way
            if found is None or found.ended.done() or found.provider != provider:
                self.stop()
                found = self.under_way = await _begun(ls, provider)
        return {
            "status": "PromptUserDeviceFlow",
            "userCode": found.invitation.code,
            "verificationUri": found.invitation.url,
            "expiresIn": round(found.invitation.lasts_s),
            "interval": 5,
            "command": _FINISH,
        }

    async def end(self, ls: LlmLanguageServer) -> dict[str, str]:
        """Wait for the person.

        Raises:
            RequestFailed: They refused, or took too long.
            errors.LlmLsError: It failed, or none is under way.
        """
        if self.under_way is not None:
            _check(await asyncio.shield(self.under_way.ended))
        provider, user = await _who(ls)
        if user is None:
            raise errors.InvalidRequest(f"no sign-in to {provider} is under way", hint="begin with signIn")
        return {"status": "OK", "user": user}

    def stop(self) -> None:
        """Let go of the one that is under way."""
        if self.under_way is not None:
            self.under_way.ended.cancel()
            self.under_way = None


def register(server: LlmLanguageServer) -> None:
    ours = _SignIn()

    @server.feature(copilot.CHECK_STATUS)
    async def on_check_status(ls: LlmLanguageServer, params: Any) -> dict[str, str]:
        return await _status(ls)

    @server.feature(copilot.SIGN_IN)
    async def on_sign_in(ls: LlmLanguageServer, params: Any) -> dict[str, Any]:
        return await ours.begin(ls)

    @server.feature(copilot.SIGN_IN_INITIATE)
    async def on_sign_in_initiate(ls: LlmLanguageServer, params: Any) -> dict[str, Any]:
        return await ours.begin(ls)

    @server.feature(copilot.SIGN_IN_CONFIRM)
    async def on_sign_in_confirm(ls: LlmLanguageServer, params: Any) -> dict[str, str]:
        return await ours.end(ls)

    @server.command(copilot.FINISH_DEVICE_FLOW)
    async def on_finish(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        if ours.under_way is not None:
            ls.spawn(dialogs.open_page(ls, ours.under_way.invitation.url), name="open the page of a sign-in")
        return await ours.end(ls)

    @server.feature(copilot.SIGN_OUT)
    async def on_sign_out(ls: LlmLanguageServer, params: Any) -> dict[str, str]:
        ours.stop()
        with contextlib.suppress(errors.LlmLsError):  # where nothing is configured, nobody is signed in
            provider, _ = await _who(ls)
            await sign_in.sign_out(ls, ext_accounts.AccountParams(provider))
            return await _status(ls)
        return {"status": "NotSignedIn"}


async def _status(ls: LlmLanguageServer) -> dict[str, str]:
    """Where nobody can be signed in, nobody is: signing in says what to do, and copilot.lua fails on an error here."""
    user = None
    with contextlib.suppress(errors.LlmLsError):
        _, user = await _who(ls)
    return {"status": "NotSignedIn"} if user is None else {"status": "OK", "user": user}


async def _who(ls: LlmLanguageServer) -> tuple[str, str | None]:
    """The provider that answers this client, and who the user is there; `None` if signing in with a code is due.

    Where nobody has an account, such as with a key or a local server, the user is called as the provider.

    Raises:
        errors.LlmLsError: There is no provider, or nobody can sign in to it with a code; says what to do.
    """
    ls.speaks_copilot = True
    registry = await ls.session.ready()
    accounts, wanted = registry.accounts, ls.session.sign_in_wanted
    name = registry.default_name("inlineCompletion")
    provider = wanted or (name or "").partition("/")[0] or _offered(ls)
    if provider is None:
        await registry.discover()
        provider = registry.default_model("inlineCompletion").name.partition("/")[0]
    known = accounts.status(provider)[0]
    if provider != wanted and known.source != "none":
        return provider, (known.account if known.source == "oauth" else None) or provider
    if "device" in accounts.methods(provider) and accounts.is_worth_offering(provider):
        return provider, None
    lack = registry.lack(provider) or f"run the command llm-ls.signIn, or `llm-ls login {provider}`"
    raise errors.SignInRequired(f"{provider} does not know you", hint=lack, provider=provider)


def _offered(ls: LlmLanguageServer) -> str | None:
    """A provider that nobody is known to, and that the user has prepared for signing in with a code."""
    accounts = ls.session.registry.accounts
    for one in accounts.status():
        if "device" in accounts.methods(one.provider) and accounts.is_prepared(one.provider):
            return one.provider
    return None


async def _begun(ls: LlmLanguageServer, provider: str) -> _UnderWay:
    invited: asyncio.Future[Invitation] = asyncio.get_running_loop().create_future()
    ended = ls.spawn(_sign_in(ls, provider, invited), name=f"sign in to {provider}")
    try:
        await asyncio.wait((invited, ended), return_when=asyncio.FIRST_COMPLETED)
        if not invited.done():
            _check(await ended)
        return _UnderWay(provider, invited.result(), ended)
    except BaseException:
        ended.cancel()
        raise


async def _sign_in(ls: LlmLanguageServer, provider: str, invited: asyncio.Future[Invitation]) -> _Failure | None:
    """Why nobody is signed in when it ends; `None` if somebody is."""
    accounts = ls.session.registry.accounts
    try:
        async with accounts.signing_in(provider, "device") as attempt:
            invited.set_result(attempt.invitation)
            identity = await attempt.finished()
        await accounts.keep(provider, identity)
    except (Ended, errors.LlmLsError) as failure:
        return failure
    ls.session.succeeded(provider)
    status.tell(ls)
    return None


def _check(failure: _Failure | None) -> None:
    match failure:
        case Ended():
            raise RequestFailed(copilot.DEVICE_FLOW_FAILED, str(failure))
        case errors.LlmLsError():
            raise failure
        case None:
            pass
