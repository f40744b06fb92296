r"""Plays a scenario in a real VS Code: code-server with our packed extension and the real server, shown by Chromium.

A scenario is an ES module whose default export gets `t` (`vscode.mjs` says what that can) and returns what it saw:

    export default async (t) => {
      await t.open("sum.py", "a = 1 + 1\n");
      await t.action("AI: Simplify");
      return { shown: await t.shown() };
    };

    python -m tests.rigs.code_server SCENARIO.mjs --say ANSWER --shots FOLDER [--theme light] [--width 700]
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import attrs

from tests.rigs import install, isolation, vscode_install
from tests.rigs.found import rig

PATIENCE_S = 40.0
_STARTS_WITHIN_S = 30.0
_WHOLE_PLAY_S = 180.0
_DRIVER = Path(__file__).with_name("vscode.mjs")
_LISTENING = re.compile(rb"listening on (http://\S+?)/?\s")
_THEMES = {"dark": "Dark Modern", "light": "Light Modern"}

# What would take the focus, ask a question, or reach for the network.
_SETTINGS = {
    "security.workspace.trust.enabled": False,
    "workbench.startupEditor": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.tips.enabled": False,
    "workbench.editor.useModal": "off",
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "extensions.autoUpdate": "off",
    "extensions.autoCheckUpdates": False,
    "extensions.ignoreRecommendations": True,
    "git.openRepositoryInParentFolders": "never",
    "editor.minimap.enabled": False,
    "editor.autoClosingBrackets": "never",
    "editor.autoIndent": "none",
    "window.restoreWindows": "none",
    "files.autoSave": "off",
}

# No gallery of extensions, and no environment of a login shell in place of ours.
_OFFLINE = {"EXTENSIONS_GALLERY": "{}", "VSCODE_CLI": "1"}

# The server of this work tree; its process ids and its log are kept for the scenario.
_SERVER = """\
#!/bin/bash
echo $$ >>'{folder}/pids'
exec '{python}' -m llm_ls "$@" 2> >(exec tee -a '{folder}/server.log' >&2)
"""


class ScenarioFailed(AssertionError):
    """What went wrong in VS Code, with what was on the screen and what the server wrote."""


@attrs.frozen
class VSCode:
    """A VS Code to play scenarios in; each play gets one of its own, with nothing left of another.

    Attributes:
        extensions: The folder into which our extension is installed.
    """

    extensions: Path

    @classmethod
    def with_extension(cls, folder: Path) -> "VSCode":
        """Install our packed extension into `folder`.

        Raises:
            ScenarioFailed: It is older than its sources, or cannot be installed.
        """
        vsix = rig("vscode-extension")
        if vscode_install.is_outdated(vsix.parent):
            raise ScenarioFailed("the extension has changed: python -m tests.rigs.install vscode-extension")
        extensions = folder / "extensions"
        with tempfile.TemporaryDirectory() as data:
            command = (*_command(Path(data), extensions), "--install-extension", vsix)
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ScenarioFailed(f"the extension cannot be installed: {done.stdout}{done.stderr}")
        return cls(extensions)

    async def play(
        self,
        scenario: Path,
        *,
        environment: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] | None = None,
        keys: Mapping[str, str] | None = None,
        given: Mapping[str, Any] | None = None,
        project: Path | None = None,
        server: str | None = _SERVER,
        theme: Literal["dark", "light"] = "dark",
        size: tuple[int, int] = (1100, 760),
        shots: Path | None = None,
    ) -> Any:
        """What `scenario` returns.

        Args:
            scenario: The module.
            environment: Given to VS Code and so to the server, beside what they inherit.
            settings: Of the user, beside those that keep VS Code quiet.
            keys: By key, the command to which the user has bound it.
            given: What the scenario finds as `t.given`.
            project: The folder that VS Code opens; an empty one by default.
            server: The program `llm-ls` on `PATH`; `None` is none.
            theme: What VS Code looks like.
            size: Of its window.
            shots: Where `t.shot` puts pictures; without it, it makes none.

        Raises:
            ScenarioFailed: The scenario failed, or was not over in time.
        """
        with tempfile.TemporaryDirectory(prefix="vscode-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            opened = project or folder / "project"
            for part in (folder / "data/User", folder / "bin", opened):
                part.mkdir(parents=True, exist_ok=True)
            (folder / "pids").touch()
            if server is not None:
                program = folder / "bin" / "llm-ls"
                program.write_text(server.format(folder=folder, python=sys.executable), encoding="utf-8")
                program.chmod(0o755)
            chosen = {**_SETTINGS, "workbench.colorTheme": _THEMES[theme], **(settings or {})}
            (folder / "data/User/settings.json").write_text(json.dumps(chosen), encoding="utf-8")
            bound = [{"key": key, "command": command} for key, command in (keys or {}).items()]
            (folder / "data/User/keybindings.json").write_text(json.dumps(bound), encoding="utf-8")
            async with _serving(folder, self.extensions, environment or {}) as (url, process):
                play = {
                    "url": url,
                    "process": process,
                    "rig": name,
                    "project": str(opened),
                    "scenario": str(scenario),
                    "given": dict(given or {}),
                    "size": size,
                    "shots": str(shots) if shots else None,
                }
                return await _drive(folder, play)


async def meanwhile(playing: asyncio.Future[Any], step: Callable[[], Awaitable[object]]) -> None:
    """Wait for `step` of a vendor, such as `vendor.paused`, as long as a scenario plays."""
    while not playing.done():
        with contextlib.suppress(TimeoutError):
            await step()
            return


def _command(data: Path, extensions: Path) -> tuple[str | Path, ...]:
    options = ("--disable-telemetry", "--disable-update-check", "--disable-workspace-trust", "--auth", "none")
    folders = ("--user-data-dir", data, "--extensions-dir", extensions, "--config", data / "config.yaml")
    return (_node(), rig("code-server"), *options, *folders)


def _node() -> Path:
    """The Node.js of the environment, as `tests/run` puts it there."""
    return Path(sys.executable).with_name("node")


@contextlib.asynccontextmanager
async def _serving(folder: Path, extensions: Path, environment: Mapping[str, str]) -> AsyncGenerator[tuple[str, int]]:
    """code-server, at an address and with a process id; all that it started ends with it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VSCODE_")}
    process = await asyncio.create_subprocess_exec(
        *(*_command(folder / "data", extensions), "--bind-addr", "127.0.0.1:0"),
        env={**inherited, **_OFFLINE, "PATH": f"{folder / 'bin'}:/usr/bin:/bin", **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None
    said = bytearray()
    reading = asyncio.ensure_future(_until_listening(process.stdout, said))
    try:
        async with asyncio.timeout(_STARTS_WITHIN_S):
            url = await asyncio.shield(reading)
        draining = asyncio.ensure_future(_drain(process.stdout, folder / "code-server.log"))
        yield url, process.pid
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            await process.wait()
        await draining
    except TimeoutError as late:
        raise ScenarioFailed(f"code-server did not start or end in time: {said.decode(errors='replace')}") from late
    finally:
        reading.cancel()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _until_listening(output: asyncio.StreamReader, said: bytearray) -> str:
    while line := await output.readline():
        said += line
        if found := _LISTENING.search(line):
            return found[1].decode()
    raise ScenarioFailed(f"code-server ended: {said.decode(errors='replace')}")


async def _drain(output: asyncio.StreamReader, log: Path) -> None:
    with log.open("ab") as file:
        while line := await output.readline():
            file.write(line)


async def _drive(folder: Path, play: Mapping[str, Any]) -> Any:
    """What the scenario returns, or why it did not."""
    outcome = folder / "outcome.json"
    rigs = {"chromium": str(rig("chromium")), "playwright": str(rig("playwright"))}
    process = await asyncio.create_subprocess_exec(
        *(_node(), _DRIVER),
        env={
            **os.environ,
            "LLM_LS_PLAY": json.dumps({**play, **rigs, "outcome": str(outcome), "patienceMs": PATIENCE_S * 1000}),
        },
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None
    said = b"nothing in time"
    try:
        async with asyncio.timeout(_WHOLE_PLAY_S):
            said = await process.stdout.read()
    except TimeoutError:
        pass
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    told = json.loads(outcome.read_bytes()) if outcome.exists() else {"error": said.decode(errors="replace")}
    if "error" in told:
        log = folder / "server.log"
        written = log.read_text(encoding="utf-8", errors="replace")[-4000:] if log.exists() else ""
        raise ScenarioFailed(f"{told['error']}\nseen: {told.get('seen')}\nthe server wrote: {written}")
    return told.get("result")


async def _by_hand(given: argparse.Namespace, home: Path) -> None:
    from tests.rigs.prepared_model import prepared_model

    with prepared_model(home, {"": given.say}) as model:
        install.install("vscode-extension")
        vscode = VSCode.with_extension(home)
        seen = await vscode.play(
            given.scenario.absolute(),
            environment=model,
            theme=given.theme,
            size=(given.width, given.height),
            shots=given.shots,
        )
    print(json.dumps(seen, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.rigs.code_server")
    parser.add_argument("scenario", type=Path)
    parser.add_argument("--say", default="Hello.", help="what the model answers, whatever it is asked")
    parser.add_argument("--shots", type=Path, help="a folder for pictures")
    parser.add_argument("--theme", choices=tuple(_THEMES), default="dark")
    parser.add_argument("--width", type=int, default=1100)
    parser.add_argument("--height", type=int, default=760)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        isolation.isolate(os.environ, Path(home))
        asyncio.run(_by_hand(parser.parse_args(), Path(home)))
