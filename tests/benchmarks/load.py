"""Many answers: at once, and one after the other for long."""

import time

from tests.benchmarks import report, servers
from tests.benchmarks.client import Server

CHATS = 200
EVENTS = 250
INTERVAL_MS = 20


def many_chats() -> None:
    """200 answers at once, 50 events a second each: how late each ends, and what each weighs."""
    ideal_s = EVENTS * INTERVAL_MS / 1000
    with servers.vendor() as vendor:
        for name, command in {"llm-ls": servers.LLM_LS, "plain server": servers.PLAIN}.items():
            with Server(command, vendor.environment()) as server:
                server.initialize()
                server.answer(servers.chat(server, CHATS, "openai/words-20-every-1-ms"))
                vendor.told("sent")
                before, cpu, asked_at = server.memory_mib(), server.cpu_s(), time.monotonic()
                model = f"openai/words-{EVENTS}-every-{INTERVAL_MS}-ms"
                asked = {servers.chat(server, number, model): f"chat-{number}" for number in range(CHATS)}
                ended, arrived, weight = dict[str, float](), 0, before
                while len(ended) < CHATS:
                    message = server.read()
                    if message.get("id") in asked and "method" not in message:
                        if not ended:
                            weight = server.memory_mib()
                        ended[asked[message["id"]]] = time.monotonic()
                    arrived += servers.is_delta(message)
                started = {f"chat-{told.id}": told.time for told in (vendor.told("sent") for _ in asked)}
                late = [(ended[chat] - started[chat] - ideal_s) * 1000 for chat in started]
                report.line(f"{name}: late at the end", late, "ms", tail=0.99)
                report.line(f"{name}: memory a stream", [(weight - before) * 1024 / CHATS], "KiB")
                report.line(f"{name}: until all had begun", [max(started.values()) - asked_at], "s")
                report.line(f"{name}: CPU an event", [(server.cpu_s() - cpu) / CHATS / EVENTS * 1e6], "us")
                report.line(f"{name}: deltas brought", [arrived], f"of {CHATS * EVENTS:,}")


def growth() -> None:
    """Memory over 1,000 answers and 10,000 edits."""
    uri = "file:///a.py"
    document = {"uri": uri, "languageId": "python", "version": 1, "text": "a = 1\n" * 1000}
    with servers.vendor() as vendor:
        for name, command in {"llm-ls": servers.LLM_LS, "plain server": servers.PLAIN}.items():
            with Server(command, vendor.environment()) as server:
                server.initialize()
                server.notify("textDocument/didOpen", {"textDocument": document})
                for number in range(1001):
                    wire = ("anthropic", "openai")[number % 2]
                    server.answer(servers.chat(server, number, f"{wire}/words-5-every-0-ms"))
                    for edit in range(10):
                        _replace(server, uri, 2 + number * 10 + edit)
                    if number % 200 == 0 or number == 100:
                        server.settle()
                        report.line(f"{name} after {number} chats", [server.memory_mib()], "MiB")


def _replace(server: Server, uri: str, version: int) -> None:
    """Type over one character, so that the document keeps its size."""
    line = version % 1000
    change = {
        "range": {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 1}},
        "text": "b",
    }
    server.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]},
    )
