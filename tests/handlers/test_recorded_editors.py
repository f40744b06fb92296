"""A real server process, driven by pytest-lsp with what other editors say they can: the main job works in each.

pytest-lsp also holds each message of ours against the LSP specification.
"""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Iterator
from typing import Any

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient, client_capabilities
from pytest_lsp.client import make_test_lsp_client

from llm_ls.documents import Document, split_lines
from tests.rigs.editor import edited
from tests.rigs.places import REPOSITORY
from tests.rigs.prepared_model import prepared_model

URI = "file:///project/sum.py"
BEFORE = "def add(a, b):\n    return a - b\n"
AFTER = "def add(a, b):\n    return a + b\n"
ANSWER = "Because the sign was wrong."


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    answers = {"Why?": ANSWER, "": f"```python\n{AFTER}```\n"}
    with prepared_model(tmp_path_factory.mktemp("model"), answers) as environment:
        yield environment


@pytest.fixture(params=["neovim@v0.11.0", "neovim@v0.6.1", "emacs@v29.1", "visual_studio_code@v1.65.2"])
async def client(request: pytest.FixtureRequest, model: dict[str, str]) -> AsyncGenerator[LanguageClient]:
    client: Any = make_test_lsp_client()  # pytest-lsp is typed in part
    client.feature(types.CLIENT_REGISTER_CAPABILITY)(_granted)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(REPOSITORY), os.environ.get("PYTHONPATH", ""))),
        **model,
    }
    await client.start_io(sys.executable, "-m", "llm_ls", "--stdio", env=environment)
    options = {"codeActions": {"review": "apply"}}
    await client.initialize_session(
        types.InitializeParams(client_capabilities(request.param), initialization_options=options)
    )
    yield client
    await client.shutdown_session()
    await client.stop()


def _granted(_: types.RegistrationParams) -> None:
    return None


async def test_an_edit_lands(client: Any) -> None:
    applied: asyncio.Future[types.ApplyWorkspaceEditParams] = asyncio.get_running_loop().create_future()

    def on_apply_edit(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        applied.set_result(params)
        return types.ApplyWorkspaceEditResult(applied=False)

    client.feature(types.WORKSPACE_APPLY_EDIT)(on_apply_edit)
    document = types.TextDocumentItem(URI, "python", 1, BEFORE)
    client.text_document_did_open(types.DidOpenTextDocumentParams(document))
    where = types.Range(types.Position(0, 0), types.Position(2, 0))
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(types.TextDocumentIdentifier(URI), where, types.CodeActionContext([]))
    )
    assert actions
    argument = {
        "uri": URI,
        "range": {"start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 0}},
        "instruction": "add, do not subtract",
    }
    acknowledged = await client.workspace_execute_command_async(
        types.ExecuteCommandParams("llm-ls.edit", arguments=[argument])
    )
    params = await asyncio.wait_for(applied, 30)

    assert acknowledged is not None
    assert params.label == "Edit: add, do not subtract"
    assert _after(params.edit) == AFTER


async def test_a_chat_is_answered(client: LanguageClient) -> None:
    result: Any = await client.protocol.send_request_async("llm-ls/chat", {"message": "Why?"})

    assert result.text == ANSWER


def _after(edit: types.WorkspaceEdit) -> str:
    assert edit.document_changes
    change = edit.document_changes[0]
    assert isinstance(change, types.TextDocumentEdit)
    edits = [
        {"range": {"start": _members(one.range.start), "end": _members(one.range.end)}, "newText": one.new_text}
        for one in change.edits
        if isinstance(one, types.TextEdit)
    ]
    return edited(Document(URI, "python", 1, tuple(split_lines(BEFORE))), edits)


def _members(position: types.Position) -> dict[str, int]:
    return {"line": position.line, "character": position.character}
