"""The real server over stdio, asked for inline completions as an editor would."""

import os
import time
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self

import attrs

from llm_ls.documents import Document, Position
from tests.benchmarks import servers
from tests.benchmarks.client import Server
from tests.evaluation.corpus import Source

INVOKED, AUTOMATIC = 1, 2


@attrs.frozen
class Suggested:
    """An answer: the items' texts, how many characters after the cursor each replaces, and how long it took."""

    texts: tuple[str, ...]
    replaced: tuple[int, ...]
    seconds: float
    failure: str = ""


class Served:
    """A server that completes with `model`."""

    def __init__(
        self, model: str, environment: Mapping[str, str], *, own: bool = False, debounce_ms: int = 0, **inline: Any
    ) -> None:
        """Start it.

        Args:
            model: `provider/model`.
            environment: More of it.
            own: Whether the server has the person's own environment: their keys and settings.
            debounce_ms: How long it waits for more typing.
            inline: More settings of inline completion.
        """
        inherited = dict(os.environ) if own else {}
        self.server = Server(servers.LLM_LS, {**inherited, **environment})
        self.server.initialize()
        settings: dict[str, Any] = {
            "models": {"inlineCompletion": model},
            "inlineCompletion": {"debounceMs": debounce_ms, **inline},
            "nextEdit": {"enabled": "off"},
        }
        self.server.notify("workspace/didChangeConfiguration", {"settings": {"llm-ls": settings}})
        self.server.settle()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.__exit__(kind, error, trace)

    def open(self, document: Document) -> None:
        shown = {"uri": document.uri, "languageId": document.language_id, "version": 1, "text": document.text}
        self.server.notify("textDocument/didOpen", {"textDocument": shown})

    def open_all(self, sources: Iterable[Source]) -> list[str]:
        """Open files, the most relevant last; their uris."""
        uris: list[str] = []
        for source in sources:
            self.open(source.document)
            uris.append(source.uri)
        return uris

    def close(self, uris: Iterable[str]) -> None:
        for uri in uris:
            self.server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def suggest(self, document: Document, position: Position, kind: int) -> Suggested:
        """Ask at `position`, and wait for the answer."""
        at = {"line": position.line, "character": len(document.lines[position.line][: position.column].encode())}
        started = time.monotonic()
        id = self.server.request(
            "textDocument/inlineCompletion",
            {"textDocument": {"uri": document.uri}, "position": at, "context": {"triggerKind": kind}},
        )
        answer = self.server.answer(id)
        seconds = time.monotonic() - started
        if "error" in answer:
            return Suggested((), (), seconds, answer["error"]["message"])
        items = answer["result"]["items"]
        line = document.lines[position.line].encode()
        ends = (line[at["character"] : item["range"]["end"]["character"]].decode() for item in items)
        return Suggested(tuple(item["insertText"] for item in items), tuple(map(len, ends)), seconds)

    def usage(self) -> dict[str, Any]:
        """The totals of the ledger."""
        return self.server.answer(self.server.request("llm-ls/usage", {}))["result"]["totals"]
