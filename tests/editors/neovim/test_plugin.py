"""The plugin in Neovim around the review: one server, its failures, what is refused, options, keys of vendors."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.rigs import nvim
from tests.rigs.found import rig
from tests.rigs.openai import environment, whole, words
from tests.rigs.places import REPOSITORY
from tests.rigs.vendor import PAUSE, LoopbackVendor

HERE = Path(__file__).parent / "plugin"
ADDS = "def add(a, b):\n    return a + b\n"
ANSWER = f"```python\n{ADDS}```"
BEGINNING = words("```python\n", "def add(a, b):\n")


async def play(scenario: str, vendor: LoopbackVendor) -> Any:
    return await nvim.play(HERE / scenario, environment=environment(vendor), plugin=True)


@pytest.mark.parametrize(("option", "enabled"), [("v:false", 0), ("#{enabled: v:false}", 0), ("{}", 1)])
def test_nothing_is_loaded_before_the_first_file_and_no_server_is_started_where_none_is_wanted(
    option: str, enabled: int
) -> None:
    ours = "function(name) return name:find('llm-ls', 1, true) end"
    loaded = f'luaeval("#vim.tbl_filter({ours}, vim.tbl_keys(package.loaded))")'
    done = subprocess.run(
        [
            *(rig("nvim"), "--headless", "--clean", "-i", "NONE", "--cmd", f"let g:llm_ls = {option}"),
            *("--cmd", f"set runtimepath^={nvim.PLUGIN}"),
            *("-c", f"echo {loaded} exists('#llm-ls#FileType') exists(':Llm')", "-c", "qa!"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stderr.split() == ["0", str(enabled), "2"]


async def test_one_server_serves_all_projects(vendor: LoopbackVendor) -> None:
    seen = await play("projects.lua", vendor)

    assert seen["clients"] == 1
    assert seen["folders"] == [".", "second"]
    assert seen["providers"] == ["anthropic"]
    assert {"edit", "fix", "explain", "accept", "reject", "stop", "key", "restart"} <= set(seen["subcommands"])


async def test_no_second_server_is_started_beside_the_users_own(vendor: LoopbackVendor) -> None:
    seen = await play("two.lua", vendor)

    assert seen["clients"] == 1
    assert seen["said"] == [
        'llm-ls: your configuration runs llm-ls as "mine"; call it "llm_ls", so that the plugin can use it'
    ]


async def test_a_commit_message_is_put_at_the_top(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("Add a sum"))
    seen = await play("commit.lua", vendor)

    assert "staged" in seen["said"][0]
    assert seen["text"].startswith("Add a sum\n")
    assert "# Please enter the commit message" in seen["text"]


async def test_stop_hangs_up_on_the_vendor(vendor: LoopbackVendor) -> None:
    rig("nvim")
    vendor.says(*BEGINNING, PAUSE)
    playing = asyncio.ensure_future(play("stop.lua", vendor))
    await vendor.client_closed()
    seen = await playing

    assert seen["row"] == 1
    assert "openai/gpt-test · " in seen["text"]
    assert seen["moved"] == 2
    assert "spinner" not in seen
    assert seen["text_after"] == "# typed meanwhile\ndef add(a, b):\n    return a - b\n"
    assert seen["said"] == ["llm-ls: stopped", "llm-ls: nothing runs"]


async def test_a_server_that_is_killed_is_started_again(vendor: LoopbackVendor) -> None:
    vendor.says(*BEGINNING, PAUSE)
    vendor.says(*whole(ANSWER))
    seen = await play("dies.lua", vendor)

    assert seen["text"] == "def add(a, b):\n    return a - b\n"
    assert "spinner" not in seen
    assert seen["said"][1:] == [
        "llm-ls ended before it answered; ask again once it is back",
        "llm-ls had ended and was started again",
        "llm-ls: the server has ended, and the edit under review with it; ask again",
        "llm-ls was started again",
    ]
    assert seen["marks"] == 0
    assert seen["key"] == ""


async def test_a_server_that_is_missing_foreign_old_or_dying_is_said_in_a_sentence(
    vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(REPOSITORY), os.environ.get("PYTHONPATH")))))
    seen = await play("refused.lua", vendor)

    assert len(seen["missing"]) == 2
    assert seen["missing"][0].startswith("llm-ls: cannot run `llm-ls-of-nobody`. Install it with `uv tool install")
    assert "is another program of that name, and was stopped. Install this one with" in seen["foreign"][0]
    assert seen["foreign_clients"] == 0
    assert seen["old"][-1] == (
        "llm-ls 0.0.1 is too old for this: it has no llm-ls/edit. Run `uv tool upgrade llm-ls`, then :Llm restart"
    )
    assert seen["dying"].startswith("llm-ls ended 5 times (last with code 3, signal 0) and is not started again.")
    assert seen["at_last"] == "llm-ls"


async def test_what_cannot_be_edited_is_said_and_stays(vendor: LoopbackVendor) -> None:
    vendor.says(*whole(ANSWER))
    seen = await play("places.lua", vendor)

    refusal = "llm-ls: sum.py is not modifiable ('modifiable' is off), so nothing can be edited in it"
    assert seen["nomodifiable"] == refusal
    assert seen["nomodifiable_while_reviewed"] == f"{refusal}; the edit waits"
    assert seen["still_reviewed"] == 1
    assert seen["readonly"] == ADDS
    assert seen["still_readonly"]
    assert seen["nofile"] == 'llm-ls: a buffer of type "nofile" is no file, so the server does not see it'
    assert seen["unnamed"] == ADDS
    assert seen["unknown"].startswith("llm-ls: there is no :Llm frobnicate; there are accept, ")
    assert seen["nothing"] == "llm-ls: no edit is under review"


async def test_a_key_is_in_no_log_and_no_history(vendor: LoopbackVendor) -> None:
    seen = await play("key.lua", vendor)

    assert seen["prompts"] == ["Key of mistral (it is not shown): "]
    assert seen["said"].startswith("llm-ls: the key of mistral is kept in ")
    assert seen["masked"] == "****test"
    assert seen["logged"]
    assert not seen["leaked"]
    assert seen["level"] == 0
    assert "it is asked for" in seen["refused"] or "the key is asked for" in seen["refused"]
    assert seen["history"] == ""


async def test_options_are_checked_and_instructions_remembered(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("```python\none = 1.0\nzero = 0\ntwo = 2.0\n```"))
    seen = await play("options.lua", vendor)

    assert seen["accept"]
    assert seen["reject"] == ""
    assert seen["next"] == "llm-ls: go to the next hunk"
    assert [sentence.partition(";")[0] for sentence in seen["said"]] == [
        'llm-ls: in your options, there is no option "hitn"',
        'llm-ls: in your options, there is no key "akcept"',
        "llm-ls: in your options, progress: expected boolean|string, got number",
    ]
    assert seen["asked"] == {"1": "Edit: ", "2": "Edit: ", "offered": ["make them floats"]}
