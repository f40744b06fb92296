"""What inline completion costs: an item typed along, a request that is left, and CPU while a person types."""

import contextlib
import time
from collections.abc import Callable

from llm_ls.documents import Document, Position, split_lines
from tests.benchmarks import report, servers
from tests.benchmarks.client import Message, Server
from tests.evaluation.served import AUTOMATIC, Served
from tests.evaluation.vendor import Latency, Vendor, vendor

LINES = 50_000
URI = "file:///long.py"
BEGINNING = "answer = "
ANSWER = "compute_the_total(first_argument, second_argument, third_argument)"
TIMES = 40
KEYS_A_SECOND = 12
SECONDS = 20
PATIENCE_S = 5.0
WARM_S = 3.0


class _Typing:
    """A document of which one line after the other is typed into."""

    def __init__(self, server: Server, lines: int) -> None:
        text = "".join(f"value_{number} = compute({number})\n" for number in range(lines))
        self.document = Document(URI, "python", 1, tuple(split_lines(text)))
        self._server = server
        self._version = 1

    def type(self, place: Position, text: str) -> None:
        self._version += 1
        at = {"line": place.line, "character": place.column}
        changes = [{"range": {"start": at, "end": at}, "text": text}]
        document = {"uri": URI, "version": self._version}
        self._server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def ask(self, place: Position) -> int:
        params: Message = {
            "textDocument": {"uri": URI},
            "position": {"line": place.line, "character": place.column},
            "context": {"triggerKind": AUTOMATIC},
        }
        return self._server.request("textDocument/inlineCompletion", params)

    def texts(self, place: Position) -> list[str]:
        answer = self._server.answer(self.ask(place))
        return [item["insertText"] for item in answer["result"]["items"]]


def typed_along() -> None:
    """From a key that goes along with an item to what is left of it, without a question to the vendor; bar 3 ms."""
    for lines in (100, LINES):
        with vendor(lambda body: ANSWER) as scripted, _served(scripted) as server:
            typing = _Typing(server.server, lines)
            server.open(typing.document)
            took = list[float]()
            for line in range(0, lines, lines // TIMES):
                typing.type(Position(line, 0), f"{BEGINNING}\n")
                assert typing.texts(Position(line, len(BEGINNING))) == [ANSWER]
                asked = len(scripted.asked)
                for number, character in enumerate(ANSWER[:-1]):
                    started = time.monotonic()
                    typing.type(Position(line, len(BEGINNING) + number), character)
                    left = typing.texts(Position(line, len(BEGINNING) + number + 1))
                    took.append((time.monotonic() - started) * 1000)
                    assert left == [ANSWER[number + 1 :]]
                assert len(scripted.asked) == asked
            report.line(f"llm-ls, {lines:,} lines", took, "ms", tail=0.99)


def cancel() -> None:
    """From the client's word, or its request for another place, to the end of the vendor's connection; bar 20 ms."""
    cancelled, superseded = list[float](), list[float]()
    with vendor(lambda body: ANSWER, Latency(first_s=60)) as scripted, _served(scripted) as server:
        typing = _Typing(server.server, 1000)
        server.open(typing.document)
        for line in range(TIMES):
            place = Position(line, 0)
            first = typing.ask(place)
            _wait(server.server, lambda: len(scripted.asked) % 3 == 1)
            started = time.monotonic()
            server.server.notify("$/cancelRequest", {"id": first})
            cancelled.append(_closed_after(server.server, scripted, -1, started))
            typing.ask(place)
            _wait(server.server, lambda: len(scripted.asked) % 3 == 2)
            started = time.monotonic()
            last = typing.ask(Position(line + 1, 0))
            superseded.append(_closed_after(server.server, scripted, 3 * line + 1, started))
            _wait(server.server, lambda: len(scripted.asked) % 3 == 0)
            server.server.notify("$/cancelRequest", {"id": last})
    report.line("llm-ls, $/cancelRequest", cancelled, "ms", tail=0.99)
    report.line("llm-ls, a request for another place", superseded, "ms", tail=0.99)


def typing_cpu() -> None:
    """CPU of the server while a person types 12 characters a second in 50,000 lines, asking after each."""
    with vendor(lambda body: ANSWER) as scripted, _served(scripted, debounce_ms=150) as server:
        _type_for_long("llm-ls", server.server, lambda: len(scripted.asked))
    with Server(servers.HELLO) as hello:
        hello.initialize()
        _type_for_long("pygls hello, which has no items", hello, lambda: 0)


def _type_for_long(name: str, server: Server, asked: Callable[[], int]) -> None:
    typing = _Typing(server, LINES)
    shown = {"uri": URI, "languageId": "python", "version": 1, "text": typing.document.text}
    server.notify("textDocument/didOpen", {"textDocument": shown})
    server.answer(typing.ask(Position(LINES // 2, 0)))  # what is loaded at the first question is not typing
    _read_until(server, time.monotonic() + WARM_S)
    text = f"{BEGINNING}other(argument)\n"
    costs, before = list[float](), asked()
    began = due = time.monotonic()
    used = server.cpu_s()
    keys = KEYS_A_SECOND * SECONDS
    for key in range(keys):
        line, column = LINES // 2 + key // len(text), key % len(text)
        cpu = server.cpu_s()
        typing.type(Position(line, column), text[column])
        typing.ask(Position(line + 1, 0) if text[column] == "\n" else Position(line, column + 1))
        due += 1 / KEYS_A_SECOND
        _read_until(server, due)
        costs.append((server.cpu_s() - cpu) * 1000)
    share = (server.cpu_s() - used) / (time.monotonic() - began) * 100
    report.line(f"{name}: a key", costs, "ms", tail=0.99)
    report.line(f"{name}: of a core", [share], "%")
    report.line(f"{name}: questions to the vendor", [asked() - before], f"for {keys} keys")


def _served(scripted: Vendor, debounce_ms: int = 0) -> Served:
    return Served("llamacpp/scripted", scripted.environment, debounce_ms=debounce_ms)


def _closed_after(server: Server, scripted: Vendor, number: int, started: float) -> float:
    asked = scripted.asked[number]
    _wait(server, lambda: asked.closed_at is not None)
    return ((asked.closed_at or 0) - started) * 1000


def _wait(server: Server, until: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not until():
        if time.monotonic() > ends:
            raise TimeoutError("what was waited for did not come")
        _read_until(server, time.monotonic() + 0.001)


def _read_until(server: Server, due: float) -> None:
    with contextlib.suppress(TimeoutError):
        while (left := due - time.monotonic()) > 0:
            server.read(left)
