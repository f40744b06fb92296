"""`llm-ls/listProviders` and its kin: which models there are, and which one is used."""

from typing import Any

import attrs

from llm_ls.protocol import errors, ext, status
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.wire import to_json


def register(server: LlmLanguageServer) -> None:
    @server.feature(ext.LIST_PROVIDERS)
    async def on_list_providers(ls: LlmLanguageServer, params: ext.ListProvidersParams) -> list[dict[str, Any]]:
        registry = await ls.session.ready()
        await registry.discover()
        return [to_json(provider) for provider in registry.providers()]

    @server.feature(ext.LIST_MODELS)
    async def on_list_models(ls: LlmLanguageServer, params: ext.ListModelsParams) -> list[dict[str, Any]]:
        registry = await ls.session.ready()
        if params.refresh:
            registry.refresh_catalog_soon()
        return [to_json(model) for model in await registry.list_models(params.provider, refresh=params.refresh)]

    @server.feature(ext.SET_ACTIVE_PROVIDER)
    async def on_set_active_provider(ls: LlmLanguageServer, params: ext.SetActiveProviderParams) -> dict[str, str]:
        model = (await ls.session.ready()).set_active(params.provider, params.model)
        status.tell(ls)
        return {"model": model}

    @server.feature(ext.TEST_PROVIDER_CONNECTION)
    async def on_test(ls: LlmLanguageServer, params: ext.TestProviderConnectionParams) -> dict[str, Any]:
        registry = await ls.session.ready()
        report = await registry.test_connection(params.provider, params.model, params.api_key)
        error = (
            {}
            if report.error is None
            else {"error": errors.to_response_error(report.error, ext.TEST_PROVIDER_CONNECTION)}
        )
        return {**to_json(attrs.evolve(report, error=None)), **error}
