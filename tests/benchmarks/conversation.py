"""One conversation that goes on for long."""

import time

from tests.benchmarks import report, servers
from tests.benchmarks.client import Server

TURNS = 2_000
_QUESTION = "And what of number {}? Tell it in a sentence or two, as before."


def long_conversation() -> None:
    """Memory and the time of an answer while a conversation of 1,000 questions and as many answers goes on."""
    with servers.vendor() as vendor, Server(servers.LLM_LS, vendor.environment()) as server:
        server.initialize()
        id, marks = "", {10, 100, 250, 500, 750, TURNS // 2}
        took: list[float] = []
        for number in range(1, TURNS // 2 + 1):
            params = {"message": _QUESTION.format(number), "model": "openai/words-40-every-0-ms"}
            before = time.monotonic()
            asked = server.request("llm-ls/chat", {**params, **({"conversationId": id} if id else {})})
            id = server.answer(asked)["result"]["conversationId"]
            took.append((time.monotonic() - before) * 1000)
            if number in marks:
                server.settle()
                report.line(f"after {2 * number} turns", [server.memory_mib()], "MiB")
                report.line(f"after {2 * number} turns: an answer", took[-50:], "ms", tail=0.9)
