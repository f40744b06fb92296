"""What the extension costs VS Code's start, and how soon and how often an answer in its Chat is seen on the screen."""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks import report, servers
from tests.rigs import isolation
from tests.rigs.code_server import VSCode

SCENARIO = Path(__file__).with_suffix(".mjs")
STARTS = 4
ROUNDS = 2  # VS Code takes older answers out of the page, and `vscode.mjs` counts them
TOKENS_EVERY_MS = 5
OTHERS = ("Git", "Emmet", "JSON Language Features")


def chat() -> None:
    """Activation as the extension host says; from Enter to the first character; updates a second at 200 tokens/s."""
    with servers.vendor() as vendor, tempfile.TemporaryDirectory(prefix="vscode-chat-") as folder:
        isolation.isolate(os.environ, Path(folder) / "home")
        vscode = VSCode.with_extension(Path(folder))
        environment = {**vendor.environment(), "LLM_LS_MODEL": f"openai/words-5000-every-{TOKENS_EVERY_MS}-ms"}
        plays = [
            asyncio.run(vscode.play(SCENARIO, environment=environment, given={"rounds": ROUNDS})) for _ in range(STARTS)
        ]
    for name in ("llm-ls", *OTHERS):
        found = [play["activations"][name] for play in plays if name in play["activations"]]
        if found:
            report.line(f"activation of {name}", found, "ms")
    report.line("Enter to the first character", _all(plays, "firstMs"), "ms", tail=0.9)
    report.line("updates of the screen", _all(plays, "updates"), "1/s")


def _all(plays: list[Any], name: str) -> list[float]:
    return [value for play in plays for value in play[name]]
