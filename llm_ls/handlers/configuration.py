"""Settings as they arrive: with `initialize`, on request, by notification and from files; merged and used live."""

import asyncio
import contextlib
from pathlib import Path

from lsprotocol import types
from pygls import uris

from llm_ls.protocol import dialogs, log, status, workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer, Unanswered
from llm_ls.settings import sources, workspace
from llm_ls.settings.merging import merge

ANSWER_TIMEOUT_S = 2.0
PROBLEMS_SHOWN = 3


def register(server: LlmLanguageServer) -> None:
    @server.feature(types.INITIALIZED)
    async def on_initialized(ls: LlmLanguageServer, params: types.InitializedParams) -> None:
        ls.session.sources = {"initialize": sources.from_initialization_options(ls.client.initialization_options)}
        if ls.client.did_change_configuration_dynamic:
            ls.spawn(_subscribe(ls), name="register for settings")
        await reload(ls)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def on_change(ls: LlmLanguageServer, params: types.DidChangeConfigurationParams) -> None:
        ls.session.sources["change"] = sources.from_did_change(params.settings)
        await reload(ls)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def on_save(ls: LlmLanguageServer, params: types.DidSaveTextDocumentParams) -> None:
        path = uris.to_fs_path(params.text_document.uri)
        if path and (Path(path).name == workspace.FILE or Path(path) == sources.user_file(ls.session.environment)):
            await reload(ls)


async def reload(ls: LlmLanguageServer) -> None:
    """Read every source again and use what they come to; what is wrong in them is said once."""
    ls.session.configured.clear()
    if ls.client.configuration:
        ls.session.sources["configuration"] = await _pull(ls)
    from_disk = await asyncio.to_thread(sources.from_disk, ls.session.environment, workspace_files.folders(ls))
    from_client = [
        source for name in ("initialize", "configuration", "change") if (source := ls.session.sources.get(name))
    ]
    settings, problems = merge((*from_client, *from_disk))
    ls.session.configure(settings)
    log.set_level(settings.log.level)
    told = ls.session.told_problems
    new = [sentence for problem in problems if (sentence := problem.sentence) not in told]
    told.update(new)
    if new:
        more = [f"{len(new) - PROBLEMS_SHOWN} more problems."] if len(new) > PROBLEMS_SHOWN else []
        dialogs.say(ls, " ".join(("llm-ls:", *new[:PROBLEMS_SHOWN], *more)), types.MessageType.Warning)
    status.tell(ls)


async def _pull(ls: LlmLanguageServer) -> sources.Source:
    """What the client keeps for us; nothing, if it does not answer."""
    params = types.ConfigurationParams([types.ConfigurationItem(section=sources.SECTION)])
    try:
        answer = await ls.ask(types.WORKSPACE_CONFIGURATION, params, ANSWER_TIMEOUT_S)
    except Unanswered:
        answer = None
    return sources.from_configuration(answer[0] if isinstance(answer, list) and answer else None)


async def _subscribe(ls: LlmLanguageServer) -> None:
    what = types.Registration("llm-ls/settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, {"section": sources.SECTION})
    with contextlib.suppress(Unanswered):
        await ls.ask(types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams([what]), ANSWER_TIMEOUT_S)
