"""The folder that holds the real peers of the tests, and each peer's program in it. Standard library only."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

PROGRAMS = {
    "nvim": "nvim/nvim",
    "helix": "helix/hx",
    "emacs": "emacs/emacs",
    "vim-ale": "vim-ale/vim",
    "aimock": "aimock/node_modules/.bin/llmock",
    "oidc-provider": "oidc-provider/node_modules/oidc-provider/lib/index.js",
    "chromium": "chromium/chromium",
    "tabby-agent": "tabby-agent/node_modules/.bin/tabby-agent",
    "gnome-keyring": "gnome-keyring/gnome-keyring-daemon",
    "litellm": "litellm/bin/litellm",
    "mcp-everything": "mcp-everything/node_modules/.bin/mcp-server-everything",
    "mcp-filesystem": "mcp-filesystem/node_modules/.bin/mcp-server-filesystem",
    "ripgrep": "ripgrep/rg",
    "stylua": "stylua/node_modules/@johnnymorganz/stylua/stylua_lib_node.mjs",
    "emmylua_check": "emmylua_check/bin/emmylua_check",
    "code-server": "code-server/node_modules/code-server/out/node/entry.js",
    "playwright": "playwright/node_modules/playwright-core/index.mjs",
    "vscode-extension": "vscode-extension/llm-ls.vsix",
}


def folder() -> Path:
    """`LLM_LS_RIGS`, or `.rigs` in the repository."""
    named = os.environ.get("LLM_LS_RIGS")
    return Path(named).absolute() if named else REPOSITORY / ".rigs"


def program(name: str) -> Path:
    """Where the program of the peer `name` is, once it is installed."""
    return folder() / PROGRAMS[name]


def why_missing(name: str) -> str:
    """The reason that the last attempt to install it gave."""
    reason = folder() / f"{name}.missing"
    return reason.read_text(encoding="utf-8").strip() if reason.exists() else "run tests/run to install it"
