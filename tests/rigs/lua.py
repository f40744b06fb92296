"""The format and the types of the project's Lua: stylua, and the type checker of EmmyLua's language server.

python -m tests.rigs.lua        # format every Lua file in place
"""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.rigs import debian, places, sources
from tests.rigs.found import rig

PLUGIN = places.REPOSITORY / "editors" / "neovim"


def misformatted(*, write: bool = False) -> list[str]:
    """The Lua files that stylua would change, by name; with `write` it changes them."""
    files = [path for path in sources.files() if path.suffix == ".lua"]
    options = tomllib.loads((PLUGIN / ".stylua.toml").read_text(encoding="utf-8"))
    formatter = (debian.need("node"), Path(__file__).with_name("stylua.mjs"), rig("stylua"), json.dumps(options))
    done = subprocess.run(
        [*formatter, *(("--write",) if write else ()), *files], capture_output=True, text=True, check=True
    )
    return [line.removeprefix(f"{places.REPOSITORY}/") for line in done.stdout.splitlines()]


def type_errors() -> str:
    """What the type checker finds in the plugin, with Neovim's own annotations as its library; empty if nothing."""
    runtime = subprocess.run(
        [rig("nvim"), "--headless", "--clean", "-c", "lua io.stdout:write(vim.env.VIMRUNTIME)", "-c", "qa!"],
        capture_output=True,
        text=True,
        check=True,
    )
    done = subprocess.run(
        [rig("emmylua_check"), PLUGIN, "--config", PLUGIN / ".luarc.json", "--warnings-as-errors"],
        env={**os.environ, "VIMRUNTIME": runtime.stdout.strip()},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


if __name__ == "__main__":
    print(*misformatted(write=True), sep="\n")
    sys.exit()
