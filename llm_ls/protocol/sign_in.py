"""A sign-in as the user of an editor sees it: a question with the page and the code, progress, and a last word.

The page and the code are always shown as text, and a page is opened only when the user says so. A client that answers
no question still shows all that is needed; the sign-in goes on while it is not cancelled.
"""

import asyncio
import contextlib

from llm_ls import errors
from llm_ls.auth.attempts import Attempt, Ended, Identity, Invitation
from llm_ls.auth.entries import Saved, as_whom
from llm_ls.protocol import dialogs, status
from llm_ls.protocol.ext_accounts import AccountParams, SignInParams, SignInResult
from llm_ls.protocol.language_server import LlmLanguageServer, Unanswered
from llm_ls.protocol.operations import Running

_WHAT_TO_PASTE = "The address that the browser ended at, or the code that it shows:"
_OPEN, _PASTE, _CANCEL, _AGAIN = "Open browser", "Paste", "Cancel", "New code"


async def sign_in(ls: LlmLanguageServer, params: SignInParams, running: Running) -> SignInResult:
    """Sign in to a provider; how it ended is said with a message, unless it failed.

    Raises:
        errors.LlmLsError: It failed.
    """
    accounts = (await ls.session.ready()).accounts
    if params.paste is not None:
        return await _take(ls, params.provider, params.paste)
    if params.account is not None:
        await accounts.use(params.provider, params.account)
        return SignInResult("alreadySignedIn", params.account)
    account = accounts.account(params.provider)
    ended = ls.session.sign_in_wanted == params.provider  # as a request has shown
    if account is not None and not params.again and not ended:
        dialogs.say(ls, f"llm-ls is already signed in to {params.provider}{as_whom(account)}.")
        return SignInResult("alreadySignedIn", account)
    while True:
        try:
            return await _attempt(ls, params, running)
        except Ended as ended:
            if ended.status == "expired" and await _wants_another(ls, str(ended)):
                continue
            running.work.end()
            dialogs.say(ls, f"llm-ls: {ended}")
            return SignInResult(ended.status)


async def sign_out(ls: LlmLanguageServer, params: AccountParams) -> tuple[str, ...]:
    """Forget sign-ins, and say which."""
    accounts = (await ls.session.ready()).accounts
    gone = await accounts.sign_out(params.provider, params.account)
    dialogs.say(ls, f"llm-ls has signed out of {', '.join(gone)}." if gone else "llm-ls: nobody was signed in.")
    status.tell(ls)
    return gone


async def _attempt(ls: LlmLanguageServer, params: SignInParams, running: Running) -> SignInResult:
    provider, accounts = params.provider, ls.session.registry.accounts
    async with accounts.signing_in(provider, params.method) as attempt:
        ls.session.attempts[provider].append(attempt)
        running.work.report(_waiting(attempt.invitation))
        try:
            identity = await _finished(ls, provider, attempt)
        finally:
            ls.session.attempts[provider].remove(attempt)
    running.work.end()  # so that Helix 25.07 does not put it in place of the message
    if identity is None:
        dialogs.say(ls, f"llm-ls: the sign-in to {provider} was cancelled.")
        return SignInResult("cancelled")
    saved = await accounts.keep(provider, identity)
    ls.session.succeeded(provider)
    dialogs.say(ls, " ".join(_welcome(saved, accounts.shadowing(provider))))
    status.tell(ls)
    return SignInResult("signedIn", saved.account)


async def _finished(ls: LlmLanguageServer, provider: str, attempt: Attempt) -> Identity | None:
    """What came of it, while the user is asked what to do; `None` if they want to cancel."""
    finished = asyncio.ensure_future(attempt.finished())
    asking = asyncio.ensure_future(_ask(ls, provider, attempt))
    try:
        await asyncio.wait((finished, asking), return_when=asyncio.FIRST_COMPLETED)
        if not finished.done() and asking.result() == _CANCEL:
            return None
        return await finished
    finally:
        for task in (finished, asking):
            task.cancel()
        await asyncio.gather(finished, asking, return_exceptions=True)


async def _ask(ls: LlmLanguageServer, provider: str, attempt: Attempt) -> str | None:
    """Show the page and the code, and do what the user wants with them; their last word."""
    invitation, choice = attempt.invitation, None
    text, choices = f"llm-ls: {_told(provider, invitation)}", [_OPEN, _CANCEL]
    if invitation.takes_paste and ls.client.input:
        choices.insert(1, _PASTE)
    if not ls.client.show_message_request:
        dialogs.say(ls, text)
        return None
    try:
        choice = await dialogs.choose(ls, text, choices, timeout_s=invitation.lasts_s)
        if choice == _OPEN and await dialogs.open_page(ls, invitation.url) and not invitation.code:
            return choice
        if choice == _PASTE:
            await _paste(ls, attempt)
            return choice
    except Unanswered:
        pass
    if choice != _CANCEL:  # the question is gone from the screen, and its text is still needed
        dialogs.say(ls, text)
    return choice


async def _paste(ls: LlmLanguageServer, attempt: Attempt) -> None:
    while (text := await dialogs.ask_line(ls, _WHAT_TO_PASTE)) is not None:
        try:
            attempt.paste(text)
        except errors.InvalidRequest as error:
            dialogs.say_error(ls, error)
        else:
            return


async def _take(ls: LlmLanguageServer, provider: str, text: str) -> SignInResult:
    refused = errors.InvalidRequest(
        f"no sign-in to {provider} is under way", hint="begin with the command llm-ls.signIn", provider=provider
    )
    for attempt in reversed(ls.session.attempts.get(provider, ())):
        try:
            attempt.paste(text)
        except errors.InvalidRequest as error:
            refused = error
        else:
            try:
                return SignInResult("signedIn", (await attempt.finished()).account)
            except Ended as ended:
                return SignInResult(ended.status)
    raise refused


async def _wants_another(ls: LlmLanguageServer, why: str) -> bool:
    with contextlib.suppress(Unanswered):
        return (
            ls.client.show_message_request and await dialogs.choose(ls, f"llm-ls: {why}", (_AGAIN, _CANCEL)) == _AGAIN
        )
    return False


def _told(provider: str, invitation: Invitation) -> str:
    if invitation.code:
        minutes = round(invitation.lasts_s / 60)
        return (
            f"to sign in to {provider}, open {invitation.url} and enter the code {invitation.code}. "
            f"It is good for {minutes} minutes."
        )
    return f"to sign in to {provider}, open {invitation.url}"


def _waiting(invitation: Invitation) -> str:
    if invitation.code:
        return f"enter {invitation.code} at {invitation.url}"
    return "waiting for the browser"


def _welcome(saved: Saved, shadowing: str) -> list[str]:
    sentences = [f"llm-ls is signed in to {saved.provider}{as_whom(saved.account)}."]
    if saved.place == "file":
        how = "encrypted" if saved.sealed else "not encrypted"
        sentences.append(f"It is kept in a file that only you can read, {how}.")
    if shadowing:
        sentences.append(f"It is not used while {shadowing} is set.")
    return sentences
