"""A streamed answer: how soon it starts, what an event costs, how soon it ends when it is unwanted."""

import importlib.util
import time

from tests.benchmarks import report, servers
from tests.benchmarks.client import Message, Server

WIRES = ("anthropic", "openai")
COMPARED = {"llm-ls": servers.LLM_LS, "plain server": servers.PLAIN}


def first_delta() -> None:
    """The first text in `$/progress` after the vendor's first byte."""
    with servers.vendor() as vendor:
        for wire in WIRES:
            medians = dict[str, float]()
            for name, command in COMPARED.items():
                delays = list[float]()
                with Server(command, vendor.environment()) as server:
                    server.initialize()
                    for number in range(210):
                        id = servers.chat(server, number, f"{wire}/words-3-every-5-ms")
                        server.wait(lambda message, number=number: servers.is_delta(message, f"chat-{number}"))
                        came = time.monotonic()
                        delays.append((came - vendor.told("sent").time) * 1000)
                        server.answer(id)
                medians[name] = report.line(f"{name}, {wire}", delays[10:], "ms", tail=0.99)
            report.ratio(medians["llm-ls"], "plain server", medians["plain server"])


def cpu_per_event() -> None:
    """CPU of one event from the vendor's bytes to `$/progress`; each event is a write of its own."""
    _cpu_per_event("back to back", count=5000, every_ms=0)
    _cpu_per_event("500 a second, so most is waking up", count=1000, every_ms=2)


def _cpu_per_event(pace: str, count: int, every_ms: int) -> None:
    print(f"  {pace}:")
    medians = dict[tuple[str, str], float]()
    asked = [(name, command, wire) for wire in WIRES for name, command in COMPARED.items()]
    if importlib.util.find_spec("litellm"):
        asked.append(("LiteLLM's stream", servers.PLAIN, "litellm"))
    with servers.vendor() as vendor:
        for name, command, wire in asked:
            costs, deltas = list[float](), 0
            with Server(command, vendor.environment()) as server:
                server.initialize()
                server.answer(servers.chat(server, 0, f"{wire}/words-50-every-1-ms"))
                for number in range(1, 6):
                    before, deltas = server.cpu_s(), 0
                    id = servers.chat(server, number, f"{wire}/words-{count}-every-{every_ms}-ms")
                    while (message := server.read()).get("id") != id or "method" in message:
                        deltas += servers.is_delta(message)
                    costs.append((server.cpu_s() - before) / count * 1e6)
            medians[name, wire] = report.line(f"{name}, {wire}, as {deltas} deltas", costs, "us")
    for wire in WIRES:
        report.ratio(medians["llm-ls", wire], f"plain server, {wire}", medians["plain server", wire])


def cancel() -> None:
    """`$/cancelRequest` to the vendor's connection being closed."""
    with servers.vendor() as vendor:
        for name, command in COMPARED.items():
            delays = list[float]()
            with Server(command, vendor.environment()) as server:
                server.initialize()
                for number in range(40):
                    wire = WIRES[number % 2]
                    id = servers.chat(server, number, f"{wire}/words-1000-every-20-ms")
                    server.wait(lambda message, number=number: servers.is_delta(message, f"chat-{number}"))
                    asked = time.monotonic()
                    server.notify("$/cancelRequest", {"id": id})
                    delays.append((vendor.told("closed").time - asked) * 1000)
                    server.answer(id)
            report.line(name, delays[4:], "ms", tail=0.99)


def code_actions_meanwhile() -> None:
    """`textDocument/codeAction` while an answer streams, an event a millisecond."""
    document = {"uri": "file:///a.py", "languageId": "python", "version": 1, "text": "a = 1\n" * 1000}
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 10, "character": 0}}
    params: Message = {
        "textDocument": {"uri": document["uri"]},
        "range": everything,
        "context": {"diagnostics": [], "triggerKind": 1},
    }
    with servers.vendor() as vendor:
        for name, command in COMPARED.items():
            delays = list[float]()
            with Server(command, vendor.environment()) as server:
                server.initialize()
                server.notify("textDocument/didOpen", {"textDocument": document})
                servers.chat(server, 0, "anthropic/words-20000-every-1-ms")
                server.wait(servers.is_delta)
                for _ in range(500):
                    asked = time.monotonic()
                    server.answer(server.request("textDocument/codeAction", params))
                    delays.append((time.monotonic() - asked) * 1000)
            report.line(name, delays, "ms", tail=0.99)
