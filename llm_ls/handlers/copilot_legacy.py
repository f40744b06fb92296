"""Copilot's older requests for suggestions: `getCompletions` and its kin, and what models there are."""

from collections.abc import Coroutine
from typing import Any

from llm_ls.protocol import copilot_legacy
from llm_ls.protocol.completing import Pending
from llm_ls.protocol.copilot_legacy import (
    AcceptedParams,
    CompletionsParams,
    Doc,
    ModelsParams,
    RejectedParams,
    ShownParams,
)
from llm_ls.protocol.errors import Superseded
from llm_ls.protocol.language_server import LlmLanguageServer

Answer = Coroutine[Any, Any, dict[str, Any]]


def register(server: LlmLanguageServer) -> None:
    running: set[str] = set()
    """The documents for which `getCompletions` runs."""

    @server.feature(copilot_legacy.GET_COMPLETIONS)
    def on_get_completions(ls: LlmLanguageServer, params: CompletionsParams) -> Answer:
        pending = copilot_legacy.suggestions(ls, params.doc, invoked=False)
        running.add(params.doc.uri)

        async def answer() -> dict[str, Any]:
            try:
                return await _completions(ls, params.doc, pending)
            finally:
                running.discard(params.doc.uri)

        return answer()

    @server.feature(copilot_legacy.GET_COMPLETIONS_CYCLING)
    def on_cycling(ls: LlmLanguageServer, params: CompletionsParams) -> Answer:
        # LSP-copilot sends both at each key, copilot.lua and copilot.vim this one when the user wants another.
        invoked = params.doc.uri not in running
        return _completions(ls, params.doc, copilot_legacy.suggestions(ls, params.doc, invoked=invoked))

    @server.feature(copilot_legacy.NOTIFY_SHOWN)
    def on_shown(ls: LlmLanguageServer, params: ShownParams) -> str:
        ls.session.suggestions.shown(params.uuid)
        return copilot_legacy.OK

    @server.feature(copilot_legacy.NOTIFY_ACCEPTED)
    def on_accepted(ls: LlmLanguageServer, params: AcceptedParams) -> str:
        if params.accepted_length is None:
            ls.session.suggestions.accepted(params.uuid)
        else:
            ls.session.suggestions.accepted_part(params.uuid, params.accepted_length)
        return copilot_legacy.OK

    @server.feature(copilot_legacy.NOTIFY_REJECTED)
    def on_rejected(ls: LlmLanguageServer, params: RejectedParams) -> str:
        for uuid in params.uuids:
            ls.session.suggestions.rejected(uuid)
        return copilot_legacy.OK

    @server.feature(copilot_legacy.MODELS)
    async def on_models(ls: LlmLanguageServer, params: ModelsParams) -> list[dict[str, Any]]:
        registry = await ls.session.ready()
        if registry.default_name("inlineCompletion") is None:
            await registry.discover()
        used = registry.default_name("inlineCompletion")
        return [copilot_legacy.model(one, used) for one in await registry.list_models() if not one.deprecated]


async def _completions(ls: LlmLanguageServer, doc: Doc, pending: Pending) -> dict[str, Any]:
    """Nothing, rather than an error that is shown at each key, for a request that a newer one has overtaken."""
    try:
        document, made = await pending
    except Superseded:
        return {"completions": []}
    return {"completions": [copilot_legacy.completion(ls, document, one, doc) for one in made]}
