"""An editor around the real server, in this process: it holds texts, makes edits, and behaves as it is told to."""

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from llm_ls import server
from llm_ls.documents import Document, Position, Replacement, Span, split_lines
from llm_ls.protocol import initialize
from llm_ls.protocol.outgoing import Outgoing
from tests.rigs.marked import marked

Json = dict[str, Any]
TIMEOUT_S = 10.0
URI = "file:///project/sum.py"
NEVER: Any = object()
"""What an editor answers that never does."""
CANNOT: Any = object()
"""What an editor answers that does not know the method."""

ABLE: Json = {
    "general": {"positionEncodings": ["utf-32"]},
    "window": {"workDoneProgress": True, "showDocument": {"support": True}, "showMessage": {}},
    "textDocument": {"codeAction": {"codeActionLiteralSupport": {}, "dataSupport": True}},
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
}


class Refused(Exception):
    """The server answered a request with an error."""

    def __init__(self, error: Json) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]
        self.data: Json = error.get("data", {})


class Editor(Outgoing):
    """Speaks with one server.

    Attributes:
        texts: What is open, by uri.
        answers: How server requests are answered, by method: a function of the params; others are granted with null.
        asked: The server's requests, as (method, params).
        said: The server's notifications, as (method, params).
        keeps_changes: Whether it does not tell the server of changes until `tell_changes`, as Emacs may.
    """

    def __init__(self, params: Json) -> None:
        super().__init__()
        self.texts: dict[str, Document] = {}
        self.answers: dict[str, Callable[[Any], Any]] = {"workspace/applyEdit": self.apply}
        self.asked: list[tuple[str, Any]] = []
        self.said: list[tuple[str, Any]] = []
        self.keeps_changes = False
        self._answered: dict[int, Json] = {}
        self._news = asyncio.Event()
        self._numbers = iter(range(1, 1_000_000))
        self.greeting = initialize.result(params)
        self.server = server.build(params, self)

    def send(self, body: bytes) -> None:
        message = json.loads(body)
        if "method" not in message:
            assert message["id"] not in self._answered, "answered twice"
            self._answered[message["id"]] = message
        elif "id" in message:
            self.asked.append((message["method"], message.get("params")))
            asyncio.get_running_loop().call_soon(self._answer, message)
        else:
            self.said.append((message["method"], message.get("params")))
        self._news.set()

    def notify(self, method: str, params: Any) -> None:
        self.server.receive(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode())

    def receive(self, message: Json) -> None:
        """Send a message as it is."""
        self.server.receive(json.dumps(message).encode())

    @property
    def answered(self) -> int:
        """How many requests have been answered."""
        return len(self._answered)

    def start(self, method: str, params: Any) -> int:
        """Send a request; its id."""
        number = next(self._numbers)
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        self.server.receive(json.dumps(message).encode())
        return number

    async def answer(self, number: int) -> Any:
        """The result of a request, once it is there.

        Raises:
            Refused: It was answered with an error.
        """
        await self.until(lambda: number in self._answered)
        if "error" in (message := self._answered[number]):
            raise Refused(message["error"])
        return message["result"]

    async def request(self, method: str, params: Any) -> Any:
        return await self.answer(self.start(method, params))

    async def command(self, name: str, argument: Any = None) -> Any:
        """The answer of `workspace/executeCommand`."""
        arguments = [] if argument is None else [argument]
        return await self.request("workspace/executeCommand", {"command": name, "arguments": arguments})

    async def act(self, command: str, text: str, **argument: Any) -> None:
        """Open `text`, in which « and » mark the selection, and run a command on it to its end."""
        document, span = marked(text)
        self.open(document.text)
        await self.command(command, {"uri": URI, "range": lsp_range(span), **argument})
        await self.idle()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for what follows from something the server says."""
        async with asyncio.timeout(TIMEOUT_S):
            while not holds():
                self._news.clear()
                await self._news.wait()

    async def idle(self) -> None:
        """Wait until no operation runs, and what it said has been heard."""
        async with asyncio.timeout(TIMEOUT_S):
            while operations := self.server.session.operations.values():
                titles = {operation.title for operation in operations}
                tasks = [task for task in asyncio.all_tasks() if task.get_name() in titles]
                await asyncio.wait(tasks) if tasks else await asyncio.sleep(0)

    async def configured(self) -> None:
        """Wait until the settings that were announced are in use."""
        await asyncio.sleep(0)
        async with asyncio.timeout(TIMEOUT_S):
            await self.server.session.configured.wait()

    def open(self, text: str, uri: str = URI, language_id: str = "python") -> None:
        self.texts[uri] = Document(uri, language_id, 1, tuple(split_lines(text)))
        document = {"uri": uri, "languageId": language_id, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def type(self, text: str, uri: str = URI) -> None:
        """The user's text is now `text`."""
        before = self.texts[uri]
        version = (before.version or 0) + (not self.keeps_changes)
        self.texts[uri] = Document(uri, before.language_id, version, tuple(split_lines(text)))
        if not self.keeps_changes:
            change = {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]}
            self.notify("textDocument/didChange", change)

    def tell_changes(self) -> None:
        """Say what has become of each document, and tell of changes at once from now on."""
        self.keeps_changes = False
        for uri in self.texts:
            self.type(self.text(uri), uri)

    def text(self, uri: str = URI) -> str:
        return self.texts[uri].text

    def apply(self, params: Json) -> Json:
        """Make an edit as editors do: only for the version it was made for; a file that is not open is opened."""
        edit = params["edit"]
        if any(version is not None and version != self.texts[uri].version for uri, version in _versions(edit)):
            return {"applied": False}
        for change in edit.get("documentChanges", ()):
            if "kind" in change:
                self._operate(change)
            else:
                self._edit(change["textDocument"]["uri"], change["edits"])
        for uri, edits in edit.get("changes", {}).items():
            self._edit(uri, edits)
        return {"applied": True}

    def _edit(self, uri: str, edits: list[Json]) -> None:
        if uri not in self.texts:
            self.open(_path(uri).read_bytes().decode(), uri)
        self.type(edited(self.texts[uri], edits), uri)

    def _operate(self, change: Json) -> None:
        """With files on disk, as Helix does: what is open of a renamed file is open under its new name."""
        match change["kind"]:
            case "create":
                _path(change["uri"]).parent.mkdir(parents=True, exist_ok=True)
                _path(change["uri"]).write_bytes(b"")
            case "delete":
                _path(change["uri"]).unlink()
                self.close(change["uri"])
            case _:
                _path(change["oldUri"]).rename(_path(change["newUri"]))
                text = self.texts.get(change["oldUri"])
                self.close(change["oldUri"])
                if text is not None:
                    self.open(text.text, change["newUri"])

    def close(self, uri: str) -> None:
        if self.texts.pop(uri, None) is not None:
            self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def messages(self) -> list[str]:
        """What the user was told."""
        return [params["message"] for method, params in self.said if method == "window/showMessage"]

    def progress(self, token: Any = None) -> list[Json]:
        """The values of `$/progress` on `token`, or of work done progress on any."""
        values = [params for method, params in self.said if method == "$/progress"]
        if token is None:
            return [params["value"] for params in values if "kind" in params["value"]]
        return [params["value"] for params in values if params["token"] == token]

    def traffic(self) -> str:
        """All that the server has sent."""
        return json.dumps([self.said, self.asked, list(self._answered.values())])

    def edits(self) -> list[Json]:
        """The params of each `workspace/applyEdit`."""
        return [params for method, params in self.asked if method == "workspace/applyEdit"]

    def opened(self) -> list[str]:
        """The uris that the server had opened."""
        return [params["uri"] for method, params in self.asked if method == "window/showDocument"]

    async def actions(self, span: Span | None = None, uri: str = URI, **context: Any) -> list[Json]:
        """The code actions on `span`, or on the whole text."""
        where = span or self.texts[uri].whole
        params: Json = {
            "textDocument": {"uri": uri},
            "range": lsp_range(where),
            "context": {"diagnostics": [], "triggerKind": 1, **context},
        }
        return await self.request("textDocument/codeAction", params)

    def _answer(self, message: Json) -> None:
        result = self.answers.get(message["method"], lambda _: None)(message.get("params"))
        outcome = {"error": {"code": -32601, "message": "?"}} if result is CANNOT else {"result": result}
        if result is not NEVER:
            self.server.receive(json.dumps({"jsonrpc": "2.0", "id": message["id"], **outcome}).encode())


def able(**workspace: Any) -> Json:
    """`ABLE` with other capabilities of the workspace."""
    return {**ABLE, "workspace": {**ABLE["workspace"], **workspace}}


@asynccontextmanager
async def editor(
    capabilities: Mapping[str, Any] = ABLE,
    settings: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
    name: str = "",
) -> AsyncGenerator[Editor]:
    """An editor whose server has been initialized with `settings`, in an environment that has `environ` too.

    Args:
        capabilities: What the editor says it can do.
        settings: Its `initializationOptions`.
        environ: Added to the server's environment.
        folder: The workspace folder.
        name: What it calls itself.
    """
    os.environ.update(environ or {})
    folders = [] if folder is None else [{"uri": folder.as_uri()}]
    options = dict(settings or {})
    one = Editor(
        {
            "clientInfo": {"name": name},
            "capabilities": dict(capabilities),
            "initializationOptions": options,
            "workspaceFolders": folders,
        }
    )
    one.notify("initialized", {})
    try:
        await one.configured()
        yield one
    finally:
        await one.server.close()


def edited(document: Document, edits: list[Json]) -> str:
    """The text after LSP text edits, whose columns count code points."""
    text = document.text
    for edit in sorted(edits, key=lambda edit: from_lsp_range(edit["range"]).start, reverse=True):
        now = Document(document.uri, "", None, tuple(split_lines(text)))
        text = now.replaced(Replacement(from_lsp_range(edit["range"]), edit["newText"]))
    return text


def lsp_range(span: Span) -> Json:
    return {
        "start": {"line": span.start.line, "character": span.start.column},
        "end": {"line": span.end.line, "character": span.end.column},
    }


def from_lsp_range(given: Json) -> Span:
    start, end = (Position(given[side]["line"], given[side]["character"]) for side in ("start", "end"))
    return Span(start, end)


def _path(uri: str) -> Path:
    return Path(unquote(uri.removeprefix("file://")))


def _versions(edit: Json) -> list[tuple[str, int | None]]:
    """The versions that an edit is made for, by uri."""
    documents = [change["textDocument"] for change in edit.get("documentChanges", ()) if "kind" not in change]
    return [(document["uri"], document.get("version")) for document in documents]
