"""VS Code's own Chat: the participant `@llm`, and every model of the server without it."""

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.rigs.code_server import VSCode, meanwhile
from tests.rigs.openai import END, chunk, environment, whole, words
from tests.rigs.prepared_model import prepared_model
from tests.rigs.vendor import PAUSE, LoopbackVendor

HERE = Path(__file__).parent
ANSWER = "The answer is 42, of course."
EXPLANATION = "It adds two numbers."
SELECTED = "sum.py, lines 1 to 2:\n```python\ndef add(a, b):\n    return a + b\n```\n\n"


async def test_the_participant_answers_from_a_real_model_with_what_is_selected(vscode: VSCode, tmp_path: Path) -> None:
    with prepared_model(tmp_path, {"6 times 7": ANSWER}) as model:
        given = {"answer": ANSWER, "explanation": ANSWER}
        seen = await vscode.play(HERE / "chat.mjs", environment=model, given=given)

    assert re.fullmatch(r"\$0 · \d+ → \d+ tokens · llamacpp/tiny", seen["footnote"])
    assert seen["messages"] == []


async def test_the_participant_sends_the_selection_and_the_thread_to_the_model_that_is_picked(
    vscode: VSCode, vendor: LoopbackVendor
) -> None:
    vendor.models = ("gpt-other", "gpt-test")
    vendor.says(*whole(ANSWER))
    vendor.says(*whole(EXPLANATION))
    seen = await vscode.play(
        HERE / "chat.mjs",
        environment=environment(vendor),
        given={"answer": ANSWER, "explanation": EXPLANATION, "pick": "gpt-other"},
    )
    first, second = questions(vendor)

    assert sorted(seen["used"]) == ["more.py", "sum.py:1-2"]
    assert "def add(a, b):" in first[-1]["content"]
    assert "y = 1" in first[-1]["content"]
    assert first[-1]["content"].endswith("what is 6 times 7? @more.py")
    assert [message["role"] for message in second] == ["system", "user", "assistant", "user"]
    assert second[2]["content"] == ANSWER
    assert "def add(a, b):" in second[-1]["content"]
    assert vendor.requests[-1].json["model"] == "gpt-other"


async def test_an_answer_is_retried_shown_as_it_comes_and_stopping_it_hangs_up(
    vscode: VSCode, vendor: LoopbackVendor
) -> None:
    vendor.refuses(503, {"error": {"message": "Come back later."}})
    vendor.says(*words("One, "), PAUSE, *words("two."), *END)
    vendor.says(PAUSE, *whole("Yes."))
    playing = asyncio.ensure_future(vscode.play(HERE / "chat_stop.mjs", environment=environment(vendor)))
    await meanwhile(playing, vendor.paused)
    await meanwhile(playing, vendor.client_closed)
    vendor.go_on()
    seen = await playing

    assert "Come back later; asking again" in seen["notice"]
    assert "One," in seen["first"]
    assert "two." not in seen["first"]
    assert seen["messages"] == []


async def test_a_failure_is_told_in_the_chat_with_what_can_be_done(vscode: VSCode, vendor: LoopbackVendor) -> None:
    vendor.refuses(401, {"error": {"message": "Incorrect API key provided.", "code": "invalid_api_key"}})
    seen = await vscode.play(
        HERE / "chat_refused.mjs",
        environment=environment(vendor),
        given={"says": "Incorrect API key provided."},
    )

    assert "Add API Key" in seen["failed"]
    assert "attach a file" in seen["nothing"]
    assert "Nothing is staged" in seen["commit"]


async def test_every_model_is_in_the_picker_and_works_with_tools_without_a_github_account(
    vscode: VSCode, vendor: LoopbackVendor, tmp_path: Path
) -> None:
    reading = {"filePath": str(tmp_path / "note.txt"), "startLine": 1, "endLine": 1}
    vendor.says(*whole("Hello."))
    vendor.says(*call("read_file", reading))
    vendor.says(*whole("It is 42."))
    vendor.says(*whole("It adds."))
    seen = await vscode.play(HERE / "chat_without_account.mjs", environment=environment(vendor), project=tmp_path)
    *_, asked, told, after = questions(vendor)

    assert seen["offered"] == ["(llm-ls default)\nthe model that llm-ls uses", "gpt-test\nopenai"]
    assert "It is 42." in seen["answer"]
    assert asked[-1]["role"] == "user"
    assert told[-1]["role"] == "tool"
    assert "the number is 42" in told[-1]["content"]
    assert after[-1]["content"] == SELECTED + "what does it do?"
    assert json.dumps(after).count("in rhymes") == 1  # the server gives AGENTS.md itself


def questions(vendor: LoopbackVendor) -> list[list[dict[str, Any]]]:
    """The messages of every request for an answer."""
    return [request.json["messages"] for request in vendor.requests if request.path.endswith("/chat/completions")]


def call(name: str, arguments: Mapping[str, object]) -> tuple[bytes, ...]:
    """An answer that calls one tool."""
    begun = {"index": 0, "id": "call-1", "type": "function", "function": {"name": name, "arguments": ""}}
    given = {"index": 0, "function": {"arguments": json.dumps(arguments)}}
    return (chunk({"tool_calls": [begun]}), chunk({"tool_calls": [given]}), chunk({}, "tool_calls"), END[1])
