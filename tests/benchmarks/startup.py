"""From spawn to the answer to `initialize`, and what the server then weighs."""

import time

from tests.benchmarks import report, servers
from tests.benchmarks.client import Server

RUNS = 15
SETTLE_S = 1.0


def initialize() -> None:
    """Spawn to `initialize` response, the servers in turn."""
    commands = {"llm-ls": servers.LLM_LS, "pygls hello": servers.HELLO}
    if tabby := servers.tabby_agent():
        commands["tabby-agent"] = tabby
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, command in commands.items():
            with Server(command) as server:
                times[name].append(server.initialize() * 1000)
    medians = {name: report.line(name, values, "ms") for name, values in times.items()}
    for peer in list(medians)[1:]:
        report.ratio(medians["llm-ls"], peer, medians[peer])


def memory() -> None:
    """Resident memory one second after `initialized`, nothing asked yet."""
    medians = dict[str, float]()
    for name, command in {"llm-ls": servers.LLM_LS, "pygls hello": servers.HELLO}.items():
        sizes = list[float]()
        for _ in range(5):
            with Server(command) as server:
                server.initialize()
                time.sleep(SETTLE_S)
                sizes.append(server.memory_mib())
        medians[name] = report.line(name, sizes, "MiB")
    report.ratio(medians["llm-ls"], "pygls hello", medians["pygls hello"])


def memory_warm() -> None:
    """Resident memory after one chat on each wire: with `openai`, then with both SDKs."""
    with servers.vendor() as vendor:
        for name, command in {"llm-ls": servers.LLM_LS, "plain server": servers.PLAIN}.items():
            with Server(command, vendor.environment()) as server:
                server.initialize()
                for number, wire in enumerate(("openai", "anthropic")):
                    server.answer(servers.chat(server, number, f"{wire}/words-20-every-1-ms"))
                    report.line(f"{name}, after {wire}", [server.memory_mib()], "MiB")
