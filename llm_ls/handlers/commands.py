"""`workspace/executeCommand` for what concerns the server itself: stop, choose a model, say how things stand."""

from typing import Any

from llm_ls import errors
from llm_ls.protocol import dialogs, ext, operations, status
from llm_ls.protocol.language_server import LlmLanguageServer, Unanswered
from llm_ls.wire import from_json

CHOICES = 12
"""More buttons than this fit in no dialog."""


def register(server: LlmLanguageServer) -> None:
    @server.command("llm-ls.cancel")
    def on_cancel(ls: LlmLanguageServer, argument: Any) -> dict[str, int]:
        arguments = from_json(argument, ext.OperationArguments, "arguments[0]")
        return {"cancelled": ls.session.cancel(arguments.operation)}

    @server.command("llm-ls.selectModel")
    def on_select_model(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        arguments = from_json(argument, ext.ActionArguments, "arguments[0]")

        async def select(running: operations.Running) -> None:
            await _select_model(ls, arguments.model, running)

        return operations.start(ls, "Choose a model", select, ls.work_done_token)

    @server.command("llm-ls.status")
    def on_status(ls: LlmLanguageServer, argument: Any) -> dict[str, Any]:
        current = status.current(ls)
        dialogs.say(ls, f"llm-ls: {current.message}")
        return {"status": current.message}


async def _select_model(ls: LlmLanguageServer, name: str | None, running: operations.Running) -> None:
    registry = await ls.session.ready()
    if name is None:
        await registry.discover()
        known = [model.id for model in await registry.list_models()]
        if not known:
            raise errors.MissingCredentials(
                "no provider is configured", hint="set a provider's key or start a local server"
            )
        try:
            name = await dialogs.choose(ls, "Which model should answer?", known[:CHOICES])
        except Unanswered as error:
            raise errors.InvalidRequest(
                "nobody has chosen a model", hint=f'name one in the argument: `{{"model": "{known[0]}"}}`'
            ) from error
    if name is not None:
        provider, _, model = registry.model(name).name.partition("/")
        running.work.end()
        dialogs.say(ls, f"llm-ls now uses {registry.set_active(provider, model)}.")
        status.tell(ls)
