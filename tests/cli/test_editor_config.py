"""`llm-ls config EDITOR` prints what works when it is pasted."""

import asyncio
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from llm_ls.cli import editor_config
from llm_ls.settings.merging import merge
from llm_ls.settings.sources import from_did_change, from_initialization_options
from tests.rigs.found import rig
from tests.rigs.on_path import Command
from tests.rigs.places import REPOSITORY

EDITORS = ("emacs", "helix", "kate", "neovim", "sublime", "vim", "vscode", "zed")


def config(*arguments: str) -> Result:
    return CliRunner().invoke(editor_config.command, arguments)


def without_comments(jsonc: str) -> dict[str, Any]:
    return json.loads(re.sub(r"^//.*$", "", jsonc, flags=re.MULTILINE))


@pytest.mark.parametrize("editor", EDITORS)
def test_every_editor_has_one_that_starts_llm_ls(editor: str) -> None:
    done = config(editor)

    assert done.exit_code == 0
    assert "llm-ls" in done.stdout


def test_unknown_editor_is_wrong_usage() -> None:
    done = config("notepad")

    assert done.exit_code == 2
    assert "vscode" in done.output


def test_languages_must_be_named() -> None:
    assert config("helix", "--languages", " , ").exit_code == 2


@pytest.mark.parametrize("editor", EDITORS)
def test_names_no_command_that_does_not_exist(editor: str) -> None:
    assert "llm-ls keys" not in config(editor).output


def test_helix_keeps_the_servers_of_a_language() -> None:
    read = tomllib.loads(config("helix", "--languages", "python, haskell").stdout)
    ours = {"name": "llm-ls", "only-features": ["code-action", "workspace-command", "completion"]}

    assert read["language-server"]["llm-ls"]["command"] == "llm-ls"
    assert read["language"] == [
        {"name": "python", "language-servers": ["ty", "ruff", "jedi", "pylsp", ours]},
        {"name": "haskell", "language-servers": [ours]},
        {"name": "markdown", "language-servers": ["marksman", "markdown-oxide", ours]},
    ]
    assert config("helix", "--languages", "markdown").stdout.count('name = "markdown"') == 1


def test_kate_gets_plain_json_and_edits_as_proposals() -> None:
    done = config("kate", "--languages", "cpp")
    server = json.loads(done.stdout)["servers"]["cpp"]
    settings, problems = merge((from_initialization_options(server["initializationOptions"]),))

    assert re.fullmatch(server["highlightingModeRegex"], "C++")
    assert (settings.code_actions.review, problems) == ("proposal", ())
    assert "two seconds" in done.stderr


def test_sublimes_settings_are_understood() -> None:
    client = without_comments(config("sublime").stdout)["clients"]["llm-ls"]
    settings, problems = merge((from_did_change({"settings": client["settings"]}),))

    assert (settings.code_actions.review, problems) == ("auto", ())


def test_vscode_is_told_that_it_needs_an_extension() -> None:
    said = config("vscode", "--languages", "python").stdout

    assert "only through an extension" in said
    assert "npm run package && code --install-extension llm-ls.vsix" in said
    assert without_comments(said)["glspc.server.languageId"] == ["python"]


def test_zeds_three_files_can_be_read() -> None:
    said = config("zed", "--languages", "typescript,cpp").stdout
    _, extension, rest = re.split(r"^# (?:extension|Cargo)\.toml\n", said, flags=re.MULTILINE)
    cargo, rust = rest.split("# src/lib.rs\n")
    code = re.sub(r'"[^"]*"', "", rust)

    assert tomllib.loads(extension)["language_servers"]["llm-ls"]["languages"] == ["TypeScript", "C++"]
    assert tomllib.loads(cargo)["lib"]["crate-type"] == ["cdylib"]
    assert all(code.count(opening) == code.count(closing) > 0 for opening, closing in ("()", "{}", "[]"))


def test_lisp_of_emacs_is_balanced() -> None:
    code = re.sub(r'"[^"]*"|;.*', "", config("emacs").stdout)

    assert code.count("(") == code.count(")") > 10


def test_says_when_the_command_is_not_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert "llm-ls is not on your PATH" in config("neovim").stderr


def test_an_installed_llm_ls_names_the_plugin_that_was_installed_with_it(tmp_path: Path) -> None:
    site = tmp_path / "lib" / "site-packages"
    shutil.copytree(REPOSITORY / "llm_ls", site / "llm_ls", ignore=shutil.ignore_patterns("__pycache__"))
    about = site / "llm_ls-9.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.4\nName: llm-ls\nVersion: 9\n")
    (about / "RECORD").write_text("llm_ls/__init__.py,,\n../../share/llm-ls/neovim/plugin/llm-ls.lua,,\n")
    script = "from llm_ls.cli import editor_config; print(editor_config.plugin())"
    said = subprocess.run(
        (sys.executable, "-c", script), cwd=site, capture_output=True, text=True, check=True
    ).stdout.strip()

    assert said == str(tmp_path / "share" / "llm-ls" / "neovim")


def test_the_plugin_is_installed_where_it_is_looked_for() -> None:
    build = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]

    assert build["wheel"]["shared-data"] == {"editors/neovim": "share/llm-ls/neovim"}
    assert "editors/neovim" in build["sdist"]["include"]
    assert editor_config.plugin() == REPOSITORY / "editors" / "neovim"


WATCH = """
local function watch()
  local attached = vim.wait(20000, function()
    local client = vim.lsp.get_clients({ bufnr = 0, name = 'llm_ls' })[1]
    return client ~= nil and client.initialized
  end, 20)
  vim.api.nvim_exec_autocmds('LspProgress', {
    data = { client_id = 1, params = { token = 7, value = { kind = 'begin', title = 'Edit', message = '3 tok' } } },
  })
  local plugin = vim.fn.exists(':Llm') == 2
  io.stdout:write(vim.json.encode({ attached = attached, said = vim.v.errmsg, plugin = plugin }))
  vim.cmd('qall!')
end
vim.api.nvim_create_autocmd('VimEnter', { callback = watch })
"""


@pytest.mark.editor
@pytest.mark.parametrize("plugin", [editor_config.plugin(), None], ids=["plugin", "plain"])
async def test_neovim_attaches_with_it(plugin: Path | None, tmp_path: Path) -> None:
    program = rig("nvim")
    command = Command(tmp_path, {})
    (tmp_path / "init.lua").write_text(editor_config.neovim(plugin))
    (tmp_path / "watch.lua").write_text(WATCH)
    process = await asyncio.create_subprocess_exec(
        program,
        *("--headless", "-n", "-i", "NONE", "-u", tmp_path / "init.lua", "-S", tmp_path / "watch.lua", "a.py"),
        cwd=tmp_path,
        env=command.environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()

    assert json.loads(out) == {"attached": True, "said": "", "plugin": plugin is not None}, err.decode()
