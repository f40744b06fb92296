"""What the plugin costs Neovim's start, and how soon and how often an edit under way is seen on the screen."""

import asyncio
import re
import subprocess
import tempfile
import time
from pathlib import Path

from tests.benchmarks import report, servers
from tests.rigs import isolation
from tests.rigs.found import rig
from tests.rigs.nvim import PLUGIN
from tests.rigs.nvim_screen import Screen, neovim

STARTS = 30
EDITS = 10
TOKENS_EVERY_MS = 5
WATCHED_S = 4.0
_SPINNER = re.compile(r"[\u2800-\u28ff] ")
_COUNT = re.compile(r"(\d+) tok")


def start() -> None:
    """Neovim's start with and without the plugin on the runtimepath, and the plugin's own line of `--startuptime`."""
    own, totals = list[float](), {"with the plugin": list[float](), "without": list[float]()}
    with tempfile.TemporaryDirectory(prefix="neovim-start-") as folder:
        for number in range(2 * STARTS):
            name = "without" if number % 2 else "with the plugin"
            written = _started(Path(folder) / f"{number}", with_plugin=name != "without")
            totals[name].append(_milliseconds(written, r"^(\S+) .*NVIM STARTED"))
            if name != "without":
                own.append(_milliseconds(written, r"^\S+ +\S+ +(\S+): sourcing .*/plugin/llm-ls\.lua"))
    for name, values in totals.items():
        report.line(name, values, "ms")
    report.line("plugin/llm-ls.lua alone", own, "ms")


def _started(log: Path, *, with_plugin: bool) -> str:
    plugin = ("--cmd", f"set runtimepath^={PLUGIN}") if with_plugin else ()
    command = (rig("nvim"), "--clean", "--headless", "-i", "NONE", "--startuptime", log, *plugin, "-c", "qa!")
    subprocess.run(command, check=True, capture_output=True)
    return log.read_text(encoding="utf-8")


def _milliseconds(written: str, pattern: str) -> float:
    """Of the last line that fits: a Neovim that starts itself again, as its own terminal, writes all lines twice."""
    return float(re.findall(pattern, written, re.MULTILINE)[-1])


def edit() -> None:
    """From <Enter> to the spinner and to the first tokens on the screen, and its updates a second at 200 tokens/s."""
    with servers.vendor() as vendor, tempfile.TemporaryDirectory(prefix="neovim-edit-") as folder:
        model = f"openai/words-5000-every-{TOKENS_EVERY_MS}-ms"
        environment = dict[str, str]()
        isolation.isolate(environment, Path(folder) / "home")
        environment |= {**vendor.environment(), "LLM_LS_MODEL": model}
        asyncio.run(_edits(Path(folder), environment))


async def _edits(folder: Path, environment: dict[str, str]) -> None:
    spinner, tokens, updates = list[float](), list[float](), list[float]()
    async with neovim(folder / "neovim", environment) as screen:
        for _ in range(EDITS + 1):
            screen.keys(":%Llm edit improve")
            await screen.shows("edit improve")
            pressed = time.monotonic()
            screen.keys("\r")
            await screen.until(lambda text: _SPINNER.search(text) is not None, "the spinner turns")
            spinner.append((time.monotonic() - pressed) * 1000)
            await screen.until(lambda text: _COUNT.search(text) is not None, "tokens are counted")
            tokens.append((time.monotonic() - pressed) * 1000)
            updates.append(await _updates_a_second(screen))
            screen.command("Llm stop")
            await screen.shows("stopped")
            screen.command("redraw!")
            await screen.hides("stopped")
        screen.command("qa!")
        await screen.ended()
    report.line("to the spinner", spinner[1:], "ms")
    report.line("to the first count of tokens", tokens[1:], "ms")
    report.line("the same, as the server has just started", tokens[:1], "ms")
    report.line("updates of the spinner", updates, "1/s")


async def _updates_a_second(screen: Screen) -> float:
    seen, ends = set[str](), time.monotonic() + WATCHED_S
    while time.monotonic() < ends:
        line = next((line for line in screen.screen.splitlines() if _COUNT.search(line)), "")
        await screen.until(lambda text, line=line: line not in text, "the spinner turns")
        seen.add(f"{time.monotonic()}")
    return len(seen) / WATCHED_S
