"""Chat documents in an editor of ours: opened, sent, looked at."""

import asyncio
import re
from pathlib import Path
from typing import Any

from llm_ls.protocol import workspace_files
from tests.rigs.editor import TIMEOUT_S, Editor
from tests.rigs.vendor import LoopbackVendor

CHAT = "file:///elsewhere/chat.md"
FRONT = "---\nllm-ls: chat\nmodel:\ncontext:\n---\n\n"
FOOTER = "> — gpt-test · 12→5 tok"
WHY = f"{FRONT}## You\n\nWhy?\n"


def marked(body: str, title: str = "Why?") -> str:
    """A document of our own making, once it belongs to a conversation."""
    return f"---\nllm-ls: chat\nconversation: ID\ntitle: {title}\nmodel:\ncontext:\n---\n\n{body}"


def without_id(document: str) -> str:
    return re.sub(r"conversation: \w+", "conversation: ID", document)


def id_in(document: str) -> str:
    found = re.search(r"conversation: (\w+)", document)
    assert found
    return found[1]


def shows(one: Editor) -> list[Any]:
    """Let the editor show what the server wants shown, and tell it so; where the cursor is to be each time."""
    selections: list[Any] = []

    def show(params: Any) -> Any:
        selections.append(params.get("selection"))
        if params["uri"] not in one.texts:
            one.open(path_of(params["uri"]).read_text(encoding="utf-8"), params["uri"], "markdown")
        return {"success": True}

    one.answers["window/showDocument"] = show
    return selections


def path_of(uri: str) -> Path:
    path = workspace_files.path_of(uri)
    assert path
    return path


def close(one: Editor, uri: str) -> None:
    del one.texts[uri]
    one.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


async def sent(one: Editor, uri: str = CHAT, **argument: Any) -> str:
    """The document once its question has been answered."""
    await one.command("llm-ls.chat.send", {"uri": uri, **argument})
    await one.idle()
    return one.text(uri)


async def seen(one: Editor, text: str, uri: str = CHAT) -> None:
    """Wait until the document holds it."""
    async with asyncio.timeout(TIMEOUT_S):
        while text not in one.text(uri):  # noqa: ASYNC110  an edit is made after it was heard of
            await asyncio.sleep(0.01)


async def opened(one: Editor, **argument: Any) -> str:
    """The uri of the document that `llm-ls.chat` has opened, once it is done."""
    await one.command("llm-ls.chat", argument)
    await one.idle()
    return one.opened()[-1]


def asked(vendor: LoopbackVendor, number: int = -1) -> list[tuple[str, str]]:
    """The turns that the model was sent."""
    return [(turn["role"], turn["content"]) for turn in vendor.requests[number].json["messages"][1:]]


async def turns(one: Editor, id: str) -> list[str]:
    """What is kept of a conversation."""
    return [turn["content"] for turn in (await one.request("llm-ls/getConversation", {"id": id}))["turns"]]
