"""What one keystroke in a long document costs the server."""

from tests.benchmarks import report, servers
from tests.benchmarks.client import Server

LINES = 50_000
EDITS = 300


def did_change() -> None:
    """CPU of one single-character `didChange` in a document of 50,000 lines."""
    text = "".join(f"value_{number} = compute({number})\n" for number in range(LINES))
    document = {"uri": "file:///long.py", "languageId": "python", "version": 1, "text": text}
    medians = dict[str, float]()
    for name, command in {"llm-ls": servers.LLM_LS, "pygls hello": servers.HELLO}.items():
        with Server(command) as server:
            server.initialize()
            server.notify("textDocument/didOpen", {"textDocument": document})
            server.settle()
            costs = list[float]()
            for batch in range(5):
                before = server.cpu_s()
                for number in range(EDITS):
                    version = 2 + batch * EDITS + number
                    _type(server, document["uri"], version, line=(number * 149) % LINES)
                    server.settle()
                with_settling = server.cpu_s() - before
                before = server.cpu_s()
                for _ in range(EDITS):
                    server.settle()
                costs.append((with_settling - (server.cpu_s() - before)) / EDITS * 1000)
        medians[name] = report.line(name, costs, "ms")
    report.ratio(medians["llm-ls"], "pygls hello", medians["pygls hello"])


def _type(server: Server, uri: object, version: int, line: int) -> None:
    position = {"line": line, "character": 3}
    change = {"range": {"start": position, "end": position}, "text": "x"}
    server.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]},
    )
