"""What stands between a client and the server writes all down, and a replay notices what our side says otherwise."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.clients import recording
from tests.rigs import raw_client


async def _recorded(folder: Path) -> Path:
    """A transcript of a session of a few messages, with a folder in it that is there only now."""
    made = recording.command(folder / "command", {})
    out = folder / "command" / "messages.jsonl"
    async with raw_client.started("--stdio", program=("-m", "tests.clients.recording", str(out))) as client:
        uri = (folder / "project").as_uri()
        await client.initialize({"processId": os.getpid(), "rootUri": uri, "capabilities": {}})
        await client.ask(1, "llm-ls/listProposals", {})
        await client.ask(2, "workspace/executeCommand", {"command": "llm-ls.status"})
        await client.ask(3, "no/such", {})
        await client.ask(4, "shutdown", None)
        client.notify("exit", None)
        await client.exit_code()
    transcript = folder / "session.jsonl"
    recording.keep(made, transcript, {str(folder): "/session"})
    return transcript


async def test_a_session_is_written_down_without_anything_of_this_machine(tmp_path: Path) -> None:
    transcript = await _recorded(tmp_path)
    said: list[Any] = [message for who, message in recording.read(transcript) if who == "server"]
    answers = {message["id"]: message for message in said if "method" not in message}

    assert str(tmp_path) not in transcript.read_text(encoding="utf-8")
    assert recording.read(transcript)[0][1]["params"]["processId"] is None
    assert answers["initialize"]["result"]["serverInfo"] == {"name": "llm-ls", "version": "<version>"}
    assert answers[1]["result"] == []
    assert answers[3]["error"]["code"] == -32601


async def test_the_same_server_says_the_same(tmp_path: Path) -> None:
    assert await recording.differences(await _recorded(tmp_path), {}) == []


async def test_what_the_server_says_otherwise_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "PATIENCE_S", 4.0)
    transcript = await _recorded(tmp_path)
    lines = [json.dumps({"from": who, "message": message}) for who, message in recording.read(transcript)]
    told = json.dumps({"from": "server", "message": {"jsonrpc": "2.0", "method": "window/beep", "params": {}}})
    transcript.write_text("\n".join([*lines, told]).replace('"result": []', '"result": ["gone"]'), encoding="utf-8")

    found = await recording.differences(transcript, {"LLM_LS_MODEL": "openai/gpt-test", "OPENAI_API_KEY": "sk-test"})

    assert found[0] == 'llm-ls/listProposals: result: was ["gone"], is []'
    assert any(difference.startswith("workspace/executeCommand: result.status: was ") for difference in found)
    assert "never said: window/beep {}" in found
