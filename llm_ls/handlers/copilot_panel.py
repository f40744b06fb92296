"""Copilot's panel, which lists several suggestions to choose from: in its older words and in its newer ones."""

from collections.abc import Coroutine
from typing import Any

from llm_ls import errors
from llm_ls.features import inline_completion
from llm_ls.protocol import completing, copilot_legacy, operations
from llm_ls.protocol.completing import Asked, Pending
from llm_ls.protocol.copilot_legacy import PanelCompletionParams, PanelParams
from llm_ls.protocol.errors import Superseded
from llm_ls.protocol.language_server import LlmLanguageServer

Answer = Coroutine[Any, Any, dict[str, Any]]


def register(server: LlmLanguageServer) -> None:
    @server.feature(copilot_legacy.GET_PANEL_COMPLETIONS)
    def on_get_panel_completions(ls: LlmLanguageServer, params: PanelParams) -> dict[str, int]:
        pending = copilot_legacy.suggestions(ls, params.doc, invoked=True)
        ls.spawn(_fill(ls, params, pending), name="panel")
        return {"solutionCountTarget": len(inline_completion.TEMPERATURES)}

    @server.feature(copilot_legacy.COPILOT_PANEL_COMPLETION)
    def on_panel_completion(ls: LlmLanguageServer, params: PanelCompletionParams) -> Answer:
        asked = Asked(params.text_document.uri, params.position, invoked=True)
        return _panel_completion(ls, params, completing.suggestions(ls, asked))


async def _panel_completion(ls: LlmLanguageServer, params: PanelCompletionParams, pending: Pending) -> dict[str, Any]:
    async with operations.running(ls, "Suggestions", params.work_done_token):
        document, made = await pending
    items = [completing.to_item(ls, document, one) for one in made]
    if params.partial_result_token is None:
        return {"items": items}
    for item in items:
        ls.send_progress(params.partial_result_token, {"items": [item]})
    return {"items": []}


async def _fill(ls: LlmLanguageServer, params: PanelParams, pending: Pending) -> None:
    """Send the solutions, and in any case that they are all."""
    done: dict[str, str] = {"panelId": params.panel_id, "status": "OK"}
    try:
        document, made = await pending
        for one in made:
            if (solution := copilot_legacy.solution(ls, document, one, params)) is not None:
                ls.tell(copilot_legacy.PANEL_SOLUTION, solution)
    except Superseded:
        pass
    except errors.LlmLsError as error:
        done = {**done, "status": "Error", "message": error.sentence}
    ls.tell(copilot_legacy.PANEL_SOLUTIONS_DONE, done)
