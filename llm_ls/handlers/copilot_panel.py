"""Copilot's panel, which lists several suggestions to choose from: in its older words and in its newer ones."""

from typing import Any

from llm_ls import errors
from llm_ls.features import inline_completion
from llm_ls.protocol import completing, copilot_legacy, operations
from llm_ls.protocol.completing import Asked
from llm_ls.protocol.copilot_legacy import PanelCompletionParams, PanelParams
from llm_ls.protocol.errors import Superseded
from llm_ls.protocol.language_server import LlmLanguageServer


def register(server: LlmLanguageServer) -> None:
    @server.feature(copilot_legacy.GET_PANEL_COMPLETIONS)
    def on_get_panel_completions(ls: LlmLanguageServer, params: PanelParams) -> dict[str, int]:
        ls.spawn(_fill(ls, params), name="panel")
        return {"solutionCountTarget": len(inline_completion.TEMPERATURES)}

    @server.feature(copilot_legacy.COPILOT_PANEL_COMPLETION)
    async def on_panel_completion(ls: LlmLanguageServer, params: PanelCompletionParams) -> dict[str, Any]:
        async with operations.running(ls, "Suggestions", params.work_done_token):
            asked = Asked(params.text_document.uri, params.position, invoked=True)
            document, made = await completing.suggestions(ls, asked)
        items = [completing.to_item(ls, document, one) for one in made]
        if params.partial_result_token is None:
            return {"items": items}
        for item in items:
            ls.send_progress(params.partial_result_token, {"items": [item]})
        return {"items": []}


async def _fill(ls: LlmLanguageServer, params: PanelParams) -> None:
    """Send the solutions, and in any case that they are all."""
    done: dict[str, str] = {"panelId": params.panel_id, "status": "OK"}
    try:
        document, made = await copilot_legacy.suggestions(ls, params.doc, invoked=True)
        for one in made:
            if (solution := copilot_legacy.solution(ls, document, one, params)) is not None:
                ls.tell(copilot_legacy.PANEL_SOLUTION, solution)
    except Superseded:
        pass
    except errors.LlmLsError as error:
        done = {**done, "status": "Error", "message": error.sentence}
    ls.tell(copilot_legacy.PANEL_SOLUTIONS_DONE, done)
