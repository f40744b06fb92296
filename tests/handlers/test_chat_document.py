"""Chat documents: opened, sent, and answered in place, whatever the editor does meanwhile."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from llm_ls import folders
from llm_ls.features import chat_document
from llm_ls.protocol import workspace_files
from tests.rigs.editor import ABLE, NEVER, URI, Editor, able, editor
from tests.rigs.openai import environment, whole, words
from tests.rigs.vendor import PAUSE, LoopbackVendor

CHAT = "file:///elsewhere/chat.md"
FRONT = "---\nllm-ls: chat\nmodel:\ncontext:\n---\n\n"
FOOTER = "> — gpt-test · 12→5 tok"


def opens(one: Editor) -> None:
    """The editor shows what the server wants shown, and tells it so."""

    def show(params: Any) -> Any:
        path = workspace_files.path_of(params["uri"])
        assert path is not None
        one.open(path.read_text(encoding="utf-8"), params["uri"], "markdown")
        return {"success": True}

    one.answers["window/showDocument"] = show


async def sent(one: Editor, uri: str = CHAT, **argument: Any) -> str:
    """The document once its question has been answered."""
    await one.command("llm-ls.chat.send", {"uri": uri, **argument})
    await one.idle()
    return one.text(uri)


def without_ids(document: str) -> str:
    return re.sub(r"conversation: \w+", "conversation: ID", document)


async def test_a_question_is_answered_in_place(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("It adds ", "them.\n\nDone."))
    async with editor(environ=environment(vendor)) as one:
        one.open(f"{FRONT}## You\n\nWhat does it do?\n", CHAT, "markdown")
        after = await sent(one)

    assert without_ids(after) == (
        "---\nllm-ls: chat\nconversation: ID\ntitle: What does it do?\nmodel:\ncontext:\n---\n\n"
        f"## You\n\nWhat does it do?\n\n## Assistant\n\nIt adds them.\n\nDone.\n\n{FOOTER}\n\n## You\n\n\n"
    )


async def menu(one: Editor, document: str, uri: str = CHAT) -> dict[str, Any]:
    """What is offered at the end of the document."""
    one.open(document, uri, "markdown")
    place = {"line": document.count("\n"), "character": len(document.rpartition("\n")[2])}
    return await one.request("textDocument/completion", {"textDocument": {"uri": uri}, "position": place})


async def test_files_and_words_are_completed_in_a_chat_alone(tmp_path: Path) -> None:
    for name in ("app.py", ".env", "sub dir/a.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")
    async with editor(folder=tmp_path) as one:
        everything = await menu(one, f"{FRONT}## You\n\nWhy @")
        some = await menu(one, f"{FRONT}## You\n\nWhy @a.p")
        elsewhere = await menu(one, "## You\n\nWhy @", "file:///elsewhere/README.md")

    labels = [item["label"] for item in everything["items"]]
    assert labels[:1] == ["@selection"]
    assert labels[-2:] == ["@app.py", '@"sub dir/a.py"']
    assert not any(".env" in label for label in labels)
    assert not everything["isIncomplete"]
    (quoted, other) = some["items"]
    assert some["isIncomplete"]
    assert other["label"] == "@app.py"
    assert quoted["textEdit"] == {
        "range": {"start": {"line": 8, "character": 4}, "end": {"line": 8, "character": 8}},
        "newText": '@"sub dir/a.py"',
    }
    assert elsewhere == {"isIncomplete": False, "items": []}
