"""The server as a whole: it advertises what it has, and leaves with its client whatever a vendor does."""

import os
from pathlib import Path
from typing import Any

from llm_ls.protocol import hugging_face, initialize
from tests.rigs import raw_client
from tests.rigs.editor import editor
from tests.rigs.openai import environment, words
from tests.rigs.vendor import PAUSE, LoopbackVendor


async def test_advertises_exactly_what_it_can_do() -> None:
    async with editor() as one:
        manager: Any = one.server.protocol.fm
        own_methods = {method for method in manager.features if method.startswith("llm-ls/")}

    assert set(manager.commands) == {*initialize.COMMANDS, *initialize.COPILOT_COMMANDS}
    assert own_methods == {*initialize.METHODS, *hugging_face.PARAMS}


async def test_leaves_with_the_client_while_a_vendor_hangs(vendor: LoopbackVendor) -> None:
    vendor.says(*words("first"), PAUSE)
    os.environ.update(environment(vendor))
    async with raw_client.started() as client:
        await client.initialize({"capabilities": {}})
        client.request(1, "llm-ls/chat", {"message": "?", "partialResultToken": "p"})
        await vendor.paused()
        client.close()
        code = await client.exit_code(within_s=1.0)
        await vendor.client_closed()

    assert code == 0


async def test_shutdown_is_answered_at_once_while_a_vendor_hangs(vendor: LoopbackVendor) -> None:
    vendor.says(*words("first"), PAUSE)
    os.environ.update(environment(vendor))
    async with raw_client.started() as client:
        await client.initialize({"capabilities": {}})
        client.request(1, "llm-ls/chat", {"message": "?"})
        await vendor.paused()
        answer = await client.ask(2, "shutdown", None)
        await vendor.client_closed()
        cancelled = await client.response(1)
        client.notify("exit", None)
        code = await client.exit_code(within_s=1.0)

    assert "error" not in answer
    assert cancelled["error"]["code"] == -32800
    assert code == 0


async def test_nothing_but_the_protocol_is_on_stdout_and_no_text_in_the_log(vendor: LoopbackVendor) -> None:
    vendor.says(*words("a secret answer"), PAUSE)
    os.environ.update({**environment(vendor), "LLM_LS_LOG": "debug"})
    async with raw_client.started() as client:
        await client.initialize({"capabilities": {}})
        client.request(1, "llm-ls/chat", {"message": "a secret question", "partialResultToken": "p"})
        await vendor.paused()
        client.close()
        await client.exit_code(within_s=1.0)

    assert all(message["jsonrpc"] == "2.0" for message in client.messages)
    assert b"secret" not in client.errors
    assert b"sk-test-not-a-key" not in client.errors


async def test_writes_nothing_into_the_project(vendor: LoopbackVendor, tmp_path: Path) -> None:
    async with editor(folder=tmp_path) as one:
        one.open("a = 1\n", uri=(tmp_path / "a.py").as_uri())
        await one.actions(uri=(tmp_path / "a.py").as_uri())

    assert list(tmp_path.iterdir()) == []
