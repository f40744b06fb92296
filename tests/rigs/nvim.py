r"""Plays a scenario, a few lines of Lua, in a real Neovim that runs the real server.

A scenario is a Lua file that returns a table of what it saw; `nvim.lua` puts into its hands the global `t`:

    t.open('sum.py', 'a = 1 + 1\n')
    local client = t.attach()
    t.run_action('Simplify', 1)
    t.wait('the edit', function() return t.text() == 'a = 2\n' end)
    vim.cmd.undo()
    return { undone = t.text(), progress = t.progress }

With `plugin=True` it is our plugin that starts the server, found as `llm-ls` on `PATH`; `t.attach()` waits for it.
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.rigs.found import rig
from tests.rigs.on_path import Command
from tests.rigs.places import REPOSITORY

SERVER = (sys.executable, "-m", "llm_ls")
PLUGIN = REPOSITORY / "editors" / "neovim"
PATIENCE_S = 20.0
_AS_A_USER = ("--cmd", f"set runtimepath^={PLUGIN}")
_ENTERED = "autocmd VimEnter * ++once lua vim.schedule(function() vim.cmd([[%s]]) end)"
_OPTIONS = ("--headless", "--clean", "--cmd", "let g:loaded_python3_provider=0", "-i", "NONE", "-n")


class ScenarioFailed(AssertionError):
    """What went wrong in Neovim, with what the server sent and wrote."""


async def play(
    scenario: Path,
    *,
    environment: Mapping[str, str] | None = None,
    settings: Mapping[str, Any] | None = None,
    server: Sequence[str] = SERVER,
    plugin: bool = False,
) -> Any:
    """What `scenario` returns.

    Args:
        scenario: The Lua file.
        environment: Given to the server, beside what it inherits.
        settings: Its `initializationOptions`.
        server: The command that starts it.
        plugin: Whether our plugin is on the runtimepath, as at a user's; `server` is of no use then.

    Raises:
        ScenarioFailed: The scenario failed, or was not over in time.
    """
    program = rig("nvim")
    with tempfile.TemporaryDirectory(prefix="neovim-") as folder:
        command = Command(Path(folder) / "command", environment or {}) if plugin else None
        outcome, log = Path(folder) / "outcome.json", command.log if command else Path(folder) / "stderr"
        (Path(folder) / "project" / ".git").mkdir(parents=True)
        given = {
            "command": ["sh", "-c", 'exec "$@" 2>"$0"', str(log), *server],
            "environment": dict(environment or {}),
            "settings": dict(settings) if settings else None,
            "folder": f"{folder}/project",
            "scenario": str(scenario),
            "outcome": str(outcome),
            "patience_ms": PATIENCE_S * 1000,
            "plugin": plugin,
        }
        start = f"luafile {Path(__file__).with_suffix('.lua')}"
        said = await _run(
            [str(program), *_OPTIONS, *(_AS_A_USER if plugin else ()), "-c", _ENTERED % start if plugin else start],
            {
                **(command.environment if command else os.environ),
                "LLM_LS_PLAY": json.dumps(given),
                "XDG_STATE_HOME": folder,
            },
        )
        if command and command.processes:
            await command.all_ended()
        told = json.loads(outcome.read_bytes()) if outcome.exists() else {"error": f"Neovim said: {said}"}
        if "error" in told:
            written = log.read_text(encoding="utf-8", errors="replace")[-4000:] if log.exists() else ""
            seen = json.dumps(told.get("seen"), indent=1)
            raise ScenarioFailed(f"{told['error']}\nseen: {seen}\nthe server wrote: {written}")
        return told.get("result")


async def _run(command: list[str], environment: Mapping[str, str]) -> str:
    """What `command` wrote; it is killed when it takes far longer than one wait of a scenario may."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), 3 * PATIENCE_S)
    except TimeoutError:
        return "nothing in time"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return said.decode(errors="replace")
