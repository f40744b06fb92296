"""`llm-ls/saveApiKey` and its kin: keys that are kept for the user, and never shown again."""

from typing import Any

from llm_ls.protocol import ext, ext_accounts, status
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.wire import to_json


def register(server: LlmLanguageServer) -> None:
    @server.feature(ext_accounts.SAVE_API_KEY)
    async def on_save(ls: LlmLanguageServer, params: ext_accounts.SaveApiKeyParams) -> dict[str, Any]:
        saved = await (await ls.session.ready()).accounts.save_key(params.provider, params.api_key)
        ls.session.succeeded(params.provider)
        status.tell(ls)
        return {"store": saved.place, "encrypted": saved.place == "keyring" or saved.sealed}

    @server.feature(ext_accounts.GET_API_KEY)
    async def on_get(ls: LlmLanguageServer, params: ext_accounts.ProviderParams) -> dict[str, Any]:
        return to_json(await (await ls.session.ready()).accounts.key(params.provider))

    @server.feature(ext_accounts.DELETE_API_KEY)
    async def on_delete(ls: LlmLanguageServer, params: ext_accounts.ProviderParams) -> list[dict[str, Any]]:
        await (await ls.session.ready()).accounts.delete_key(params.provider)
        status.tell(ls)
        return await _saved(ls)

    @server.feature(ext_accounts.LIST_SAVED_PROVIDERS)
    async def on_list(ls: LlmLanguageServer, params: ext.ListProvidersParams) -> list[dict[str, Any]]:
        return await _saved(ls)


async def _saved(ls: LlmLanguageServer) -> list[dict[str, Any]]:
    return [to_json(saved) for saved in (await ls.session.ready()).accounts.saved()]
