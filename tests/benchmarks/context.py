"""What it costs to look into a repository of 50,000 files."""

import os
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks import report, servers
from tests.benchmarks.client import Server
from tests.rigs import places

FOLDERS, FILES = 500, 100
TIMES = 5
_CHANGED = "package_250/module_50.py"


def context_50k() -> None:
    """Tools and attachments in a git repository of 50,000 files of 40 lines, with ripgrep and without."""
    ripgrep = places.program("ripgrep")
    with _repository() as folder:
        for name, path in {
            "with ripgrep": f"{ripgrep.parent}:{_without_ripgrep()}",
            "without ripgrep": _without_ripgrep(),
        }.items():
            if name == "without ripgrep" or ripgrep.exists():
                _measure(folder, name, {"PATH": path})


def _measure(folder: Path, name: str, environment: dict[str, str]) -> None:
    searches: dict[str, dict[str, Any]] = {
        "a rare text": {"pattern": "value_250_50_7"},
        "a text that is everywhere": {"pattern": "return"},
        "a regular expression": {"pattern": r"def \w+_499_\d+\(", "isRegex": True},
    }
    with servers.vendor() as vendor, Server(servers.LLM_LS, {**vendor.environment(), **environment}) as server:
        server.initialize(folder)
        for what, given in searches.items():
            _call(server, f"search for {what}, {name}", "search_text", **given)
        if name == "without ripgrep":
            _call(server, "list all files", "list_files")
            _call(server, "list a folder", "list_files", folder="package_7")
            _call(server, "read a file", "read_file", path=_CHANGED)
            _call(server, "find a definition", "find_symbols", name="function_250_50")
            _call(server, "git diff", "git_diff")
            params = {"message": f"What changed in @{_CHANGED}? @diff", "model": "openai/words-40-every-0-ms"}
            _time(server, "attach @file and @diff", "llm-ls/preview", params)
        server.settle()
        report.line(f"memory after, {name}", [server.memory_mib()], "MiB")


def _call(server: Server, what: str, tool: str, **given: Any) -> None:
    _time(server, what, "llm-ls/callTool", {"name": tool, "input": given, "allowed": True})


def _time(server: Server, what: str, method: str, params: dict[str, Any]) -> None:
    """Milliseconds, and those of the CPU; the first time, which loads what is loaded once, is left out."""
    took: list[float] = []
    cpu: list[float] = []
    for _ in range(TIMES + 1):
        began, before = time.monotonic(), server.cpu_with_ended_s()
        answer = server.answer(server.request(method, params))
        took.append((time.monotonic() - began) * 1000)
        cpu.append((server.cpu_with_ended_s() - before) * 1000)
        if "error" in answer or answer["result"].get("isError"):
            raise OSError(f"{method} failed: {answer.get('error') or answer['result']['content']}")
    report.line(what, took[1:], "ms")
    report.line("  of CPU", cpu[1:], "ms")


@contextmanager
def _repository() -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as made:
        folder = Path(made)
        for package in range(FOLDERS):
            (folder / f"package_{package}").mkdir()
            for module in range(FILES):
                lines = [f"    value_{package}_{module}_{line} = {line}\n" for line in range(38)]
                text = f"def function_{package}_{module}():\n{''.join(lines)}    return None\n"
                (folder / f"package_{package}/module_{module}.py").write_text(text)
        _git(folder, "init", "--quiet")
        _git(folder, "add", ".")
        _git(folder, "-c", "user.name=Ann", "-c", "user.email=ann@example.com", "commit", "--quiet", "-m", "Begin")
        with (folder / _CHANGED).open("a") as changed:
            changed.write("# changed\n")
        yield folder


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *arguments], check=True)


def _without_ripgrep() -> str:
    """The folders of programs in which there is none."""
    return os.pathsep.join(one for one in os.environ["PATH"].split(os.pathsep) if not (Path(one) / "rg").exists())
