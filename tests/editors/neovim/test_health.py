"""`:checkhealth llm-ls` says what is there, and what to do about what is not."""

import re
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.rigs import nvim
from tests.rigs.openai import environment
from tests.rigs.vendor import LoopbackVendor

HERE = Path(__file__).parent / "plugin"


async def health(given: dict[str, str]) -> str:
    seen: Any = await nvim.play(HERE / "health.lua", environment=given, plugin=True)
    return seen["text"]


def test_every_request_that_the_plugin_makes_is_looked_for() -> None:
    asked = {
        method
        for file in nvim.PLUGIN.rglob("*.lua")
        if file.name != "health.lua"
        for method in re.findall(r"'(llm-ls/[a-z]\w+)'", file.read_text(encoding="utf-8"))
    }
    looked_for = set(re.findall(r"'(llm-ls/\w+)',", (nvim.PLUGIN / "lua/llm-ls/health.lua").read_text()))

    assert looked_for == asked - {"llm-ls/status", "llm-ls/proposal", "llm-ls/input"}


async def test_a_set_up_is_described_and_no_key_is_shown(vendor: LoopbackVendor) -> None:
    text = await health(environment(vendor))

    assert re.search(r"OK .*llm-ls: llm-ls \d", text)
    assert re.search(r"OK version \S+ answers", text)
    assert "OK vim.g.llm_ls has nothing that is not known" in text
    assert "openai is set up, its credential from: a variable of the environment, and is used" in text
    assert "WARNING ]h is mapped (next hunk of git)" in text
    assert "settings: no file was read" in text
    assert "log: " in text
    assert "sk-test" not in text
    assert "ERROR" not in text


async def test_it_says_whether_ghost_text_is_asked_for_and_can_be_taken(vendor: LoopbackVendor) -> None:
    as_it_comes = await health(environment(vendor))
    without_model = await health({})
    off = await health({"LLM_LS_OPTIONS": '{"inline_completion": {"enabled": false}}', "LLM_LS_TAB": "1"})

    assert "OK it is asked for while you type; settings may have none" in as_it_comes
    assert "WARNING it is asked for while you type, but no model is configured" in without_model
    assert "no key takes it yet" in as_it_comes
    assert "it is turned off, by :Llm inline or the option inline_completion.enabled" in off
    assert "no key takes it yet" not in off


async def test_options_that_do_not_exist_are_named() -> None:
    options = '{"hints": true, "chat": {"splits": "tab"}, "progress": 3, "inline_completion": {"filetypes": ["lua"]}}'
    text = await health({"LLM_LS_OPTIONS": options})

    assert "'hints'" in text or '"hints"' in text
    assert "there is no chat.splits" in text
    assert "inline_completion.filetypes has to be like { markdown = false }" in text
    assert "progress" in text


async def test_no_credential_says_what_to_do() -> None:
    text = await health({})

    assert "WARNING no provider has a credential" in text
    assert ":Llm key PROVIDER" in text


async def test_no_server_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = await nvim.play(HERE / "health_missing.lua", plugin=True)

    assert "ERROR cannot run `no-such-llm-ls`" in seen["text"]
    assert "uv tool install ." in seen["text"]


async def test_another_program_of_that_name_is_told(tmp_path: Path) -> None:
    other = tmp_path / "llm-ls"
    other.write_text("#!/bin/sh\necho other 1.0\n", encoding="utf-8")
    other.chmod(other.stat().st_mode | stat.S_IXUSR)
    text = await health({"PATH": f"{tmp_path}:/usr/bin:/bin"})

    assert "does not say its version: other 1.0" in text
