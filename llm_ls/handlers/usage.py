"""`llm-ls/usage` and the command of that name: what requests took, in tokens and money."""

import time
from typing import Any

from llm_ls.features import usage
from llm_ls.protocol import dialogs, ext, operations
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.store import periods
from llm_ls.wire import Malformed, to_json


def register(server: LlmLanguageServer) -> None:
    @server.feature(ext.USAGE)
    async def on_usage(ls: LlmLanguageServer, params: ext.UsageParams) -> dict[str, Any]:
        since = _start(params.since)
        await _settled(ls)
        return to_json(await ls.session.routes.ledger.totals(since, params.by))

    @server.command("llm-ls.usage")
    def on_command(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        async def show(running: operations.Running) -> None:
            await _settled(ls)
            summary = await usage.summary(ls.session.routes.ledger, time.time())
            running.work.end()
            dialogs.say(ls, f"llm-ls: {summary}")

        return operations.start(ls, "Usage", show, ls.work_done_token)


async def _settled(ls: LlmLanguageServer) -> None:
    """Wait until the ledger has what has happened; a moment at most."""
    await ls.session.routes.settled()
    await ls.session.suggestions.settled()


def _start(since: str | None) -> float | None:
    try:
        return None if since is None else periods.since(since, time.time())
    except ValueError as error:
        raise Malformed("params.since", str(error)) from error
