"""`llm-ls/preview` shows what a question would send, and sends nothing."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.editor import URI, Editor, Refused, editor
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

EXPECTED = """\
# What openai/gpt-test is sent

## Instructions

```
Rhyme.

The project says:

Write British English.
```

## Tool read

Reads a file.

```json
{
  "type": "object"
}
```

## User

```
One?
```

## Assistant

Calls read (t1):

```json
{
  "path": "a"
}
```

## User

````
sum.py:
```python
a = 1
```
````

Result of t1:

```
1
```

```
Two?
```

## Options

```json
{
  "temperature": 0.5
}
```
"""


async def test_shows_all_that_would_be_sent(vendor: LoopbackVendor, tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_text("Write British English.")
    params = {
        "system": "Rhyme.",
        "messages": [
            {"role": "user", "content": "One?"},
            {"role": "assistant", "content": "", "toolCalls": [{"id": "t1", "name": "read", "input": {"path": "a"}}]},
        ],
        "toolResults": [{"toolUseId": "t1", "content": "1"}],
        "message": "Two?",
        "context": [{"type": "file", "uri": URI}],
        "tools": [{"name": "read", "description": "Reads a file.", "inputSchema": {"type": "object"}}],
        "options": {"temperature": 0.5},
    }
    async with editor(environ=environment(vendor), folder=tmp_path) as one:
        one.open("a = 1\n")
        shown = await one.request("llm-ls/preview", params)

    assert shown["model"] == "openai/gpt-test"
    assert shown["text"] == EXPECTED
    assert vendor.requests == []


async def test_without_a_question_there_is_nothing_to_show(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        with pytest.raises(Refused, match="no question"):
            await one.request("llm-ls/preview", {})


async def shown_by(one: Editor, **argument: Any) -> str:
    """What `llm-ls.preview` opens."""
    await one.command("llm-ls.preview", argument or None)
    await one.idle()
    return Path(one.opened()[-1].removeprefix("file://")).read_text()


async def test_a_kept_conversation_is_shown_as_it_would_be_sent(vendor: LoopbackVendor, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("attached")
    vendor.says(*whole("One."))
    vendor.says(*whole("Two."))
    async with editor(environ=environment(vendor), folder=tmp_path) as one:
        first = await one.request("llm-ls/chat", {"message": "One? @a.txt"})
        params = {"conversationId": first["conversationId"], "message": "Two? @a.txt @.env @file:b.txt"}
        shown = (await one.request("llm-ls/preview", params))["text"]
        again = (await one.request("llm-ls/preview", {**params, "message": "Two?"}))["text"]
        kept = await one.request("llm-ls/getConversation", {"id": first["conversationId"]})
        await one.request("llm-ls/chat", params)

    assert len(kept["turns"]) == 2
    sent = vendor.requests[1].json["messages"]
    assert all(shown.count(line) >= 1 for message in sent for line in message["content"].splitlines())
    assert "\n## Not sent\n\n- @file:b.txt: there is no such file\n" in shown
    assert shown.count("a.txt:\n```txt\nattached\n```") == 2
    assert "## Not sent" not in again
    assert re.search(r"\nAbout [\d,]+ of 19,660 tokens\.\n", again)


async def test_what_does_not_fit_is_said(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("word " * 12_000))
    async with editor(environ=environment(vendor)) as one:
        first = await one.request("llm-ls/chat", {"message": "One?"})
        params = {"conversationId": first["conversationId"], "message": "word " * 8_000}
        shown = (await one.request("llm-ls/preview", params))["text"]
        too_long = (await one.request("llm-ls/preview", {"message": "word " * 20_000}))["text"]

    assert "- the earlier turns do not fit any more: they would be summed up first" in shown
    assert "- left out to fit the model's context window: the oldest 1 question, with what was answered" in shown
    assert "One?" not in shown
    assert "- The question is about 25," in too_long
    assert len(vendor.requests) == 1


async def test_a_chat_document_is_shown_and_nothing_of_it_kept(vendor: LoopbackVendor, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("attached")
    text = "---\nllm-ls: chat\nsystem: Rhyme.\n---\n\n## You\n\nOne?\n\n## Assistant\n\n1\n\n## You\n\nTwo? @a.txt\n"
    async with editor(environ=environment(vendor), folder=tmp_path) as one:
        one.open(text, (tmp_path / "chat.md").as_uri(), "markdown")
        shown = await shown_by(one)
        kept = await one.request("llm-ls/listConversations", {"everywhere": True})

    assert "## Instructions\n\n```\nRhyme." in shown
    places = [shown.index(part) for part in ("One?", "## Assistant\n\n```\n1\n```", "attached", "Two? @a.txt")]
    assert places == sorted(places)
    assert kept == []
    assert vendor.requests == []


async def test_a_command_is_shown_as_it_would_ask(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        one.open("a = 1\n")
        explained = await shown_by(one)
        edited = await shown_by(one, instruction="Double it.")
        tested = await shown_by(one, action="test")
        await one.command("llm-ls.preview", {"uri": "file:///nowhere.py"})
        await one.idle()

    assert "Explain what it does" in explained
    assert "Task: Double it." in edited
    assert "Write tests for it" in tested
    assert vendor.requests == []
    assert "not open" in one.messages()[-1]


async def test_a_local_server_is_asked_how_much_it_reads(vendor: LoopbackVendor) -> None:
    vendor.refuses(200, {"data": [{"id": "tiny", "meta": {"n_ctx": 1024}}]})
    local = {"LLAMACPP_BASE_URL": f"{vendor.url}/v1", "LLM_LS_MODEL": "llamacpp/tiny"}
    async with editor(environ=local) as one:
        params: dict[str, Any] = {"message": "One?", "system": "Rhyme.", "serverTools": []}
        shown = [(await one.request("llm-ls/preview", params))["text"] for _ in range(2)]

    assert ["of 614 tokens." in text for text in shown] == [True, True]
    assert [(request.method, request.path) for request in vendor.requests] == [("GET", "/v1/models")]
