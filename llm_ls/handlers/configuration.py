"""Settings as they arrive: with `initialize`, on request, by notification and from files; merged and used live."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any, cast

from lsprotocol import types

from llm_ls.protocol import completion_items, dialogs, log, status, workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer, Unanswered
from llm_ls.settings import sources, workspace
from llm_ls.settings.merging import merge
from llm_ls.settings.problems import Problem

ANSWER_TIMEOUT_S = 2.0
PROBLEMS_SHOWN = 3
FROM_CLIENT = ("initialize", "configuration", "change")
"""The first that sets a key wins."""


def register(server: LlmLanguageServer) -> None:
    @server.feature(types.INITIALIZED)
    async def on_initialized(ls: LlmLanguageServer, params: types.InitializedParams) -> None:
        ls.session.sources = {"initialize": sources.from_initialization_options(ls.client.initialization_options)}
        if ls.client.did_change_configuration_dynamic:
            ls.spawn(_subscribe(ls), name="register for settings")
        await reload(ls)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def on_change(ls: LlmLanguageServer, params: types.DidChangeConfigurationParams) -> None:
        given = sources.from_did_change(params.settings, of_copilot=ls.speaks_copilot)
        ls.session.sources["change"] = given
        await reload(ls)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def on_save(ls: LlmLanguageServer, params: types.DidSaveTextDocumentParams) -> None:
        path = workspace_files.path_of(params.text_document.uri)
        if path and (path.name == workspace.FILE or path == sources.user_file(ls.session.environment)):
            await reload(ls)


async def reload(ls: LlmLanguageServer) -> None:
    """Read every source again and use what they come to; what is wrong in them is said once."""
    session = ls.session
    async with session.reading_settings():
        if ls.client.configuration and (kept := await _pull(ls)) is not None:
            session.sources["configuration"] = kept
        from_disk = await asyncio.to_thread(sources.from_disk, session.environment, workspace_files.folders(ls))
        from_client = [source for name in FROM_CLIENT if (source := session.sources.get(name))]
        settings, problems = merge((*from_client, *from_disk))
        session.configure(settings)
    log.set_level(settings.log.level)
    _tell(ls, problems)
    status.tell(ls)
    ls.spawn(completion_items.register(ls), name="register for completion")


def _tell(ls: LlmLanguageServer, problems: Sequence[Problem]) -> None:
    told = ls.session.told_problems
    new = [sentence for problem in problems if (sentence := problem.sentence) not in told]
    told.update(new)
    if new:
        more = [f"{len(new) - PROBLEMS_SHOWN} more problems."] if len(new) > PROBLEMS_SHOWN else []
        dialogs.say(ls, " ".join(("llm-ls:", *new[:PROBLEMS_SHOWN], *more)), types.MessageType.Warning)


async def _pull(ls: LlmLanguageServer) -> sources.Source | None:
    """What the client keeps for us; `None` if it does not answer, which changes nothing."""
    params = types.ConfigurationParams([types.ConfigurationItem(section=sources.SECTION)])
    try:
        answer = await ls.ask(types.WORKSPACE_CONFIGURATION, params, ANSWER_TIMEOUT_S)
    except Unanswered:
        return None
    items: list[Any] = cast("list[Any]", answer) if isinstance(answer, list) else []
    return sources.from_configuration(items[0] if items else None)


async def _subscribe(ls: LlmLanguageServer) -> None:
    what = types.Registration("llm-ls/settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, {"section": sources.SECTION})
    with contextlib.suppress(Unanswered):
        await ls.ask(types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams([what]), ANSWER_TIMEOUT_S)
