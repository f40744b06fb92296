"""`llm-ls/signIn` and its kin: whom the user is at each provider."""

import contextlib
from collections.abc import Sequence
from typing import Any

import attrs

from llm_ls import errors
from llm_ls.protocol import dialogs, ext_accounts, operations, sign_in
from llm_ls.protocol.language_server import LlmLanguageServer, Unanswered
from llm_ls.wire import from_json, to_json


def register(server: LlmLanguageServer) -> None:
    @server.feature(ext_accounts.SIGN_IN)
    async def on_sign_in(ls: LlmLanguageServer, params: ext_accounts.SignInParams) -> dict[str, Any]:
        async with operations.running(ls, f"Sign in to {params.provider}", params.work_done_token) as running:
            return to_json(await sign_in.sign_in(ls, params, running))

    @server.feature(ext_accounts.SIGN_OUT)
    async def on_sign_out(ls: LlmLanguageServer, params: ext_accounts.AccountParams) -> list[dict[str, Any]]:
        await sign_in.sign_out(ls, params)
        with contextlib.suppress(errors.NotFound):  # one may sign out of a provider that the settings have no more
            return await _status(ls, params.provider)
        return []

    @server.feature(ext_accounts.AUTH_STATUS)
    async def on_auth_status(ls: LlmLanguageServer, params: ext_accounts.AccountParams) -> list[dict[str, Any]]:
        return await _status(ls, params.provider)

    @server.command("llm-ls.signIn")
    def on_sign_in_command(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        params = from_json({"provider": "", **argument}, ext_accounts.SignInParams, "arguments[0]")

        async def run(running: operations.Running) -> None:
            named = params if params.provider else attrs.evolve(params, provider=await _which(ls))
            await sign_in.sign_in(ls, named, running)

        return operations.start(ls, "Sign in", run, ls.work_done_token)

    @server.command("llm-ls.signOut")
    def on_sign_out_command(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        params = from_json(argument, ext_accounts.AccountParams, "arguments[0]")

        async def run(running: operations.Running) -> None:
            provider = params.provider or await _whom_of(ls)
            running.work.end()
            await sign_in.sign_out(ls, ext_accounts.AccountParams(provider, params.account))

        return operations.start(ls, "Sign out", run, ls.work_done_token)


async def _status(ls: LlmLanguageServer, provider: str | None) -> list[dict[str, Any]]:
    return [to_json(status) for status in (await ls.session.ready()).accounts.status(provider)]


async def _whom_of(ls: LlmLanguageServer) -> str | None:
    """The provider to sign out of, where there are several that the user could mean."""
    choices = [status.provider for status in (await ls.session.ready()).accounts.status() if status.signed_in]
    return await _chosen(ls, "Sign out of which provider?", choices) if len(choices) > 1 else None


async def _which(ls: LlmLanguageServer) -> str:
    """The provider to sign in to: the one that asked for it, else one that the user chooses."""
    if ls.session.sign_in_wanted:
        return ls.session.sign_in_wanted
    accounts = (await ls.session.ready()).accounts
    choices = [status.provider for status in accounts.status() if accounts.is_worth_offering(status.provider)]
    return await _chosen(ls, "Sign in to which provider?", choices)


async def _chosen(ls: LlmLanguageServer, question: str, choices: Sequence[str]) -> str:
    try:
        chosen = await dialogs.choose(ls, question, choices)
    except Unanswered as error:
        example = next(iter(choices), "NAME")
        raise errors.InvalidRequest(
            "nobody has chosen a provider", hint=f'name one in the argument: `{{"provider": "{example}"}}`'
        ) from error
    if chosen is None:
        raise operations.Dismissed
    return chosen
