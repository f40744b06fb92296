"""`:help llm-ls` has a tag for everything that the plugin offers, and Neovim finds them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.rigs import nvim
from tests.rigs.found import rig

HELP = nvim.PLUGIN / "doc" / "llm-ls.txt"
HERE = Path(__file__).parent / "plugin"


@pytest.fixture(scope="module")
def code() -> str:
    return "\n".join(file.read_text(encoding="utf-8") for file in nvim.PLUGIN.rglob("*.lua"))


def tags() -> set[str]:
    return set(re.findall(r"\*(\S+)\*(?=\s|$)", HELP.read_text(encoding="utf-8")))


async def test_every_sub_command_map_and_option_has_a_tag() -> None:
    seen = await nvim.play(HERE / "offers.lua", plugin=True)

    assert {f":Llm-{name}" for name in seen["commands"]} == {tag for tag in tags() if tag.startswith(":Llm-")}
    assert set(seen["plugs"]) == {tag for tag in tags() if tag.startswith("<Plug>")}
    assert {f"llm-ls-options.{name}" for name in seen["options"]} == {
        tag for tag in tags() if tag.startswith("llm-ls-options.")
    }


def test_every_event_has_a_tag(code: str) -> None:
    emitted = set(re.findall(r"emit\('(LlmLs\w+)'", code))

    assert emitted == {tag for tag in tags() if tag.startswith("LlmLs")}


def test_every_highlight_group_has_a_tag(code: str) -> None:
    used = set(re.findall(r"\bLlmLs\w+", code)) - {tag for tag in tags() if tag.startswith("LlmLs")}

    assert {f"hl-{name}" for name in used} == {tag for tag in tags() if tag.startswith("hl-")}


def test_the_tags_that_come_with_it_are_those_that_neovim_makes(tmp_path: Path) -> None:
    """They are needed where no plugin manager makes them, since `llm-ls config neovim` names only the folder."""
    shutil.copy(HELP, tmp_path)
    made = subprocess.run(
        [rig("nvim"), "--clean", "--headless", "-c", f"helptags {tmp_path}", "-c", "qa!"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert made.stderr == ""
    assert (tmp_path / "tags").read_text() == HELP.with_name("tags").read_text()


def test_lines_fit_80_columns() -> None:
    assert [line for line in HELP.read_text(encoding="utf-8").splitlines() if len(line.expandtabs(8)) > 80] == []


async def test_what_it_refers_to_is_there() -> None:
    words = set(re.findall(r"\|([^|\s]+)\|", HELP.read_text(encoding="utf-8")))
    seen = await nvim.play(HERE / "help.lua", environment={"LLM_LS_WORDS": "\n".join(sorted(words))}, plugin=True)

    assert seen == {"missing": "", "filetype": "help"}
