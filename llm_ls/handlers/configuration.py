"""Settings as they arrive: with `initialize`, on request, by notification and from files; merged and used live."""

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

from lsprotocol import types

from llm_ls.protocol import chat_documents, completion_items, dialogs, log, status, workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer, Unanswered
from llm_ls.settings import prompt_files, sources, workspace
from llm_ls.settings.merging import merge
from llm_ls.settings.problems import Problem

ANSWER_TIMEOUT_S = 2.0
PROBLEMS_SHOWN = 3
CHECKED_EVERY_S = 2.0
"""How often at most it is looked whether the files have changed: no editor tells it of all of them."""

FROM_CLIENT = ("initialize", "configuration", "change")
"""The first that sets a key wins."""


def register(server: LlmLanguageServer) -> None:
    server.session.refresh = partial(_Files().refresh, server)

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

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def on_open(ls: LlmLanguageServer, params: types.DidOpenTextDocumentParams) -> None:
        path = workspace_files.path_of(params.text_document.uri)
        if path is None or workspace_files.named_folders(ls) or any(path.is_relative_to(one) for one in ls.projects):
            return
        async with ls.session.reading_settings():  # nothing of a file is sent before what its project excludes is known
            project = await asyncio.to_thread(_project, params.text_document, path)
            if project is None or project in ls.projects:
                return
            ls.projects.append(project)
            problems = await _read(ls)
        _told(ls, problems)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def on_folders(ls: LlmLanguageServer, params: types.DidChangeWorkspaceFoldersParams) -> None:
        await reload(ls)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def on_save(ls: LlmLanguageServer, params: types.DidSaveTextDocumentParams) -> None:
        path = workspace_files.path_of(params.text_document.uri)
        if path and (
            path.name == workspace.FILE
            or path == sources.user_file(ls.session.environment)
            or prompt_files.is_one(path, ls.session.environment, workspace_files.folders(ls))
        ):
            await reload(ls)


def _project(document: types.TextDocumentItem, path: Path) -> Path | None:
    if chat_documents.is_kept(document.uri):
        return chat_documents.project_of(document.text)
    return workspace_files.project_of(path)


async def reload(ls: LlmLanguageServer) -> None:
    """Read every source again and use what they come to; what is wrong in them is said once."""
    async with ls.session.reading_settings():
        problems = await _read(ls)
    _told(ls, problems)


class _Files:
    """Whether the files of settings have changed since they were looked at."""

    def __init__(self) -> None:
        self._stamps: object = None
        self._looked_at = 0.0
        self._looking: asyncio.Task[None] | None = None

    async def refresh(self, ls: LlmLanguageServer) -> None:
        """Read the settings again if so. Who asks meanwhile waits too, so that nobody is overtaken."""
        is_due = time.monotonic() - self._looked_at >= CHECKED_EVERY_S and ls.session.configured.is_set()
        if self._looking is None and is_due:
            self._looking = ls.spawn(self._look(ls), name="look for changed settings")
        if self._looking is not None:
            await asyncio.shield(self._looking)

    async def _look(self, ls: LlmLanguageServer) -> None:
        before, folders = self._stamps, tuple(workspace_files.folders(ls))
        try:
            self._stamps = await asyncio.to_thread(_stamps, ls.session.environment, folders)
            if before is not None and self._stamps != before:
                await reload(ls)
        finally:
            self._looked_at, self._looking = time.monotonic(), None


def _stamps(environment: Mapping[str, str], folders: tuple[Path, ...]) -> object:
    return folders, sources.stamps(environment, folders), prompt_files.stamps(environment, folders)


async def _read(ls: LlmLanguageServer) -> Sequence[Problem]:
    session = ls.session
    if ls.client.configuration and (kept := await _pull(ls)) is not None:
        session.sources["configuration"] = kept
    from_disk = await asyncio.to_thread(sources.from_disk, session.environment, workspace_files.folders(ls))
    from_client = [source for name in FROM_CLIENT if (source := session.sources.get(name))]
    settings, problems = merge((*from_client, *from_disk))
    session.configure(settings)
    return (*problems, *await _read_prompts(ls))


async def _read_prompts(ls: LlmLanguageServer) -> Sequence[Problem]:
    found = await asyncio.to_thread(prompt_files.read, ls.session.environment, workspace_files.folders(ls))
    if not found and not ls.session.prompt_files:
        return ()
    from llm_ls.protocol import prompt_library  # many have no prompts

    return prompt_library.use(ls, found)


def _told(ls: LlmLanguageServer, problems: Sequence[Problem]) -> None:
    log.set_level(ls.session.settings.log.level)
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
