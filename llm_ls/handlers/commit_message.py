"""`llm-ls/commitMessage` and the command of that name: a message for what is staged in a git repository."""

import asyncio
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

from llm_ls import errors
from llm_ls.features import code_actions, hunks
from llm_ls.protocol import answering, edits, ext, operations, shown_texts, workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.protocol.operations import Running
from llm_ls.protocol.partial_results import PartialResults
from llm_ls.wire import from_json, to_json

TITLE = "Commit message"


def register(server: LlmLanguageServer) -> None:
    @server.feature(ext.COMMIT_MESSAGE)
    async def on_commit_message(ls: LlmLanguageServer, params: ext.CommitMessageParams) -> dict[str, Any]:
        with PartialResults(ls, params.partial_result_token) as parts:
            async with operations.running(ls, TITLE, params.work_done_token) as running:
                return to_json(await _write(ls, params, parts, running))

    @server.command("llm-ls.commitMessage")
    def on_command(ls: LlmLanguageServer, argument: Any) -> dict[str, str]:
        params = from_json(argument, ext.CommitMessageParams, "arguments[0]")

        async def run(running: Running) -> None:
            written = await _write(ls, params, PartialResults(ls, None), running)
            if not await _put(ls, params.uri, written.message):
                await shown_texts.show(ls, TITLE, written.message, ".txt")

        return operations.start(ls, TITLE, run, ls.work_done_token)


async def _write(
    ls: LlmLanguageServer, params: ext.CommitMessageParams, parts: PartialResults, running: Running
) -> ext.CommitMessageResult:
    # With the first message: nothing else at the start needs git.
    from llm_ls.features import commit_message
    from llm_ls.workspace import git

    place = _place(ls, params.uri)
    diffs = await git.staged(place)
    model = await ls.session.model_for("chat", params.model)
    known = ls.session.registry.known(model.name)
    request = commit_message.request(
        diffs,
        await git.recent_subjects(place),
        await workspace_files.guidance(ls),
        ls.session.settings.context.exclude,
        known.context_window if known else None,
        await asyncio.to_thread(_ignored, place, {name for diff in diffs for name in diff.names}),
    )
    _, answer = await answering.stream(ls, model, request, parts, running)
    return ext.CommitMessageResult(commit_message.message_in(answer.text), running.operation.model, answer.usage)


def _place(ls: LlmLanguageServer, uri: str | None) -> Path:
    """The file or folder that tells the repository."""
    place = workspace_files.path_of(uri) if uri else next(iter(workspace_files.folders(ls)), None)
    if place is None and uri is None:
        raise errors.InvalidRequest("no folder is open", hint="open a folder of the repository")
    if place is None or not (place.exists() or place.parent.is_dir()):
        raise errors.NotFound(f"there is no {uri}", hint="open a file or folder of a git repository")
    return place


def _ignored(place: Path, names: Collection[str]) -> frozenset[str]:
    """Those that an `.llmignore` of the repository keeps from models."""
    from llm_ls.workspace import listing, repositories

    top = repositories.enclosing(Path(os.path.realpath(place)))
    return frozenset(listing.left_out(top, names) if top else ())


async def _put(ls: LlmLanguageServer, uri: str | None, message: str) -> bool:
    """Write `message` into the commit message under edit; whether there is one, and it has taken it."""
    from llm_ls.features import commit_message

    if uri is None or uri not in ls.documents.open_uris:
        return False
    document = ls.document(uri)
    if document.language_id not in code_actions.COMMIT_LANGUAGES:
        return False
    changes = hunks.diff(document, commit_message.written_into(document, message))
    return await edits.apply(ls, document, changes, TITLE, confirm=False)
