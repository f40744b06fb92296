"""`llm-ls/status`: whether something runs, and what went wrong last; for clients that declare they show it.

Copilot's clients are told the same in their words.
"""

from llm_ls.protocol import copilot, ext
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.wire import to_json


def tell(ls: LlmLanguageServer) -> None:
    """Send the status as it is now."""
    if ls.client.status:
        ls.tell(ext.STATUS, to_json(current(ls)))
    if ls.speaks_copilot:
        copilot.tell_status(ls, current(ls))


def current(ls: LlmLanguageServer) -> ext.StatusParams:
    """The status as it is now."""
    session = ls.session
    model = session.registry.default_name("chat") or session.registry.default_name("inlineCompletion")
    running = next(reversed(session.operations.values()), None)
    if running is not None:
        return ext.StatusParams(
            True, "normal", f"{running.title} · {running.model}".rstrip(" ·"), running.model or model
        )
    if session.failure:
        return ext.StatusParams(False, "error", session.failure, model)
    if model is None:
        return ext.StatusParams(False, "inactive", "no model is configured")
    return ext.StatusParams(False, "normal", model, model)
